import Codecs
import Tokens

/// The findings about what was pasted, as the page shows them: what matters most comes first.
enum StudioFindings {
    /// The findings about a token.
    static func of(_ token: [UInt8], now: Int64) -> [Finding] { of(PartialToken(compact: token), now: now) }

    /// The findings about a token that was taken apart already.
    ///
    /// The small module has none: they come with the judge, a moment later.
    static func of(_ token: PartialToken, now: Int64) -> [Finding] {
        #if READER
            return []
        #else
            return inOrder(TokenLinter.findings(in: token, now: now))
        #endif
    }

    private static func inOrder(_ findings: [Finding]) -> [Finding] {
        var ordered: [Finding] = []
        for severity: Finding.Severity in [.danger, .warning, .note] {
            ordered += findings.filter { $0.severity == severity }
        }
        return ordered
    }
}

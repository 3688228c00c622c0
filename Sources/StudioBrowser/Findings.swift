import Codecs
import Tokens

/// The findings about what was pasted, as the page shows them: what matters most comes first.
enum StudioFindings {
    /// The findings about a token.
    static func of(_ token: [UInt8], now: Int64) -> [Finding] {
        let findings = TokenLinter.findings(in: token, now: now)
        var ordered: [Finding] = []
        for severity: Finding.Severity in [.danger, .warning, .note] {
            ordered += findings.filter { $0.severity == severity }
        }
        return ordered
    }
}

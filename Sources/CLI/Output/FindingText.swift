import Tokens

/// Findings as a person reads them.
enum FindingText {
    /// The finding, where it is, and what to do: two or three lines.
    static func lines(_ finding: Finding, _ style: TerminalStyle) -> String {
        let paint: TerminalStyle.Paint =
            switch finding.severity {
            case .danger: .red
            case .warning: .yellow
            case .note: .dim
            }
        var lines = ["  \(style.paint(finding.severity.rawValue, paint)) \(finding.code.rawValue): \(finding.text)"]
        let places = [finding.place, finding.otherPlace].compactMap { $0 }.map(place)
        if !places.isEmpty { lines.append("    " + style.paint("at " + places.joined(separator: " and "), .dim)) }
        lines.append("    \(finding.advice) (\(finding.reference))")
        return lines.joined(separator: "\n")
    }

    /// Which bytes, the first and the last of them, counted from 0.
    static func bytes(_ range: Range<Int>) -> String {
        range.count <= 1 ? "byte \(range.lowerBound)" : "bytes \(range.lowerBound) to \(range.upperBound - 1)"
    }

    private static func place(_ place: Finding.Place) -> String {
        switch place {
        case .token(let range): "\(bytes(range)) of the token"
        case .decoded(let part, let range, _): "\(bytes(range)) of the decoded \(part.rawValue)"
        }
    }
}

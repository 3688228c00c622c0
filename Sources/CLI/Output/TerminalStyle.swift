import ArgumentParser
import Foundation

/// How answers look: colour only where a person reads it, and only where they have not said otherwise.
struct StyleOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "When to use colour: auto, always or never.",
            discussion: "auto: on a terminal, unless NO_COLOR is set or TERM is dumb."))
    var color = Choice.auto

    enum Choice: String, ExpressibleByArgument, CaseIterable {
        case auto, always, never
    }

    /// The style for standard output.
    var style: TerminalStyle {
        switch color {
        case .always: return TerminalStyle(isColoured: true)
        case .never: return TerminalStyle(isColoured: false)
        case .auto:
            let environment = ProcessInfo.processInfo.environment
            // https://no-color.org: set to anything but nothing.
            let isUnwanted = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
            return TerminalStyle(
                isColoured: isatty(STDOUT_FILENO) == 1 && !isUnwanted && environment["TERM"] != "dumb")
        }
    }
}

/// Paints words with the sixteen colours that every terminal theme knows.
struct TerminalStyle {
    let isColoured: Bool

    enum Paint: String {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case cyan = "36"
    }

    func paint(_ text: String, _ paints: Paint...) -> String {
        guard isColoured, !text.isEmpty else { return text }
        return "\u{1B}[\(paints.map(\.rawValue).joined(separator: ";"))m\(text)\u{1B}[0m"
    }

    /// One line of a trace, the same for `verify`, `decrypt` and `explain`.
    func step(_ check: String, _ outcome: String, _ detail: String) -> String {
        let name = check.padding(toLength: 16, withPad: " ", startingAt: 0)
        switch outcome {
        case "passed": return "\(paint("✓", .green)) \(name) \(detail)"
        case "failed": return "\(paint("✗", .red)) \(paint(name, .bold)) \(detail)"
        default: return paint("· \(name) \(detail)", .dim)
        }
    }

    /// The last word: valid, or refused and why.
    func verdict(_ word: String, code: String?) -> String {
        code.map { paint("\(word): \($0)", .bold, .red) } ?? paint(word, .bold, .green)
    }
}

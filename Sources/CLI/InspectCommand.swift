import ArgumentParser
import Codecs
import Foundation
import JOSE
import Tokens

/// Looks tokens over and says what is unwise about them.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Find tokens in any text, and say what is unwise about each.",
        discussion: """
            The text may be a token, a header line, a cookie, a URL, a JSON body or a log. Nothing is verified, and no \
            verdict depends on a finding.

            Example: signet inspect --file access.log
            """)

    @OptionGroup var input: TokenInput
    @OptionGroup var output: StyleOptions

    @Option(
        name: .long,
        help: "Judge as if it were this time: seconds since 1970, 2026-11-23T18:25:00Z, now, +5m or -2d.")
    var at: Moment?

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    func run() throws {
        let now = at?.seconds() ?? Moment.clock
        let found = TokenFinder.find(try input.read())
        let inspections = found.tokens.map { TokenInspection($0, now: now) }
        guard !inspections.isEmpty else { throw CommandFailure.refused("there is nothing like a token in it") }
        if json {
            return print(JSONOutput.text(.array(inspections.map { .object($0.json) }), pretty: true))
        }
        let style = output.style
        for (number, inspection) in inspections.enumerated() {
            let label = inspection.label.map { " in \(Display.quoted($0))" } ?? ""
            print(style.paint("Token \(number + 1)\(label)", .bold))
            for note in inspection.notes { print("  \(note)") }
            if inspection.findings.isEmpty { print("  nothing to be said against it") }
            for finding in inspection.findings {
                let paint: TerminalStyle.Paint =
                    switch finding.severity {
                    case .danger: .red
                    case .warning: .yellow
                    case .note: .dim
                    }
                print("  \(style.paint(finding.severity.rawValue, paint)) \(finding.code.rawValue): \(finding.text)")
                print("    \(finding.advice) (\(finding.reference))")
            }
        }
    }
}

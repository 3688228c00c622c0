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
        let text = try input.read()
        let found = TokenFinder.find(text)
        var searched = 0
        let inspections = found.tokens.map { token in
            var inspection = TokenInspection(token, now: now)
            // Every search computes some ten thousand MACs over the token; a log full of tokens is not worth minutes.
            let text = token.token.compact ?? token.bytes
            guard WeakSecretSearch.applies(to: text) else { return inspection }
            searched += text.count
            if searched <= Self.maximumSearch, let weak = WeakSecretSearch.finding(text) { inspection.add([weak]) }
            return inspection
        }
        guard !inspections.isEmpty else {
            let hint = PastedToken.foreignEncoding(text) ?? input.fileHint
            let detail = "there is nothing like a token in it" + (hint.map { "; \($0)" } ?? "")
            guard json else { throw CommandFailure.refused(detail) }
            print(JSONOutput.refusal(nil, detail))
            throw ExitCode(CommandFailure.refused)
        }
        if json {
            print(JSONOutput.text(.array(inspections.map { .object($0.json) }), pretty: true))
        } else {
            for (number, inspection) in inspections.enumerated() {
                show(inspection, number: number + 1, found.tokens[number].range)
            }
        }
        if let limit = found.limit { Output.error("signet: note: \(limit)") }
        if searched > Self.maximumSearch {
            Output.error("signet: note: The secrets of the last tokens were not searched for: they are too many bytes.")
        }
    }

    /// The most bytes of tokens, taken together, whose secrets are searched for.
    private static let maximumSearch = 65_536

    private func show(_ inspection: TokenInspection, number: Int, _ range: Range<Int>) {
        let style = output.style
        let label = inspection.label.map { " in \(Display.quoted($0))" } ?? ""
        print(style.paint("Token \(number)\(label), \(FindingText.bytes(range))", .bold))
        for note in inspection.notes { print("  \(note)") }
        if inspection.findings.isEmpty { print("  nothing to be said against it") }
        for finding in inspection.findings { print(FindingText.lines(finding, style)) }
    }
}

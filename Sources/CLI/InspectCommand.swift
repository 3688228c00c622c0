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

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    func run() throws {
        let found = TokenFinder.find(try input.read())
        let inspections = found.tokens.map { TokenInspection($0, now: Moment.clock) }
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

/// Finds out which mistake keeps a signature from verifying.
struct DiagnoseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diagnose", abstract: "Say why a signature does not verify.",
        discussion: """
            Tries the mistakes people make: a secret in another form, a line feed too many, another key of the set, \
            another hash, a damaged copy. Exit status 1 when none of them explains it.

            Example: signet diagnose --secret-file secret --file token
            """)

    @OptionGroup var input: TokenInput
    @OptionGroup var keys: KeyOptions

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    func run() throws {
        let key = try keys.text()
        let diagnosis = Diagnosis(token: try input.read(), key: key.bytes, form: key.form)
        if json {
            print(JSONOutput.text(.object(diagnosis.json), pretty: true))
        } else {
            print(diagnosis.text)
            if !diagnosis.advice.isEmpty { print(diagnosis.advice) }
        }
        if diagnosis.outcome == .unexplained { throw ExitCode(CommandFailure.refused) }
    }
}

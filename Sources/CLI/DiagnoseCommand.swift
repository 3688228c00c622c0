import ArgumentParser
import Codecs
import JOSE
import Tokens

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

import ArgumentParser
import Codecs
import JOSE
import Tokens

/// Finds out which mistake keeps a signature from verifying.
struct DiagnoseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diagnose", abstract: "Say why a signature does not verify.",
        discussion: """
            Tries the mistakes people make: a secret in another form, a line feed too many, another key of the set, \
            another hash, a damaged copy. Exit status 1 when none of them explains it.

            Examples:
              signet diagnose --secret-file secret --file token
              signet diagnose --discover --issuer https://idp.example --file token
            """)

    @OptionGroup var input: TokenInput
    @OptionGroup var keys: KeyOptions
    @OptionGroup(title: "Published keys") var published: PublishedKeyOptions

    @Option(name: .long, help: "With --discover: the issuer whose metadata says where its keys are.")
    var issuer: String?

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    func validate() throws {
        if keys.isGiven, published.isGiven {
            throw ValidationError("keys are taken from a file or fetched, not both")
        }
        if issuer != nil, !published.discover { throw ValidationError("--issuer goes with --discover") }
    }

    func run() async throws {
        let fetched = try await published.fetch(issuers: issuer.map { [$0] } ?? [])
        let key = try fetched.map { ($0.document, .document) } ?? keys.text()
        let diagnosis = Diagnosis(token: try input.read(), key: key.0, form: key.1)
        if json {
            print(JSONOutput.text(.object(diagnosis.json), pretty: true))
        } else {
            print(diagnosis.text)
            if !diagnosis.advice.isEmpty { print(diagnosis.advice) }
        }
        if diagnosis.outcome == .unexplained { throw ExitCode(CommandFailure.refused) }
    }
}

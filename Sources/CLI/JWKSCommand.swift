import ArgumentParser
import Codecs
import JOSE
import Tokens

/// Makes key sets and finds keys in them.
struct JWKSCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jwks", abstract: "Make key sets, fetch them and find keys in them.",
        subcommands: [Make.self, Fetch.self, Find.self])

    struct Make: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a JWK set of the public halves of keys.",
            discussion: "Example: signet jwks make current.pem next.jwk > jwks.json")

        @Argument(help: "The files with the keys.")
        var files: [String]

        @OptionGroup var password: KeyPasswordOptions

        func run() throws {
            var keys: [JSON] = []
            for file in files {
                guard let key = try KeyCommand.document(file, password).publicJWK else {
                    throw CommandFailure.usage("\(file): a shared secret is not published")
                }
                keys.append(.object(key))
            }
            print(JSONOutput.text(["keys": .array(keys)], pretty: true))
        }
    }

    struct Fetch: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Fetch the key set that an issuer publishes.",
            discussion: """
                The set is read as a verifier would read it, then printed as it was published. Only https is asked \
                (http on this machine), no redirect is followed, and an issuer's metadata must name that issuer.

                Examples:
                  signet jwks fetch https://idp.example/keys > jwks.json
                  signet jwks fetch --issuer https://idp.example --out jwks.json
                """)

        @Argument(help: "The address of the set.")
        var address: String?

        @Option(name: .long, help: "The issuer whose metadata says where its keys are.")
        var issuer: String?

        @Option(name: .long, help: "Write the set to this new file.")
        var out: String?

        @OptionGroup var download: DownloadOptions

        func validate() throws {
            guard (address == nil) != (issuer == nil) else {
                throw ValidationError("give the address of the set, or --issuer")
            }
        }

        func run() async throws {
            let download = download.download
            let published =
                if let issuer {
                    try await PublishedKeys(issuer: issuer, download)
                } else {
                    try await PublishedKeys(at: address ?? "", download)
                }
            let text = JSONOutput.text(try JSONReader.read(published.document), pretty: true)
            try OutputFile.write(text + "\n", to: out, isSecret: false)
        }
    }

    struct Find: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print the key of a set by its name (kid).")

        @Argument(help: "The file with the set; - is standard input.")
        var file: String

        @Argument(help: "The kid.")
        var id: String

        @OptionGroup var password: KeyPasswordOptions

        func run() throws {
            let wanted = ByteString(id)
            guard let key = try KeyCommand.keys(file, password).first(where: { $0.description.id == wanted }) else {
                throw CommandFailure.refused("no key of the set is named \(Display.quoted(wanted))")
            }
            do {
                guard let jwk = try KeyDocument(key).publicJWK else {
                    throw CommandFailure.usage("that is a shared secret; it is not shown")
                }
                print(JSONOutput.text(.object(jwk), pretty: true))
            } catch let error as KeyError {
                throw CommandFailure.usage("\(error.detail) (\(error.code.rawValue))")
            }
        }
    }
}

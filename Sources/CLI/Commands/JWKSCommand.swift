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
            discussion: """
                A key without a name gets its thumbprint (RFC 7638) for one, as keygen does. A file may be a set already: \
                all its keys go into the new one.

                Examples:
                  signet jwks make current.pem next.jwk > jwks.json
                  signet jwks make jwks.json new.jwk > next.json
                """)

        @Argument(help: "The files with the keys: PEM, DER, JWK or JWK set; - is standard input.")
        var files: [String]

        @OptionGroup var password: KeyPasswordOptions

        @Option(name: .long, help: "Name the key so (kid), if there is just one.")
        var id: String?

        @Option(name: .long, help: "Write the set to this new file.")
        var out: String?

        func run() throws {
            var named: [KeyDocument] = []
            var keys: [JSON] = []
            let found = try files.flatMap { file in try KeyCommand.goodKeys(file, password).map { (file, $0) } }
            if id != nil, found.count != 1 {
                throw CommandFailure.usage("--id names one key; there are \(found.count)")
            }
            for (file, found) in found {
                var key = try KeyCommand.document(found, of: file)
                guard let name = id.map({ ByteString($0) }) ?? found.description.id ?? key.thumbprint() else {
                    throw CommandFailure.usage("\(file): a shared secret is not published")
                }
                key = try KeyCommand.document(found.named(name), of: file)
                // Of two keys with one name readers take the one that is for the token's algorithm (RFC 7517 §4.5).
                if let same = named.first(where: { $0.description.isNamedAs(key.description) }) {
                    guard same.matches(key) else {
                        throw CommandFailure.usage(
                            "\(file): another key is named \(Display.quoted(name)) already, and nothing tells them apart"
                        )
                    }
                    Output.error("signet: note: \(file): the key \(Display.quoted(name)) is there already")
                    continue
                }
                guard let jwk = key.publicJWK else {
                    throw CommandFailure.usage("\(file): a shared secret is not published")
                }
                named.append(key)
                keys.append(.object(jwk))
            }
            guard keys.count <= JWKReader.maximumKeys else {
                throw CommandFailure.usage("a set has at most \(JWKReader.maximumKeys) keys; here are \(keys.count)")
            }
            let text = JSONOutput.text(["keys": .array(keys)], pretty: true) + "\n"
            try OutputFile.write(text, to: out, isSecret: false)
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
            PassedOver.report(published.keys.passedOver)
            let text = JSONOutput.text(try JSONReader.read(published.document), pretty: true)
            try OutputFile.write(text + "\n", to: out, isSecret: false)
        }
    }

    struct Find: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the public key of a set by its name (kid), or say what keys it has.")

        @Argument(help: "The file with the set; - is standard input.")
        var file: String

        @Argument(help: "The kid. Without it, the keys are listed.")
        var id: String?

        @Option(name: .customLong("alg"), help: "Of several keys of that name, the one that is for this.")
        var algorithm: KeyAlgorithm?

        @OptionGroup var password: KeyPasswordOptions

        @Flag(name: .long, help: "Print the list as JSON.")
        var json = false

        func run() throws {
            guard let id else { return list(try KeyCommand.keys(file, password).map { KeyReport($0) }) }
            let wanted = ByteString(id)
            let named = try KeyCommand.goodKeys(file, password).filter { $0.description.id == wanted }
            let found = named.filter { algorithm?.isAlgorithm(of: $0.description) ?? true }
            guard let key = found.first else {
                throw CommandFailure.refused(
                    "no key of the set is named \(Display.quoted(wanted))" + (named.isEmpty ? "" : " and for that"))
            }
            guard found.count == 1 else {
                let names = found.map { KeyReport($0).text }.joined(separator: "; ")
                throw CommandFailure.refused(
                    "\(found.count) keys of the set are named \(Display.quoted(wanted)): \(names); --alg says which")
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

        private func list(_ reports: [KeyReport]) {
            guard !json else {
                return print(JSONOutput.text(.array(reports.map { .object($0.json) }), pretty: true))
            }
            for report in reports {
                print("\(report.key.description.id.map { Display.quoted($0) } ?? "(no name)")  \(report.text)")
            }
            if reports.isEmpty { print("no key") }
        }
    }
}

extension KeyDescription {
    /// Whether a token that means this key by its name and algorithm could mean the other as well (RFC 7517 §4.5).
    fileprivate func isNamedAs(_ other: KeyDescription) -> Bool {
        id == other.id && algorithm == other.algorithm && keyManagement == other.keyManagement
    }
}

import ArgumentParser
import Codecs
import JOSE
import Tokens

/// Makes key sets and finds keys in them.
struct JWKSCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jwks", abstract: "Make key sets and find keys in them.", subcommands: [Make.self, Find.self])

    struct Make: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a JWK set of the public halves of keys.",
            discussion: "Example: signet jwks make current.pem next.jwk > jwks.json")

        @Argument(help: "The files with the keys.")
        var files: [String]

        func run() throws {
            var keys: [JSON] = []
            for file in files {
                guard let key = try KeyCommand.document(file).publicJWK else {
                    throw CommandFailure.usage("\(file): a shared secret is not published")
                }
                keys.append(.object(key))
            }
            print(JSONOutput.text(["keys": .array(keys)], pretty: true))
        }
    }

    struct Find: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print the key of a set by its name (kid).")

        @Argument(help: "The file with the set; - is standard input.")
        var file: String

        @Argument(help: "The kid.")
        var id: String

        func run() throws {
            let wanted = ByteString(id)
            guard let key = try KeyCommand.keys(file).first(where: { $0.description.id == wanted }) else {
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

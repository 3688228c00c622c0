import ArgumentParser
import Codecs
import JOSE
import Tokens

/// Shows, converts and compares keys.
struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Show, convert and compare keys.",
        subcommands: [Show.self, Convert.self, Public.self, ThumbprintOf.self, Match.self])

    /// The keys of a file; the command is refused where there are none.
    static func keys(_ path: String) throws -> [DecodedKey] {
        do {
            return try KeyReader.read(try InputFile.read(path), algorithm: nil)
        } catch let error as KeyError {
            throw CommandFailure.usage("\(path): \(error.detail) (\(error.code.rawValue))")
        }
    }

    /// The one key of a file.
    static func document(_ path: String) throws -> KeyDocument {
        let keys = try keys(path)
        guard let key = keys.first, keys.count == 1 else {
            throw CommandFailure.usage("\(path): there are \(keys.count) keys; give one")
        }
        do {
            return try KeyDocument(key)
        } catch {
            throw CommandFailure.usage("\(path): \(error.detail) (\(error.code.rawValue))")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what keys a file holds; nothing secret is shown.")

        @Argument(help: "The file: PEM, DER, JWK or JWK set; - is standard input.")
        var file: String

        func run() throws {
            for key in try KeyCommand.keys(file) {
                let id = key.description.id.map { " \(Display.quoted($0))" } ?? ""
                let algorithm = key.description.algorithm.map { " for \($0.rawValue)" } ?? ""
                let half = key.description.isPrivate ? "private" : "public"
                print("\(key.description.summary)\(algorithm), \(half)\(id)")
            }
        }
    }

    struct Convert: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a key in another form.",
            discussion: "A private key is written with its private part; signet key public leaves that out.")

        @Argument(help: "The file with the key; - is standard input.")
        var file: String

        @Option(name: .long, help: "jwk, pem (PKCS#8 or SPKI), pkcs1 or sec1.")
        var to: Form = .jwk

        enum Form: String, ExpressibleByArgument, CaseIterable {
            case jwk, pem, pkcs1, sec1
        }

        func run() throws {
            let key = try KeyCommand.document(file)
            let form: KeyDocument.Form
            switch to {
            case .jwk: return print(JSONOutput.text(.object(key.jwk), pretty: true))
            case .pem: form = key.isPrivate ? .pkcs8 : .spki
            case .pkcs1: form = key.isPrivate ? .pkcs1Private : .pkcs1Public
            case .sec1: form = .sec1
            }
            guard let text = key.pem(form) else {
                throw CommandFailure.usage("\(to.rawValue) has no place for this key")
            }
            print(text, terminator: "")
        }
    }

    struct Public: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Write the public half of a key.")

        @Argument(help: "The file with the key; - is standard input.")
        var file: String

        @Flag(name: .long, help: "Write PEM instead of JWK.")
        var pem = false

        func run() throws {
            let key = try KeyCommand.document(file)
            guard
                let text = pem
                    ? key.pem(.spki) : key.publicJWK.map({ JSONOutput.text(.object($0), pretty: true) + "\n" })
            else { throw CommandFailure.usage("a shared secret has no public half") }
            print(text, terminator: "")
        }
    }

    struct ThumbprintOf: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "thumbprint", abstract: "Print a key's thumbprint (RFC 7638).")

        @Argument(help: "The file with the key; - is standard input.")
        var file: String

        @Flag(name: .long, help: "As a URI (RFC 9278).")
        var uri = false

        func run() throws {
            let key = try KeyCommand.document(file)
            guard let text = uri ? key.thumbprintURI() : key.thumbprint() else {
                throw CommandFailure.usage("a shared secret gets no thumbprint: its hash would invite guessing")
            }
            print(text.text)
        }
    }

    struct Match: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say whether two files hold the same key, or its two halves.")

        @Argument(help: "One file.")
        var file: String

        @Argument(help: "The other.")
        var other: String

        func run() throws {
            let isSame = try KeyCommand.document(file).matches(try KeyCommand.document(other))
            print(isSame ? "the same key" : "different keys")
            if !isSame { throw ExitCode(CommandFailure.refused) }
        }
    }
}

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

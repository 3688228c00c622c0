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
    static func keys(_ path: String, _ password: KeyPasswordOptions) throws -> [DecodedKey] {
        try password.keys(in: try InputFile.read(path), named: path, purpose: nil)
    }

    /// The one key of a file.
    static func document(_ path: String, _ password: KeyPasswordOptions) throws -> KeyDocument {
        let keys = try keys(path, password)
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
            abstract: "Say what keys and certificates a file holds; nothing secret is shown.")

        @Argument(help: "The file: PEM, DER, JWK or JWK set; - is standard input.")
        var file: String

        @OptionGroup var password: KeyPasswordOptions

        @Flag(name: .long, help: "Print JSON.")
        var json = false

        func run() throws {
            let keys = try KeyCommand.keys(file, password)
            guard !json else {
                return print(JSONOutput.text(.array(keys.map { .object(Self.json($0)) }), pretty: true))
            }
            for key in keys {
                let id = key.description.id.map { " \(Display.quoted($0))" } ?? ""
                let algorithm = key.description.algorithm.map { " for \($0.rawValue)" } ?? ""
                let half = key.description.isPrivate ? "private" : "public"
                print("\(key.description.summary)\(algorithm), \(half)\(id)")
                for certificate in key.certificates?.chain ?? [] { print(CertificateFile.text(certificate)) }
            }
        }

        private static func json(_ key: DecodedKey) -> JSONObject {
            let description = key.description
            var answer: JSONObject = [
                "summary": .string(ByteString(description.summary)), "private": .bool(description.isPrivate),
            ]
            if let name = description.algorithm?.rawValue ?? description.keyManagement?.rawValue {
                answer["alg"] = .string(ByteString(name))
            }
            if let id = description.id { answer["kid"] = .string(id) }
            if let chain = key.certificates?.chain, !chain.isEmpty {
                answer["certificates"] = .array(chain.map { .object(CertificateFile.json($0)) })
            }
            return answer
        }
    }

    struct Convert: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a key in another form.",
            discussion: """
                A private key is written with its private part; signet key public leaves that out.

                Examples:
                  signet key convert private.jwk --to pem --out private.pem
                  signet key convert private.pem --new-password-prompt --out locked.pem
                  signet key convert chain.pem --to jwk
                """)

        @Argument(help: "The file with the key; - is standard input.")
        var file: String

        @OptionGroup var password: KeyPasswordOptions

        @Option(
            name: .long,
            help: "jwk, pem (PKCS#8 or SPKI), pkcs1, sec1 or x509. Default: jwk, or pem with a new password.")
        var to: Form?

        @OptionGroup var newPassword: OutputPasswordOptions

        @Option(name: .long, help: "Write to this new file, readable by you alone if the key is private.")
        var out: String?

        enum Form: String, ExpressibleByArgument, CaseIterable {
            case jwk, pem, pkcs1, sec1, x509
        }

        func validate() throws {
            if newPassword.isGiven, let to, to != .pem {
                throw ValidationError("only --to pem has a form for a key under a password")
            }
        }

        func run() throws {
            let key = try KeyCommand.document(file, password)
            if password.isGiven, file != "-", !KeyReader.isEncrypted(try InputFile.read(file)) {
                throw CommandFailure.usage(
                    "\(file) is under no password; to write a key under one, say so with --new-password-file")
            }
            let text = newPassword.isGiven ? try newPassword.pem(key) : try text(key, to ?? .jwk)
            try OutputFile.write(text, to: out, isSecret: key.isPrivate && to != .x509)
        }

        private func text(_ key: KeyDocument, _ to: Form) throws -> String {
            let form: KeyDocument.Form
            switch to {
            case .jwk: return JSONOutput.text(.object(key.jwk), pretty: true) + "\n"
            case .pem: form = key.isPrivate ? .pkcs8 : .spki
            case .pkcs1: form = key.isPrivate ? .pkcs1Private : .pkcs1Public
            case .sec1: form = .sec1
            case .x509:
                guard let chain = key.certificatePEM else {
                    throw CommandFailure.usage("no certificate came with this key (a JWK shows one as \"x5c\")")
                }
                return chain
            }
            guard let text = key.pem(form) else {
                throw CommandFailure.usage("\(to.rawValue) has no place for this key")
            }
            return text
        }
    }

    struct Public: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Write the public half of a key.")

        @Argument(help: "The file with the key; - is standard input.")
        var file: String

        @OptionGroup var password: KeyPasswordOptions

        @Flag(name: .long, help: "Write PEM instead of JWK.")
        var pem = false

        @Option(name: .long, help: "Write to this new file.")
        var out: String?

        func run() throws {
            let key = try KeyCommand.document(file, password)
            guard
                let text = pem
                    ? key.pem(.spki) : key.publicJWK.map({ JSONOutput.text(.object($0), pretty: true) + "\n" })
            else { throw CommandFailure.usage("a shared secret has no public half") }
            try OutputFile.write(text, to: out, isSecret: false)
        }
    }

    struct ThumbprintOf: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "thumbprint", abstract: "Print a key's thumbprint (RFC 7638).")

        @Argument(help: "The file with the key; - is standard input.")
        var file: String

        @OptionGroup var password: KeyPasswordOptions

        @Flag(name: .long, help: "As a URI (RFC 9278).")
        var uri = false

        @Flag(name: .long, help: "Print JSON: the thumbprint, and as a URI.")
        var json = false

        func run() throws {
            let key = try KeyCommand.document(file, password)
            guard let thumbprint = key.thumbprint(), let asURI = key.thumbprintURI() else {
                throw CommandFailure.usage("a shared secret gets no thumbprint: its hash would invite guessing")
            }
            guard json else { return print((uri ? asURI : thumbprint).text) }
            print(JSONOutput.text(["thumbprint": .string(thumbprint), "uri": .string(asURI)], pretty: true))
        }
    }

    struct Match: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say whether two files hold the same key, or its two halves.")

        @Argument(help: "One file.")
        var file: String

        @Argument(help: "The other.")
        var other: String

        @OptionGroup var password: KeyPasswordOptions

        @Flag(name: .long, help: "Print JSON.")
        var json = false

        func run() throws {
            let isSame = try KeyCommand.document(file, password).matches(try KeyCommand.document(other, password))
            if json {
                print(JSONOutput.text(["same": .bool(isSame)], pretty: true))
            } else {
                print(isSame ? "the same key" : "different keys")
            }
            if !isSame { throw ExitCode(CommandFailure.refused) }
        }
    }
}

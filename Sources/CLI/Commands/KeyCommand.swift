import ArgumentParser
import Codecs
import JOSE
import Tokens

/// Shows, converts and compares keys.
struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Show, convert and compare keys.",
        subcommands: [Show.self, KeyConvertCommand.self, Public.self, ThumbprintOf.self, Match.self])

    /// The keys of a file; the command is refused where there are none.
    static func keys(
        _ path: String, _ password: KeyPasswordOptions, purpose: KeyPurpose? = nil
    ) throws -> [DecodedKey] {
        try password.keys(in: try KeyFile.read(path, option: nil), named: path, purpose: purpose)
    }

    /// The keys of a file that are some; those of a set that are no good are named on standard error.
    static func goodKeys(_ path: String, _ password: KeyPasswordOptions) throws -> [DecodedKey] {
        let keys = try keys(path, password)
        var good: [DecodedKey] = []
        var complaints: [KeyError] = []
        for (index, key) in keys.enumerated() {
            if let complaint = key.complaint ?? KeyReport(key).problem.map({ keys.count > 1 ? $0.ofKey(index) : $0 }) {
                complaints.append(complaint)
            } else {
                good.append(key)
            }
        }
        if good.isEmpty, let last = complaints.popLast() {
            PassedOver.report(complaints)
            throw CommandFailure.usage("\(path): \(last.detail) (\(last.code.rawValue))")
        }
        PassedOver.report(complaints)
        return good
    }

    /// The one key of a file.
    static func document(
        _ path: String, _ password: KeyPasswordOptions, id: String? = nil, purpose: KeyPurpose? = nil
    ) throws -> KeyDocument {
        let keys = try keys(path, password, purpose: purpose)
        guard let key = keys.first, keys.count == 1 else {
            throw CommandFailure.usage("\(path): there are \(keys.count) keys; give one")
        }
        return try document(id.map { key.named(ByteString($0)) } ?? key, of: path)
    }

    /// A key to be written, whose parts belong together.
    static func document(_ key: DecodedKey, of path: String) throws -> KeyDocument {
        do {
            return try KeyDocument(key)
        } catch {
            throw CommandFailure.usage("\(path): \(error.detail) (\(error.code.rawValue))")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what keys and certificates a file holds; nothing secret is shown.",
            discussion: "Exit status 1 says that one of them is no sound key.")

        @Argument(help: "The file: PEM, DER, JWK or JWK set; - is standard input.")
        var file: String

        @OptionGroup var password: KeyPasswordOptions

        @Flag(name: .long, help: "Print JSON.")
        var json = false

        func run() throws {
            let reports = try KeyCommand.keys(file, password).map { KeyReport($0) }
            if json {
                print(JSONOutput.text(.array(reports.map { .object($0.json) }), pretty: true))
            } else {
                for report in reports { print(report.text) }
                if reports.isEmpty { print("no key") }
            }
            if reports.contains(where: { $0.problem != nil }) { throw ExitCode(CommandFailure.refused) }
        }
    }

    struct Public: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Write the public half of a key.")

        @Argument(help: "The file with the key; - is standard input.")
        var file: String

        @OptionGroup var password: KeyPasswordOptions

        @Flag(name: .long, help: "Write PEM instead of JWK.")
        var pem = false

        @Option(name: .long, help: "Name the key so (kid).")
        var id: String?

        @Option(name: .long, help: "Write to this new file.")
        var out: String?

        func validate() throws {
            if pem, id != nil { throw ValidationError("PEM has no place for a name; leave --id or --pem out") }
        }

        func run() throws {
            let key = try KeyCommand.document(file, password, id: id)
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

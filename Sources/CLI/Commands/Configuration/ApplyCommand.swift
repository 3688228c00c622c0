#if Server
    import ArgumentParser
    import Codecs
    import Daemon
    import Foundation

    /// Puts a document to work on a running server.
    struct ApplyCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "apply", abstract: "Put a configuration to work on a running server, whole or not at all.",
            discussion: """
                What the document lists is made or changed, what it listed before and lists no more is deleted, and \
                everything else stays. The difference is printed; when the command ends with 0, every event loop of the \
                gateway already works by it. Names of files in the document start at its folder and are read by the server.

                What belongs to the console or to another file is refused; --take-over makes it this file's. So a \
                configuration that was made in the console becomes a file: signet export > signet.yaml, then \
                signet apply -f signet.yaml --take-over.
                """)

        @Option(
            name: [.short, .customLong("file")], help: ArgumentHelp("The document (YAML or JSON).", valueName: "file"))
        var file: String

        @Flag(name: .long, help: "Print what would change, and change nothing.")
        var dryRun = false

        @Flag(name: .long, help: AppliedDocument.takeOverHelp)
        var takeOver = false

        @Option(name: .long, help: "The revision that must be in force; otherwise nothing is changed.")
        var expect: Int64?

        @Option(name: .long, help: "Why, for the history.")
        var note = ""

        @Option(name: .long, help: AppliedDocument.ownerHelp)
        var `as`: String?

        @OptionGroup var server: ServerOptions

        func run() throws {
            var body = try AppliedDocument.body(file, owner: `as`, takesOver: takeOver, server)
            body["dry_run"] = .bool(dryRun)
            body["note"] = .string(ByteString(note))
            if let expect { body["revision"] = .number(JSONNumber(expect)) }
            try ConfigurationOutcome.tell(
                try server.ask("POST", "/configuration/apply", body: .object(body)), isDryRun: dryRun, server)
        }
    }

    /// Says what `apply` would change.
    struct DiffCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "diff", abstract: "Print what apply would change on a running server.",
            discussion: "Exit status 0: nothing; 1: something, or the document is refused.")

        @Option(
            name: [.short, .customLong("file")], help: ArgumentHelp("The document (YAML or JSON).", valueName: "file"))
        var file: String

        @Option(name: .long, help: AppliedDocument.ownerHelp)
        var `as`: String?

        @Flag(name: .long, help: AppliedDocument.takeOverHelp)
        var takeOver = false

        @OptionGroup var server: ServerOptions

        func run() throws {
            var body = try AppliedDocument.body(file, owner: `as`, takesOver: takeOver, server)
            body["dry_run"] = true
            let answer = try server.ask("POST", "/configuration/apply", body: .object(body))
            try ConfigurationOutcome.tell(answer, isDryRun: true, server)
            if answer["changes"]?.int64 != 0 { throw ExitCode(CommandFailure.refused) }
        }
    }

    /// Makes an older revision the current one again.
    struct RollbackCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rollback", abstract: "Make an older revision of the configuration the current one again.",
            discussion: "It becomes a revision of its own: the history goes on. signet history lists the revisions.")

        @Argument(help: "The revision.")
        var revision: Int64

        @Option(name: .long, help: "Why, for the history.")
        var note = ""

        @OptionGroup var server: ServerOptions

        func run() throws {
            try ConfigurationOutcome.tell(
                try server.ask(
                    "POST", "/configuration/rollback",
                    body: ["revision": .number(JSONNumber(revision)), "note": .string(ByteString(note))]),
                isDryRun: false, server)
        }
    }

    /// Makes a running server read its configuration again.
    struct ReloadCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reload",
            abstract: "Read the configuration and the files that it names again; a bad one changes nothing.")

        @OptionGroup var server: ServerOptions

        func run() throws {
            try ConfigurationOutcome.tell(try server.ask("POST", "/configuration/reload"), isDryRun: false, server)
        }
    }

    /// A document on its way to a server.
    enum AppliedDocument {
        static let ownerHelp = ArgumentHelp(
            "The name under which the objects are this file's. Default: its path, and with --server its name.",
            valueName: "name")

        static let takeOverHelp = ArgumentHelp(
            "Listed objects that are the console's or another file's become this file's.")

        /// At the socket the server reads the file; over HTTP it is sent.
        static func body(
            _ file: String, owner: String?, takesOver: Bool, _ server: ServerOptions
        ) throws -> JSONObject {
            let address = URL(fileURLWithPath: file).standardizedFileURL
            guard server.isRemote || owner != nil else {
                return ["path": .string(ByteString(address.path)), "take_over": .bool(takesOver)]
            }
            let bytes = try KeyFile.contents(file, option: "--file")
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw CommandFailure.usage("\(file) is not UTF-8")
            }
            return [
                "document": .string(ByteString(text)),
                "file": .string(ByteString(owner ?? address.lastPathComponent)),
                "take_over": .bool(takesOver),
            ]
        }
    }

    /// How a change is told.
    enum ConfigurationOutcome {
        static func tell(_ answer: JSONObject, isDryRun: Bool, _ server: ServerOptions) throws {
            guard !server.json else { return try Output.write(JSONOutput.text(.object(answer), pretty: true) + "\n") }
            let text = answer["text"]?.string?.text ?? ""
            if !text.isEmpty { try Output.write(text.hasSuffix("\n") ? text : text + "\n") }
            let routes = answer["routes"]?.int64 ?? 0
            let served = "\(routes) \(routes == 1 ? "route" : "routes")"
            let revision = answer["revision"]?.int64 ?? 0
            switch (isDryRun, answer["changes"]?.int64 ?? 0) {
            case (_, 0): try Output.write("nothing changes; revision \(revision), \(served)\n")
            case (true, _): try Output.write("nothing was changed (dry run); it would be \(served)\n")
            default: try Output.write("revision \(revision) is in force: \(served)\n")
            }
        }
    }
#endif

#if Server
    import ArgumentParser
    import Codecs
    import Daemon
    import Tokens

    /// Lists the revisions of the configuration.
    struct HistoryCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "history", abstract: "List the revisions of the configuration, or show what one changed.")

        @Argument(help: "A revision, to show what it changed.")
        var revision: Int64?

        @Option(name: .long, help: "Only revisions before this one.")
        var before: Int64?

        @Option(name: .long, help: "How many at most, from 1 to 1000.")
        var limit = 20

        @OptionGroup var server: ServerOptions

        func run() throws {
            if let revision {
                let answer = try server.ask("GET", "/configuration/history/\(revision)")
                guard !server.json else {
                    return try Output.write(JSONOutput.text(.object(answer), pretty: true) + "\n")
                }
                return try Output.write((answer["text"]?.string?.text ?? "") + "\n")
            }
            var target = "/configuration/history?limit=\(limit)"
            if let before { target += "&after=\(before)" }
            let answer = try server.ask("GET", target)
            guard !server.json else { return try Output.write(JSONOutput.text(.object(answer), pretty: true) + "\n") }
            let revisions = answer["revisions"]?.array ?? []
            guard !revisions.isEmpty else { return try Output.write("there are no revisions\n") }
            for entry in revisions { try Output.write(Self.line(entry.object ?? [:])) }
        }

        private static func line(_ entry: JSONObject) -> String {
            func text(_ name: ByteString) -> String { entry[name]?.string?.text ?? "" }
            func count(_ name: ByteString) -> Int64 { entry[name]?.int64 ?? 0 }
            let time = entry["time"]?.int64.map { NumericDate(seconds: $0).utc } ?? ""
            let changes = "+\(count("created")) ~\(count("changed")) -\(count("deleted"))"
            let note = text("note").isEmpty ? "" : "  (\(text("note")))"
            return "\(count("revision"))  \(time)  \(text("actor"))  \(changes)  \(text("source"))\(note)\n"
        }
    }

    /// Prints the configuration that is in force.
    struct ExportCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export", abstract: "Print the whole configuration that is in force, as one document.",
            discussion: "Secrets are not in it: it says where they come from. With --json also whose each object is.")

        @OptionGroup var server: ServerOptions

        func run() throws {
            var answer = try server.ask("GET", "/configuration")
            guard !server.json else {
                let objects = try server.list("/configuration/objects", member: "objects")
                answer["objects"] = .array(objects.map { .object($0) })
                return try Output.write(JSONOutput.text(.object(answer), pretty: true) + "\n")
            }
            try Output.write(answer["document"]?.string?.text ?? "")
        }
    }
#endif

#if Server
    import ArgumentParser
    import Codecs
    import Foundation
    import Tokens

    /// What happened at the running token service, as far as it matters to security.
    struct AuditCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "audit",
            abstract: "Show what happened at the running token service: sign-ins, changes, misuse.",
            discussion: """
                Events are stored with the change they tell of and never changed; --check says whether all are there and as \
                they were written, how many there are, and since when. \(ServerOptions.whoMayAsk)
                """)

        @Option(name: .long, help: "Only what concerns this user, by name.")
        var user: String?

        @Option(name: .long, help: "So many events, the last ones.")
        var limit = 50

        @Option(name: .long, help: "Only events after the one of this number.")
        var after: Int?

        @Flag(name: .long, help: "Go on showing what happens, until interrupted.")
        var follow = false

        @Flag(name: .long, help: "Look whether events were changed, taken out, put in or cut off; exit 1 if so.")
        var check = false

        @OptionGroup var server: ServerOptions

        func validate() throws {
            guard (1...1_000).contains(limit) else { throw ValidationError("--limit must be 1 to 1000") }
            guard after ?? 0 >= 0 else { throw ValidationError("--after must be a number of an event") }
        }

        func run() throws {
            guard !check else { return try tellCheck() }
            var last = try show(try events(after: after))
            while follow {
                Thread.sleep(forTimeInterval: 1)
                last = try show(try events(after: last)) ?? last
            }
        }

        private func tellCheck() throws {
            let answer = try server.ask("GET", "/audit/check")
            if server.json { try server.tell(answer, secret: nil) }
            guard answer["intact"] == true else {
                let broken = answer["broken"]?.int64 ?? 0
                throw CommandFailure.refused(
                    "event \(broken) is missing or not as it was written; those before it are as they were")
            }
            guard !server.json else { return }
            let since = NumericDate(seconds: answer["since"]?.int64 ?? 0).utc
            print(
                "all \(answer["events"]?.int64 ?? 0) events are as they were written; the log is keyed since \(since)")
            if let unkeyed = answer["unkeyed"]?.int64, unkeyed > 0 {
                print(
                    "events 1 to \(unkeyed) are from before that: who could write the database then could change them")
            }
        }

        private func events(after: Int?) throws -> [JSONObject] {
            var query = [FormURLEncoded.Pair("limit", ByteString("\(limit)"))]
            // Without a place to begin, the last ones are meant.
            query.append(
                after.map { FormURLEncoded.Pair("after", ByteString("\($0)")) } ?? FormURLEncoded.Pair("newest", "true")
            )
            if let user { query.append(FormURLEncoded.Pair("user", ByteString(user))) }
            let answer = try server.ask("GET", "/audit?\(FormURLEncoded.encode(query))")
            return (answer["events"]?.array ?? []).compactMap(\.object)
        }

        /// - Returns: the number of the last event shown.
        private func show(_ events: [JSONObject]) throws -> Int? {
            for event in events {
                if server.json {
                    print(JSONWriter.text(.object(event)))
                    continue
                }
                func word(_ name: ByteString) -> String? { event[name]?.string?.text }
                let time = NumericDate(seconds: event["time"]?.int64 ?? 0).utc
                let actor = word("actor").map { kind in
                    let through = kind == "user" ? word("actor_client").map { " with \($0)" } ?? "" : ""
                    return "by \(word("actor_name") ?? word("actor_user") ?? word("actor_client") ?? kind)\(through)"
                }
                let words = [word("name") ?? word("user"), word("client"), word("address"), word("detail"), actor]
                print(([time, word("kind") ?? ""] + words.compactMap { $0 }).joined(separator: "  "))
            }
            return events.last?["id"]?.int64.map { Int($0) }
        }
    }
#endif

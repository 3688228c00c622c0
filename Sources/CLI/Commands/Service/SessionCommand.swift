#if Server
    import ArgumentParser
    import Codecs
    import Tokens

    /// Sessions at the running token service.
    struct SessionCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "session", abstract: "Show where somebody is signed in, and end it.",
            discussion: ServerOptions.whoMayAsk, subcommands: [List.self, End.self])

        struct List: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "List a user's sessions: at browsers, and of the applications that came of them.")
            @OptionGroup var user: UserName

            func run() throws {
                let sessions = try user.server.list(user.target("/sessions"), member: "sessions")
                guard !user.server.json else { return try user.server.tell(sessions, as: "sessions") }
                for members in sessions {
                    func word(_ name: ByteString) -> String { members[name]?.string?.text ?? "" }
                    let since = NumericDate(seconds: members["authenticated"]?.int64 ?? 0).utc
                    let what = word("kind") == "browser" ? "browser  \(word("agent"))" : "client  \(word("client"))"
                    print("\(word("id"))  since \(since)  \(what)  \(word("scope"))")
                }
            }
        }

        struct End: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "End a session; one at a browser with everything that came of it.")

            @Argument(help: "The session's id, as `session list` shows it.")
            var id: String

            @OptionGroup var server: ServerOptions

            func run() throws {
                guard !id.isEmpty, id.utf8.allSatisfy(FormURLEncoded.isUnreserved) else {
                    throw CommandFailure.usage("a session's id has letters, digits, - and _")
                }
                try server.tell(try server.ask("POST", "/sessions/\(id)/end"), secret: nil)
            }
        }
    }
#endif

#if Server
    import ArgumentParser
    import Codecs
    import Daemon

    /// Users of the running token service.
    struct UserCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "user", abstract: "Make people known to the running token service, and change them.",
            discussion: ServerOptions.whoMayAsk,
            subcommands: [
                Create.self, List.self, Show.self, Password.self, ResetLink.self, ServerRole.self, SignOut.self,
                Disable.self, Enable.self,
            ])

        struct Create: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Make a user. A password that is made for them is shown only now.")

            @Argument(help: "What the user types to log in: letters, digits and . _ - @ +")
            var name: String

            @Option(name: .long, help: "What the user may be to applications, as clerk. May be repeated.")
            var role: [String] = []

            @Option(name: .long, help: "What the user may do with this server: viewer, publisher, admin or owner.")
            var serverRole: ServerRole.Role?

            @Option(name: .long, help: "What the user belongs to. May be repeated.")
            var group: [String] = []

            @Option(name: .long, help: "The person's name.")
            var fullName: String?

            @Option(name: .long, help: "The person's e-mail address.")
            var email: String?

            @OptionGroup var password: UserPassword
            @OptionGroup var server: ServerOptions

            func run() throws {
                var profile = JSONObject()
                if let fullName { profile["name"] = .string(ByteString(fullName)) }
                if let email { profile["email"] = .string(ByteString(email)) }
                var body: JSONObject = [
                    "name": .string(ByteString(name)), "roles": .array(role.map { .string(ByteString($0)) }),
                    "groups": .array(group.map { .string(ByteString($0)) }), "profile": .object(profile),
                ]
                if let serverRole { body["server_role"] = serverRole.json }
                body["password"] = try password.value()
                try server.tell(try server.ask("POST", "/users", body: .object(body)), secret: "password")
            }
        }

        struct List: ParsableCommand {
            static let configuration = CommandConfiguration(abstract: "List the users.")
            @OptionGroup var server: ServerOptions

            func run() throws {
                let users = try server.list("/users", member: "users")
                if server.json { return try server.tell(users, as: "users") }
                for members in users {
                    let roles = (members["roles"]?.array ?? []).compactMap { $0.string?.text }.joined(separator: " ")
                    let state =
                        (members["server_role"]?.string.map { "  (\($0) of this server)" } ?? "")
                        + (members["active"] == true ? "" : "  (disabled)")
                    print("\(members["name"]?.string?.text ?? "")  \(roles)\(state)")
                }
            }
        }

        struct Show: ParsableCommand {
            static let configuration = CommandConfiguration(abstract: "Show a user.")
            @OptionGroup var user: UserName
            func run() throws { try user.server.tell(try user.ask("GET", ""), secret: nil) }
        }

        struct Password: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Set a user's password and end all their sessions.")
            @OptionGroup var user: UserName
            @OptionGroup var password: UserPassword

            func run() throws {
                var body = JSONObject()
                body["password"] = try password.value()
                try user.server.tell(try user.ask("POST", "/password", body: .object(body)), secret: "password")
            }
        }

        struct ResetLink: ParsableCommand {
            static let configuration = CommandConfiguration(
                commandName: "reset-link",
                abstract: "Make a link with which a user sets a new password, once within half an hour.")
            @OptionGroup var user: UserName
            func run() throws { try user.server.tell(try user.ask("POST", "/reset-link"), secret: "link") }
        }

        struct ServerRole: ParsableCommand {
            static let configuration = CommandConfiguration(
                commandName: "server-role", abstract: "Say what a user may do with this server.",
                discussion: """
                    viewer: see everything but secrets. publisher: also change APIs, and who may call them. admin: also \
                    people, applications, keys, listeners and issuers. owner: also who has which role. It counts from the \
                    next request on.
                    """)

            enum Role: String, ExpressibleByArgument, CaseIterable {
                case viewer, publisher, admin, owner, none

                var json: JSON { self == .none ? .null : .string(ByteString(rawValue)) }
            }

            @OptionGroup var user: UserName

            @Argument(help: "viewer, publisher, admin, owner or none.")
            var role: Role

            func run() throws {
                let body: JSON = ["server_role": role.json]
                try user.server.tell(try user.ask("POST", "/server-role", body: body), secret: nil)
            }
        }

        struct SignOut: ParsableCommand {
            static let configuration = CommandConfiguration(
                commandName: "sign-out", abstract: "End all sessions of a user and revoke all their tokens.")
            @OptionGroup var user: UserName
            func run() throws { try user.server.tell(try user.ask("POST", "/sign-out"), secret: nil) }
        }

        struct Disable: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Let a user log in no more, and end all their sessions.")
            @OptionGroup var user: UserName
            func run() throws { try user.server.tell(try user.ask("POST", "/disable"), secret: nil) }
        }

        struct Enable: ParsableCommand {
            static let configuration = CommandConfiguration(abstract: "Let a disabled user log in again.")
            @OptionGroup var user: UserName
            func run() throws { try user.server.tell(try user.ask("POST", "/enable"), secret: nil) }
        }
    }

    /// Which user is meant.
    struct UserName: ParsableArguments {
        @Argument(help: "The user's name.")
        var name: String

        @OptionGroup var server: ServerOptions

        func ask(_ method: String, _ rest: String, body: JSON? = nil) throws -> JSONObject {
            try server.ask(method, target(rest), body: body)
        }

        func target(_ rest: String) throws -> String {
            // No name of anybody needs an escape in a path, but for `+` and `@`, which mean themselves there.
            guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !Self.special.contains($0) }) else {
                throw CommandFailure.usage("a user's name has letters, digits and . _ - @ +")
            }
            return "/users/\(name)\(rest)"
        }

        private static let special = Set("/?#%\\".utf8)
    }

    /// Where a user's password comes from; from nowhere means that the server makes one.
    struct UserPassword: ParsableArguments {
        @Option(name: .long, help: "A file with the password. One line feed at its end does not count.")
        var passwordFile: String?

        @Option(name: .long, help: "The environment variable that holds the password.")
        var passwordEnv: String?

        @Flag(name: .long, help: "Ask for the password at the terminal.")
        var passwordPrompt = false

        func value() throws -> JSON? {
            let password = try SecretInput.read(
                name: "password", value: nil, file: passwordFile, variable: passwordEnv, prompt: passwordPrompt)
            guard let password else { return nil }
            guard UTF8Sequence.isValid(password) else { throw CommandFailure.usage("the password is not UTF-8") }
            return .string(ByteString(utf8: password))
        }
    }
#endif

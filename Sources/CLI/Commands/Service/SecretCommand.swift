#if Server
    import ArgumentParser
    import Codecs
    import Tokens

    /// Secrets that the configuration refers to by name, as keys of model providers.
    struct SecretCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "secret", abstract: "Store secrets that the configuration refers to by name.",
            discussion: """
                A document says { secret: openai } where the key of a provider belongs. The server keeps secrets sealed with \
                its master key and never shows them again; another value is in force at once.
                """, subcommands: [List.self, Put.self, Delete.self])

        struct List: ParsableCommand {
            static let configuration = CommandConfiguration(abstract: "List the names, and what refers to each.")
            @OptionGroup var server: ServerOptions

            func run() throws {
                let secrets = try server.list("/secrets", member: "secrets")
                guard !server.json else { return try server.tell(secrets, as: "secrets") }
                for members in secrets {
                    let changed = NumericDate(seconds: members["changed"]?.int64 ?? 0).utc
                    let users = members["used_by"]?.array?.compactMap { $0.string?.text } ?? []
                    print(
                        "\(members["name"]?.string?.text ?? "")  put \(changed)"
                            + (users.isEmpty ? "" : "  used by \(users.joined(separator: ", "))"))
                }
            }
        }

        struct Put: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Store a secret, or another value for it.",
                discussion: "Without an option it is asked for at the terminal.")
            @OptionGroup var secret: SecretName

            @Option(name: .long, help: "A file with the secret. One line feed at its end does not count.")
            var secretFile: String?

            @Option(name: .long, help: "The environment variable that holds the secret.")
            var secretEnv: String?

            func run() throws {
                let read = try SecretInput.read(
                    name: "secret", value: nil, file: secretFile, variable: secretEnv,
                    prompt: secretFile == nil && secretEnv == nil)
                guard let read, UTF8Sequence.isValid(read) else {
                    throw CommandFailure.usage("the secret is not UTF-8")
                }
                try secret.server.tell(
                    try secret.ask("PUT", body: ["value": .string(ByteString(utf8: read))]), secret: nil)
            }
        }

        struct Delete: ParsableCommand {
            static let configuration = CommandConfiguration(abstract: "Delete a secret that nothing refers to.")
            @OptionGroup var secret: SecretName
            func run() throws { try secret.server.tell(try secret.ask("DELETE"), secret: nil) }
        }
    }

    /// The secret that is meant.
    struct SecretName: ParsableArguments {
        @Argument(help: "The secret's name: lower-case letters, digits and hyphens.")
        var name: String

        @OptionGroup var server: ServerOptions

        func ask(_ method: String, body: JSON? = nil) throws -> JSONObject {
            try server.ask(method, "/secrets/\(FormURLEncoded.encodeComponent(ByteString(name)))", body: body)
        }
    }
#endif

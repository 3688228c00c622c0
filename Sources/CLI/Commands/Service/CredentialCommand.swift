#if Server
    import ArgumentParser
    import Codecs

    /// API keys and passwords of consumers.
    struct CredentialCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "credential", abstract: "Make API keys and passwords for consumers of the gateway's APIs.",
            discussion: "The server keeps the SHA-256 of a secret alone.", subcommands: [Create.self, Renew.self])

        struct Create: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Make a credential. Its secret is shown only now.")

            @Argument(help: "The credential's name: lower-case letters, digits and hyphens.")
            var name: String

            @Option(name: .long, help: "Whose it is.")
            var consumer: String

            @Flag(name: .long, help: "A password for HTTP Basic with the consumer's name, instead of an API key.")
            var basic = false

            @OptionGroup var server: ServerOptions

            func run() throws {
                try CredentialName.ask(
                    server, name,
                    [
                        "consumer": .string(ByteString(consumer)), "kind": basic ? "basic" : "api-key",
                    ])
            }
        }

        struct Renew: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Give a credential another secret; the old one opens nothing from then on.")

            @Argument(help: "The credential's name.")
            var name: String

            @OptionGroup var server: ServerOptions

            func run() throws { try CredentialName.ask(server, name, [:]) }
        }
    }

    private enum CredentialName {
        static func ask(_ server: ServerOptions, _ name: String, _ body: JSONObject) throws {
            let target = "/credentials/\(FormURLEncoded.encodeComponent(ByteString(name)))/secret"
            try server.tell(try server.ask("POST", target, body: .object(body)), secret: "secret")
        }
    }
#endif

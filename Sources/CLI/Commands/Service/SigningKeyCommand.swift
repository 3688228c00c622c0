#if Server
    import ArgumentParser
    import Codecs
    import Tokens

    /// The keys that the running token service signs with.
    struct SigningKeyCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "signing-key",
            abstract: "Show the keys that the running token service signs with, and replace them.",
            discussion: """
                Keys replace themselves every 90 days: the next one is published a day before it signs, and the one before \
                stays published for as long as its tokens live. \(ServerOptions.whoMayAsk)
                """,
            subcommands: [List.self, Rotate.self])

        struct List: ParsableCommand {
            static let configuration = CommandConfiguration(abstract: "List the keys, the newest first.")
            @OptionGroup var server: ServerOptions

            func run() throws {
                try server.tellKeys([
                    "keys": .array(try server.list("/signing-keys", member: "keys").map { .object($0) })
                ])
            }
        }

        struct Rotate: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Replace a key.",
                discussion: """
                    Without a flag the next key is published now and signs a day later, so that everybody has fetched it by \
                    then.
                    """)

            @Flag(
                name: .long,
                help: "The next key signs now; who keeps a key set refuses its tokens until it is fetched.")
            var now = false

            @Flag(
                name: .long,
                help: "A key was stolen: the next signs now, and every token of earlier ones is refused.")
            var emergency = false

            @Option(name: .long, help: "The algorithm whose key is meant, as ES256. Default: every one in use.")
            var algorithm: String?

            @OptionGroup var server: ServerOptions

            func validate() throws {
                guard !now || !emergency else { throw ValidationError("--emergency includes --now") }
            }

            func run() throws {
                var body: JSONObject = ["how": emergency ? "emergency" : now ? "immediate" : "announced"]
                if let algorithm { body["algorithm"] = .string(ByteString(algorithm)) }
                try server.tellKeys(try server.ask("POST", "/signing-keys/rotate", body: .object(body)))
            }
        }
    }

    extension ServerOptions {
        /// Prints keys, one a line.
        fileprivate func tellKeys(_ answer: JSONObject) throws {
            guard !json else { return try tell(answer, secret: nil) }
            for key in answer["keys"]?.array ?? [] {
                let members = key.object ?? JSONObject()
                let (what, time): (String, Int64?) =
                    switch members["state"]?.string {
                    case "next": ("next, signs from", members["activates"]?.int64)
                    case "current": ("signs since", members["activates"]?.int64)
                    default: ("retired, published until", members["expires"]?.int64)
                    }
                let kid = members["kid"]?.string?.text ?? ""
                let algorithm = members["alg"]?.string?.text ?? ""
                print("\(kid)  \(algorithm)  \(what) \(NumericDate(seconds: time ?? 0).utc)")
            }
        }
    }
#endif

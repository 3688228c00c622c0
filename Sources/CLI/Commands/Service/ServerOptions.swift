#if Server
    import ArgumentParser
    import Codecs
    import Daemon

    /// Which running server is asked, and how its answer is shown.
    struct ServerOptions: ParsableArguments {
        @Option(name: .long, help: "The running server's data folder: its operator asks at the socket in it.")
        var data = "./signet-data"

        @Option(
            name: .long,
            help: ArgumentHelp(
                "Ask a server at this address instead, with an access token of a management client.", valueName: "url"))
        var server: String?

        @Option(name: .long, help: "A file with the access token for --server.")
        var tokenFile: String?

        @Option(name: .long, help: "The environment variable that holds the access token for --server.")
        var tokenEnv = "SIGNET_TOKEN"

        @Option(name: .long, help: "A file with the certificates to trust for --server instead of the system's.")
        var caFile: String?

        @Flag(name: .long, help: "Print JSON.")
        var json = false

        /// For the help of each command.
        static let whoMayAsk =
            "The owner of the server's data folder asks at its socket; with --server, whoever has a role there."

        /// Whether the server is asked over HTTP.
        var isRemote: Bool { server != nil }

        /// Asks for something below `/api`.
        func ask(_ method: String, _ target: String, body: JSON? = nil) throws -> JSONObject {
            try ServerAnswer.object(try connection(), method, target, body: body)
        }

        /// Asks for a list, page after page.
        /// - Parameter most: so many at most; nil is all.
        func list(
            _ target: String, member: ByteString, query: [FormURLEncoded.Pair] = [], most: Int? = nil
        ) throws -> [JSONObject] {
            let connection = try connection()
            var items: [JSONObject] = []
            var after: ByteString?
            repeat {
                let limit = min(1_000, most.map { $0 - items.count } ?? 1_000)
                var pairs = query + [FormURLEncoded.Pair("limit", ByteString("\(limit)"))]
                if let after { pairs.append(FormURLEncoded.Pair("after", after)) }
                let answer = try ServerAnswer.object(connection, "GET", "\(target)?\(FormURLEncoded.encode(pairs))")
                items += (answer[member]?.array ?? []).compactMap(\.object)
                after = answer["next"]?.string
            } while after != nil && most.map({ items.count < $0 }) ?? true
            return items
        }

        private func connection() throws -> any ServerConnection {
            guard let server else { return ControlSocketClient(dataFolder: data) }
            let variable = tokenFile == nil ? tokenEnv : nil
            let token: [UInt8]?
            do {
                token = try SecretInput.read(
                    name: "token", value: nil, file: tokenFile, variable: variable, prompt: false)
            } catch is CommandFailure where tokenFile == nil {
                throw CommandFailure.usage(
                    "--server needs an access token: in the environment variable SIGNET_TOKEN, by --token-file or "
                        + "--token-env; signet help client tells how to come by one")
            }
            return try HTTPServerConnection(address: server, token: token ?? [], roots: caFile)
        }

        /// Prints an answer: as JSON, or a member a line, what is shown only once at the end.
        /// - Parameter secret: the member that the server will never show again.
        func tell(_ answer: JSONObject, secret: ByteString?) throws {
            guard !json else { return print(JSONOutput.text(.object(answer), pretty: true)) }
            for member in answer.members where member.name != secret {
                if let text = Self.text(member.value) { print("\(member.name): \(text)") }
            }
            if let secret, let value = answer[secret]?.string {
                print("\(secret): \(value.text)  (shown only now)")
            }
        }

        /// Prints a list as JSON, under its name.
        func tell(_ items: [JSONObject], as member: ByteString) throws {
            try tell([member: .array(items.map { .object($0) })], secret: nil)
        }

        private static func text(_ value: JSON) -> String? {
            if let text = value.string { return text.text }
            guard let array = value.array else { return JSONWriter.text(value) }
            return array.isEmpty ? nil : array.map { $0.string?.text ?? JSONWriter.text($0) }.joined(separator: " ")
        }
    }
#endif

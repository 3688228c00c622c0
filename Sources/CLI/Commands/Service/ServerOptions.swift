#if Server
    import ArgumentParser
    import Codecs
    import Daemon

    /// Which running server is asked, and how its answer is shown.
    struct ServerOptions: ParsableArguments {
        @Option(name: .long, help: "The running server's data folder.")
        var data = "./signet-data"

        @Flag(name: .long, help: "Print JSON.")
        var json = false

        func ask(_ method: String, _ target: String, body: JSON? = nil) throws -> JSONObject {
            try ServerAnswer.object(ControlSocketClient(dataFolder: data), method, target, body: body)
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

        private static func text(_ value: JSON) -> String? {
            if let text = value.string { return text.text }
            guard let array = value.array else { return JSONWriter.text(value) }
            return array.isEmpty ? nil : array.map { $0.string?.text ?? JSONWriter.text($0) }.joined(separator: " ")
        }
    }
#endif

#if Server
    import ArgumentParser
    import Codecs
    import Tokens

    /// Asks a running server why a request was refused.
    struct ExplainCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "explain", abstract: "Show why the gateway refused a request, step by step.",
            discussion: "The trace is in the refusal's body. \(ServerOptions.whoMayAsk)")

        @Argument(help: "The trace: 32 hexadecimal digits.")
        var trace: String

        @OptionGroup var output: StyleOptions
        @OptionGroup var server: ServerOptions

        func run() throws {
            let object = try server.ask("GET", "/explanations/\(checked())")
            if server.json {
                print(JSONOutput.text(.object(object), pretty: true))
                return
            }
            func text(_ name: ByteString) -> String { object[name]?.string?.text ?? "" }
            let time = object["time"]?.int64.map { NumericDate(seconds: $0).utc } ?? ""
            print("\(time)  \(text("method")) \(text("path"))")
            if let route = object["route"]?.string { print("route \(route.text)") }
            print("refused in \(text("phase")) with \(object["status"]?.int64 ?? 0) \(text("code")): \(text("detail"))")
            let style = output.style
            for step in object["steps"]?.array ?? [] {
                guard let step = step.object else { continue }
                func member(_ name: ByteString) -> String { step[name]?.string?.text ?? "" }
                print(style.step(member("check"), member("outcome"), member("detail")))
            }
        }

        /// What goes into the request's target must be a trace.
        private func checked() throws -> String {
            guard !trace.isEmpty, trace.utf8.count <= 64,
                trace.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit })
            else { throw CommandFailure.usage("a trace is 32 hexadecimal digits; it stands in the refusal's body") }
            return trace
        }
    }
#endif

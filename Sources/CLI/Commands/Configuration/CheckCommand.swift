#if Server
    import ArgumentParser
    import Blueprint
    import Codecs
    import Daemon

    /// Looks at a configuration without serving it.
    struct CheckCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Look whether a configuration is good, and tell every complaint with its line.",
            discussion: """
                The document is read as `signet serve --config` reads it: shapes, names, references, the files and \
                environment variables that it names, routes that meet. Nothing is served and nothing is fetched. Exit \
                status 1 means that it would be refused; advice alone does not change the status.
                """)

        @Argument(help: ArgumentHelp("The document (YAML or JSON).", valueName: "file"))
        var file: String

        @Flag(name: .long, help: "Print JSON: {good, routes, complaints, warnings, advice}.")
        var json = false

        func run() throws {
            do {
                let checked = try ConfigurationFile(path: file).check()
                if json {
                    let object: JSONObject = [
                        "good": true, "routes": .number(JSONNumber(Int64(checked.routes))), "complaints": [],
                        "warnings": .array(checked.warnings.map { .string(ByteString($0)) }),
                        "advice": .array(
                            checked.advice.map {
                                ["object": .string(ByteString($0.object)), "text": .string(ByteString($0.text))]
                            }),
                    ]
                    return try Output.write(JSONOutput.text(.object(object), pretty: true) + "\n")
                }
                try Output.write("\(file) is good: \(checked.routes) \(checked.routes == 1 ? "route" : "routes")\n")
                for warning in checked.warnings { try Output.write("warning: \(warning)\n") }
                for advice in checked.advice { try Output.write("advice: \(advice.object): \(advice.text)\n") }
            } catch let refused as ConfigurationFile.Refused {
                guard json else { throw CommandFailure.refused(refused.description) }
                let complaints = refused.complaints.map { complaint -> JSON in
                    var object: JSONObject = ["pointer": .string(ByteString(complaint.place.pointer))]
                    if let line = complaint.place.line { object["line"] = .number(JSONNumber(Int64(line))) }
                    object["message"] = .string(ByteString(complaint.message))
                    return .object(object)
                }
                let object: JSONObject = ["good": false, "complaints": .array(complaints)]
                try Output.write(JSONOutput.text(.object(object), pretty: true) + "\n")
                throw ExitCode(CommandFailure.refused)
            } catch let failure as StartFailure {
                throw CommandFailure.usage("\(failure)")
            }
        }
    }
#endif

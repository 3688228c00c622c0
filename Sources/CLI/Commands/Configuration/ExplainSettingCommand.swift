#if Server
    import ArgumentParser
    import Blueprint

    /// Says what can stand in a configuration, from the declaration that reads it.
    struct ExplainSettingCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "explain-setting",
            abstract: "Say what a setting does, what it takes and what it is when left out.",
            discussion: "Without a path: every kind. signet explain-setting api lists an API's settings.")

        @Argument(help: ArgumentHelp("A path, such as api.limit or upstream.endpoints.weight.", valueName: "path"))
        var path: String?

        @Flag(name: .long, help: "Every kind with every setting, as Markdown: Documentation/SETTINGS.md.")
        var markdown = false

        func validate() throws {
            guard path == nil || !markdown else { throw ValidationError("--markdown is about every kind") }
        }

        func run() throws {
            if markdown { return try Output.write(SettingsPage.text) }
            guard let path else { return try Output.write(Self.kinds) }
            guard let (kind, field) = KindReference.find(path) else {
                let near = CommandNames.nearest(to: path, in: KindReference.allPaths)
                throw CommandFailure.usage(
                    "there is no setting \(path)"
                        + (near.map { "; did you mean \($0)?" }
                            ?? "; without a path, signet explain-setting lists the kinds"))
            }
            if let field {
                try Output.write(Self.page(of: field, at: path))
            } else {
                try Output.write(Self.page(of: kind, at: path))
            }
        }

        private static var kinds: String {
            let lines = ObjectKind.allCases.compactMap { kind in
                KindReference.find(kind.rawValue).map { (kind.rawValue, $0.kind.summary) }
            }
            return table(lines) + "\nsignet explain-setting KIND lists its settings.\n"
        }

        private static func page(of kind: KindReference, at path: String) -> String {
            var text = "\(kind.summary)\n"
            if let short = kind.short { text += "A value alone stands for its \(short).\n" }
            return text + "\n" + table(kind.fields.map { ("\(path).\($0.name)", $0.help) })
        }

        private static func page(of field: FieldReference, at path: String) -> String {
            var lines = [("takes", field.words)]
            if field.isRequired { lines.append(("needed", "yes")) }
            if let value = field.defaultText { lines.append(("without it", value)) }
            if field.isSecret { lines.append(("secret", "it is never shown again")) }
            lines.append(("example", "\(field.name): \(field.example)"))
            var text = "\(field.help)\n\n" + table(lines)
            if let below = field.below?() {
                text +=
                    "\n\(below.words.capitalizedFirst) has\n"
                    + table(below.fields.map { ("\(path).\($0.name)", $0.help) })
            }
            return text
        }

        private static func table(_ lines: [(String, String)]) -> String {
            let width = lines.map(\.0.count).max() ?? 0
            return lines.map { name, words in
                "  \(name)\(String(repeating: " ", count: width - name.count))  \(words)\n"
            }.joined()
        }
    }

    extension String {
        fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
    }
#endif

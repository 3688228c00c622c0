#if Server
    import Blueprint

    /// The reference of everything that can be configured, as Markdown, from the declarations that read it.
    enum SettingsPage {
        static var text: String {
            var text = """
                # Settings

                Everything that can stand in a configuration, from the declarations that read it: `signet explain-setting` says the same
                at the terminal, and this page is what `signet explain-setting --markdown` prints. [OPERATIONS.md](OPERATIONS.md) says how
                a configuration is put to work.

                """
            for kind in ObjectKind.allCases {
                guard let found = KindReference.find(kind.rawValue)?.kind else { continue }
                text += "\n## \(kind.section)\n\n\(found.summary)"
                if let short = found.short { text += " A value alone stands for its `\(short)`." }
                text += "\n\n| setting | takes | without it | |\n|---|---|---|---|\n"
                text += rows(of: found, below: "")
            }
            return text
        }

        private static func rows(of kind: KindReference, below path: String) -> String {
            kind.fields.map { field in
                let name = path + field.name
                let without = field.isRequired ? "needed" : field.defaultText.map { "`\($0)`" } ?? ""
                let row = "| `\(name)` | \(cell(field.words)) | \(cell(without)) | \(cell(field.help)) |\n"
                return row + (field.below.map { rows(of: $0(), below: name + ".") } ?? "")
            }.joined()
        }

        private static func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }
    }
#endif

import Codecs

/// A kind as a reference page tells of it.
public struct KindReference: Sendable {
    /// What one is called: `an upstream`.
    public let words: String
    /// One sentence.
    public let summary: String
    /// The field that a value without a mapping stands for.
    public let short: String?
    /// Its fields, in their order.
    public let fields: [FieldReference]

    /// What a path of names leads to, as `api.limit` or `upstream.endpoints.weight`: a kind, or one of its fields.
    public static func find(_ path: String) -> (kind: KindReference, field: FieldReference?)? {
        var names = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard let first = names.first else { return nil }
        let section = ObjectKind.allCases.first { $0.rawValue == first || $0.section == first }
        guard let section,
            var kind = Blueprint.schema.reference.fields.first(where: { $0.name == section.section })?.below?()
        else { return nil }
        names.removeFirst()
        while let name = names.first {
            guard let field = kind.fields.first(where: { $0.name == name }) else { return nil }
            names.removeFirst()
            if names.isEmpty { return (kind, field) }
            guard let below = field.below?() else { return nil }
            kind = below
        }
        return (kind, nil)
    }

    /// Every path that leads to a field, for completions and for guesses at what was meant.
    public static var allPaths: [String] {
        ObjectKind.allCases.flatMap { kind -> [String] in
            guard let found = find(kind.rawValue)?.kind else { return [] }
            return [kind.rawValue] + found.paths(below: kind.rawValue)
        }
    }

    private func paths(below path: String) -> [String] {
        fields.flatMap { field in
            ["\(path).\(field.name)"] + (field.below?().paths(below: "\(path).\(field.name)") ?? [])
        }
    }
}

/// A field as a reference page tells of it.
public struct FieldReference: Sendable {
    /// Its name in documents.
    public let name: String
    /// One sentence.
    public let help: String
    /// What it takes: `a whole number from 1 to 100`.
    public let words: String
    /// A value that makes sense.
    public let example: String
    /// What it is when left out, as it is written; nil where nothing is, or where it must be there.
    public let defaultText: String?
    /// Whether it must be there.
    public let isRequired: Bool
    /// Whether it is never shown again.
    public let isSecret: Bool
    /// What has fields of its own below it.
    public let below: (@Sendable () -> KindReference)?
}

extension Schema {
    /// The kind as a reference page tells of it.
    public var reference: KindReference {
        KindReference(
            words: words, summary: summary, short: short,
            fields: fields.map { field in
                let isEmpty = { (json: JSON) in json.array?.isEmpty == true || json.object?.members.isEmpty == true }
                let value = field.isRequired ? nil : field.defaultValue
                return FieldReference(
                    name: field.name, help: field.help, words: field.words, example: field.example,
                    defaultText: value.flatMap { isEmpty($0) ? nil : $0.string?.text ?? JSONWriter.text($0) },
                    isRequired: field.isRequired, isSecret: field.isSecret, below: field.below)
            })
    }
}

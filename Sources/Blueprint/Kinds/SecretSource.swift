import Codecs

/// Where a secret comes from. In documents it never stands itself.
public enum SecretSource: Sendable, Equatable {
    /// An environment variable of the server.
    case environment(String)
    /// A file.
    case file(String)
    /// What the server keeps sealed under a name.
    case stored(String)

    /// Where it is, for complaints.
    public var words: String {
        switch self {
        case .environment(let name): "the environment variable \(name)"
        case .file(let path): "the file \(path)"
        case .stored(let name): "the secret \(name)"
        }
    }

    /// What to say where it is not.
    public var absence: String {
        switch self {
        case .environment, .file: "there is nothing in \(words)"
        case .stored(let name):
            "there is no secret \(name): signet secret put \(name), or in the console"
        }
    }

    /// The member of a document that says it, and what stands there.
    private var member: (name: ByteString, text: String) {
        switch self {
        case .environment(let name): ("env", name)
        case .file(let path): ("file", path)
        case .stored(let name): ("secret", name)
        }
    }

    fileprivate var json: JSON { .object([member.name: .string(ByteString(member.text))]) }
}

extension FieldType where Value == SecretSource {
    /// `{ env: NAME }`, `{ file: PATH }` or `{ secret: NAME }`.
    public static var secret: Self { secret(mayBeStored: true) }

    /// `{ env: NAME }` or `{ file: PATH }`: it has several lines, and what is stored has one.
    public static var linesOfSecret: Self { secret(mayBeStored: false) }

    private static func secret(mayBeStored: Bool) -> Self {
        FieldType(
            read: { node, complaints in
                guard case .map(let entries) = node.content, entries.count == 1, let entry = entries.first,
                    let source = read(entry.name, entry.value.text), mayBeStored || !source.isStored
                else {
                    // What stands here may be the secret itself: it is not repeated.
                    complaints.add(
                        node.place,
                        "a secret does not stand in a document: write { env: NAME }"
                            + (mayBeStored ? ", { file: PATH } or { secret: NAME }" : " or { file: PATH }"))
                    return nil
                }
                return source
            },
            write: { $0.json },
            schema: [
                "oneOf": .array(
                    [form("env", ["type": "string"]), form("file", ["type": "string"])]
                        + (mayBeStored
                            ? [
                                form(
                                    "secret", ["type": "string", "pattern": .string(ByteString(ObjectName.pattern))])
                            ] : []))
            ], words: "where a secret comes from")
    }

    private static func read(_ member: String, _ text: String?) -> SecretSource? {
        guard let text, (1...1_024).contains(text.utf8.count) else { return nil }
        return switch member {
        case "env": .environment(text)
        case "file": .file(text)
        case "secret" where ObjectName.isName(text): .stored(text)
        default: nil
        }
    }

    private static func form(_ member: ByteString, _ schema: JSON) -> JSON {
        [
            "type": "object", "properties": .object([member: schema]), "required": .array([.string(member)]),
            "additionalProperties": false,
        ]
    }
}

extension FieldType where Value == String {
    /// A secret itself, as somebody sends it to be stored: 1 to 4,096 bytes of printable ASCII without spaces around them.
    public static var secretItself: Self {
        let words = "1 to 4096 bytes of printable ASCII without spaces around them"
        return FieldType(
            read: { node, complaints in
                guard let text = node.text, (1...4_096).contains(text.utf8.count),
                    text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }), text.first != " ", text.last != " "
                else {
                    // Only nearly a secret, and still not repeated.
                    complaints.add(
                        node.place, "this must be \(words): what was copied may have a line end or a space too many")
                    return nil
                }
                return text
            },
            write: { .string(ByteString($0)) },
            schema: ["type": "string", "minLength": 1, "maxLength": 4_096, "pattern": "^[!-~]([ -~]*[!-~])?$"],
            words: words)
    }
}

extension SecretSource {
    fileprivate var isStored: Bool { if case .stored = self { true } else { false } }
}

extension Blueprint {
    /// The names of the stored secrets that it refers to, each with what refers to it, in the order of the kinds.
    public var storedSecrets: [String: [ObjectReference]] {
        var found: [String: [ObjectReference]] = [:]
        func note(_ source: SecretSource?, _ kind: ObjectKind, _ name: String) {
            guard case .stored(let secret)? = source, found[secret]?.last != ObjectReference(kind, name) else { return }
            found[secret, default: []].append(ObjectReference(kind, name))
        }
        for (name, credential) in credentials.entries { note(credential.secret, .credential, name) }
        for (name, provider) in providers.entries {
            for key in provider.keys { note(key, .provider, name) }
        }
        return found
    }
}

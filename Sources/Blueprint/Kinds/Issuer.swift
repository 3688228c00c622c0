public import Codecs

/// Somebody whose tokens may be trusted.
public struct Issuer: Described {
    /// The exact `iss`; nil for the token service in this process, which knows its own.
    public var issuer: String?
    /// Where its keys come from.
    public var keys = KeySource.builtIn

    /// The token service in this process.
    public init() {}

    /// What can be said about it.
    public static let schema = Schema<Issuer>(
        "an issuer", "Somebody whose tokens may be trusted.",
        judge: { issuer in
            switch (issuer.keys, issuer.issuer) {
            case (.builtIn, nil): nil
            case (.builtIn, .some):
                "the built-in issuer knows its own name: leave \"issuer\" out, or say where the keys are"
            case (_, nil): "an issuer needs \"issuer\": the exact iss of its tokens"
            case (.discovery, .some(let name)):
                name.hasPrefix("https://") || name.hasPrefix("http://")
                    ? nil : "keys are discovered at the issuer's address, and \"\(name)\" is none"
            default: nil
            }
        }
    ) {
        Field(
            "issuer", optional: \.issuer, .text(1...2_048), example: "https://login.example",
            "The exact iss of its tokens.")
        Field(
            "keys", \.keys, .keySource, example: "{ file: keys.json }",
            "Where its keys come from: built-in, discovery, { file: PATH }, { url: ADDRESS }, or { inline: JWK SET }.")
    }
}

/// Where an issuer's keys come from.
public enum KeySource: Sendable, Equatable {
    /// The token service in this process.
    case builtIn
    /// The issuer's own metadata (OpenID Connect Discovery, RFC 8414).
    case discovery
    /// A file with a JWK set, a JWK or PEM.
    case file(String)
    /// An address with a JWK set.
    case url(String)
    /// A JWK set, written here.
    case inline(JSON)
}

extension FieldType where Value == KeySource {
    /// Where keys come from.
    public static var keySource: Self {
        FieldType(
            read: { node, complaints in
                switch node.text {
                case "built-in": return .builtIn
                case "discovery": return .discovery
                default: break
                }
                guard case .map(let entries) = node.content, entries.count == 1, let entry = entries.first else {
                    complaints.add(node.place, "keys are built-in, discovery, { file: … }, { url: … } or { inline: … }")
                    return nil
                }
                switch entry.name {
                case "file":
                    return FieldType<String>.text(1...1_024, "a path").read(entry.value, &complaints).map { .file($0) }
                case "url":
                    return FieldType<String>.text("an https address", example: "https://login.example/jwks.json") {
                        $0.hasPrefix("https://") || $0.hasPrefix("http://")
                    }.read(entry.value, &complaints).map { .url($0) }
                case "inline": return .inline(PlainJSON.of(entry.value))
                default:
                    complaints.add(entry.place, "keys come from file, url or inline, not from \"\(entry.name)\"")
                    return nil
                }
            },
            write: { source in
                switch source {
                case .builtIn: "built-in"
                case .discovery: "discovery"
                case .file(let path): ["file": .string(ByteString(path))]
                case .url(let address): ["url": .string(ByteString(address))]
                case .inline(let set): ["inline": set]
                }
            },
            schema: [
                "oneOf": [
                    ["enum": ["built-in", "discovery"]],
                    [
                        "type": "object", "properties": ["file": ["type": "string"]], "required": ["file"],
                        "additionalProperties": false,
                    ],
                    [
                        "type": "object", "properties": ["url": ["type": "string"]], "required": ["url"],
                        "additionalProperties": false,
                    ],
                    [
                        "type": "object", "properties": ["inline": ["type": "object"]], "required": ["inline"],
                        "additionalProperties": false,
                    ],
                ]
            ], words: "where keys come from")
    }
}

public import Codecs

/// Who may call: a tree of requirements. There is no default: what says nothing lets nobody in.
public indirect enum Access: Sendable, Equatable {
    /// Everybody.
    case anonymous
    /// Whoever brings a token that satisfies the rule.
    case jwt(TokenRule)
    /// Whoever brings a key that was given to a consumer.
    case apiKey(KeyPlace)
    /// Whoever brings a consumer's name and password (RFC 7617).
    case basic
    /// Whoever satisfies one of these; the first that takes the caller names it.
    case any([Access])
    /// Whoever satisfies all of these; the first names the caller.
    case all([Access])

    /// The deepest tree.
    static let deepest = 4

    /// Every token rule in the tree.
    public var tokenRules: [TokenRule] {
        switch self {
        case .jwt(let rule): [rule]
        case .any(let branches), .all(let branches): branches.flatMap(\.tokenRules)
        case .anonymous, .apiKey, .basic: []
        }
    }

    /// Whether somebody may pass who brings nothing.
    public var letsEverybodyIn: Bool {
        switch self {
        case .anonymous: true
        case .any(let branches): branches.contains(where: \.letsEverybodyIn)
        case .all(let branches): branches.allSatisfy(\.letsEverybodyIn)
        case .jwt, .apiKey, .basic: false
        }
    }
}

/// What a token must be to pass.
public struct TokenRule: Described {
    /// Whose tokens.
    public var issuers: [String] = []
    /// For whom they must be: one of these.
    public var audiences: [String] = []
    /// What `typ` may be; nil is any.
    public var types: [String]?
    /// What must have been granted: all of these.
    public var scopes: [String] = []
    /// Claims that must be there, and what they must be or contain: `name` or `name=value`.
    public var claims: [String] = []
    /// By how much clocks may differ.
    public var leeway = TimeSpan.seconds(30)
    /// The cookie that may bring the token instead of the `Authorization` field; nil is none.
    public var cookie: String?
    /// Where browsers are sent that bring no good token; nil answers them as anybody.
    public var login: String?

    /// A rule that nothing satisfies.
    public init() {}

    /// What can be said about it.
    public static let schema = Schema<TokenRule>(
        "a token rule", "What a token must be to pass.", short: "issuer"
    ) {
        Field(
            "issuer", \.issuers, .list(of: .reference(to: .issuer), 1...16), example: "built-in", isRequired: true,
            "Whose tokens: issuers by their names here.")
        Field(
            "audience", \.audiences, .list(of: .text(1...256), 1...64), example: "orders", isRequired: true,
            "For whom they must be; without it, tokens meant for others would pass.")
        Field(
            "types", optional: \.types, .list(of: .text(1...128), 1...16), example: "[at+jwt]",
            "What typ may be. Without it, anything.")
        Field(
            "scopes", \.scopes, .list(of: .text(1...256), 1...64), example: "[orders:read]",
            "What must have been granted: all of these.")
        Field(
            "claims", \.claims, .list(of: .text(1...1_024), 1...64), example: "[sub, roles=clerk]",
            "Claims that must be there, and what they must be or contain.")
        Field(
            "leeway", \.leeway, .span(TimeSpan.seconds(0)...TimeSpan.seconds(120)), example: "5s",
            "By how much clocks may differ.")
        Field(
            "cookie", optional: \.cookie, .text("a cookie's name", example: "__Host-token", judge: Token.isToken),
            example: "__Host-token",
            "The cookie that may bring the token. Then other sites' requests are refused unless they only read.")
        Field(
            "login", optional: \.login,
            .text("a path or an address", example: "/login") { text in
                (text.hasPrefix("/") || text.hasPrefix("https://") || text.hasPrefix("http://"))
                    && text.utf8.count <= 2_048 && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
            }, example: "https://login.example/start?return=",
            "Where a browser that opens a page is sent when it brings no good token, with its own address behind a final =."
        )
    }
}

/// Where an API key is looked for.
public struct KeyPlace: Described {
    /// The header field.
    public var header = "X-API-Key"

    /// `X-API-Key`.
    public init() {}

    /// What can be said about it.
    public static let schema = Schema<KeyPlace>(
        "the place of an API key", "Where an API key is looked for.", short: "header"
    ) {
        Field(
            "header", \.header, .text("a field's name", example: "X-API-Key", judge: Token.isToken), example: "Api-Key",
            "The header field.")
    }
}

/// Names of header fields and cookies (RFC 9110 §5.6.2).
enum Token {
    /// Fields that say how a message is framed, where it goes or what a proxy adds: nobody sets them by configuration.
    private static let ownFields: Set<String> = [
        "host", "content-length", "transfer-encoding", "connection", "keep-alive", "upgrade", "te", "trailer", "expect",
        "proxy-connection", "proxy-authorization", "proxy-authenticate", "http2-settings", "forwarded", "traceparent",
        "tracestate",
    ]

    /// Whether a configuration may set a field of this name.
    static func isSettable(_ name: String) -> Bool {
        isToken(name) && !ownFields.contains(name.lowercased()) && !name.lowercased().hasPrefix("x-forwarded-")
    }

    static func isToken(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 128
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
    }
}

extension FieldType where Value == Access {
    /// A tree of requirements: `anonymous`, `basic`, `{ jwt: … }`, `{ api-key: … }`, `{ any: [ … ] }`, `{ all: [ … ] }`.
    public static var access: Self {
        FieldType(
            read: { AccessReader.read($0, depth: 0, &$1) }, write: AccessReader.write, schema: AccessReader.schema,
            words: "who may call", below: { AccessReader.reference })
    }
}

extension Blueprint {
    /// Schemas that the kinds' own name by reference: what refers to itself.
    public static var sharedSchemas: JSONObject { ["Access": .object(AccessReader.schema)] }
}

private enum AccessReader {
    static let names = ["anonymous", "jwt", "api-key", "basic", "any", "all"]

    static func read(_ node: DocumentNode, depth: Int, _ complaints: inout DocumentComplaints) -> Access? {
        guard depth < Access.deepest else {
            complaints.add(node.place, "requirements are nested no deeper than \(Access.deepest)")
            return nil
        }
        if let word = node.text { return read(word, nil, node.place, depth, &complaints) }
        guard case .map(let entries) = node.content, entries.count == 1, let entry = entries.first else {
            complaints.add(node.place, "this says who may call: one of \(names.joined(separator: ", "))")
            return nil
        }
        return read(entry.name, entry.value, entry.place, depth, &complaints)
    }

    private static func read(
        _ word: String, _ value: DocumentNode?, _ place: DocumentPlace, _ depth: Int,
        _ complaints: inout DocumentComplaints
    ) -> Access? {
        switch word {
        case "anonymous", "basic":
            guard value == nil || value?.isNothing == true else {
                complaints.add(place, "\(word) has no settings")
                return nil
            }
            return word == "basic" ? .basic : .anonymous
        case "api-key":
            guard let value, !value.isNothing else { return .apiKey(KeyPlace()) }
            return KeyPlace.schema.read(value, &complaints).map { .apiKey($0) }
        case "jwt":
            guard let value else {
                complaints.add(place, "jwt needs an issuer and an audience: { jwt: { issuer: built-in, audience: … } }")
                return nil
            }
            return TokenRule.schema.read(value, &complaints).map { .jwt($0) }
        case "any", "all":
            guard case .list(let nodes) = value?.content, (2...16).contains(nodes.count) else {
                complaints.add(place, "\(word) needs a list of 2 to 16 requirements")
                return nil
            }
            let branches = nodes.compactMap { read($0, depth: depth + 1, &complaints) }
            guard branches.count == nodes.count else { return nil }
            return word == "any" ? .any(branches) : .all(branches)
        default:
            let near = NearestName.of(word, among: names)
            complaints.add(
                place,
                "\"\(word)\" does not say who may call; "
                    + (near.map { "did you mean \($0)?" } ?? "known are \(names.joined(separator: ", "))"))
            return nil
        }
    }

    @Sendable static func write(_ access: Access) -> JSON {
        switch access {
        case .anonymous: "anonymous"
        case .basic: "basic"
        case .apiKey(let place): place == KeyPlace() ? "api-key" : ["api-key": KeyPlace.schema.write(place)]
        case .jwt(let rule): ["jwt": TokenRule.schema.write(rule)]
        case .any(let branches): ["any": .array(branches.map(write))]
        case .all(let branches): ["all": .array(branches.map(write))]
        }
    }

    /// The requirements as a reference page tells of them.
    static var reference: KindReference {
        func one(
            _ name: String, _ help: String, _ words: String, _ example: String,
            _ below: (@Sendable () -> KindReference)? = nil
        ) -> FieldReference {
            FieldReference(
                name: name, help: help, words: words, example: example, defaultText: nil, isRequired: false,
                isSecret: false, below: below)
        }
        return KindReference(
            words: "a requirement", summary: "Who may call: one of these, alone or below any or all.", short: nil,
            fields: [
                one("anonymous", "Everybody.", "nothing below it", "anonymous"),
                one(
                    "jwt", "Whoever brings a good token.", "what is asked of a token",
                    "{ issuer: built-in, audience: orders }", { TokenRule.schema.reference }),
                one(
                    "api-key", "Whoever brings a consumer's API key.", "where the key stands, or nothing",
                    "{ header: X-API-Key }", { KeyPlace.schema.reference }),
                one("basic", "Whoever brings a consumer's name and password (RFC 7617).", "nothing below it", "basic"),
                one("any", "Whoever meets one of several requirements.", "2 to 16 requirements", "[ basic, api-key ]"),
                one("all", "Whoever meets each of several requirements.", "2 to 16 requirements", "[ basic, api-key ]"),
            ])
    }

    static var schema: JSONObject {
        let branches: JSON = [
            "type": "array", "items": ["$ref": "#/components/schemas/Access"], "minItems": 2, "maxItems": 16,
        ]
        func one(_ name: ByteString, _ schema: JSON) -> JSON {
            [
                "type": "object", "properties": .object([name: schema]), "required": [.string(name)],
                "additionalProperties": false,
            ]
        }
        return [
            "oneOf": [
                ["enum": ["anonymous", "basic", "api-key"]], one("jwt", .object(TokenRule.schema.jsonSchema)),
                one("api-key", .object(KeyPlace.schema.jsonSchema)), one("any", branches), one("all", branches),
            ]
        ]
    }
}

import Codecs

/// Settings under a name, for several APIs. What an API says itself goes before what its policies say.
public struct Policy: Described {
    /// How often.
    public var limits: [Limit] = []
    /// How long an answer may take to begin.
    public var timeout: TimeSpan?
    /// The largest request body.
    public var maximumBody: ByteSize?
    /// The origins whose pages may call (CORS).
    public var origins: [String] = []
    /// Header fields that requests get: `name=value`.
    public var requestHeaders: [String] = []
    /// Header fields that answers get: `name=value`.
    public var responseHeaders: [String] = []

    /// Nothing.
    public init() {}

    /// What can be said about it.
    public static let schema = Schema<Policy>("a policy", "Settings under a name, for several APIs.") {
        Field(
            "limit", \.limits, .list(of: .limit, 1...8), example: "100/min per consumer",
            "How often. Each of several must hold.")
        Field(
            "timeout", optional: \.timeout, .span(TimeSpan(milliseconds: 10)...TimeSpan.seconds(3_600)), example: "10s",
            "How long an answer may take to begin.")
        Field(
            "maximum-body", optional: \.maximumBody, .size(ByteSize(bytes: 0)...ByteSize(bytes: 1 << 40)),
            example: "1MiB", "The largest request body.")
        Field(
            "origins", \.origins,
            .list(of: .text("an origin", example: "https://app.example", judge: Endpoint.isOrigin)),
            example: "[https://app.example]",
            "The origins whose pages may call (CORS). Their preflights are answered before anybody is asked who they are."
        )
        Field(
            "request-headers", \.requestHeaders, .list(of: .headerLine), example: "[X-Tenant=acme]",
            "Header fields that requests get on their way.")
        Field(
            "response-headers", \.responseHeaders, .list(of: .headerLine), example: "[Cache-Control=no-store]",
            "Header fields that answers get.")
    }
}

/// What is sold together: limits for whoever subscribes.
public struct Plan: Described {
    /// How often, over all APIs of the plan together.
    public var limits: [Limit] = []
    /// The APIs that it opens; empty is all that ask for a plan.
    public var apis: [String] = []

    /// No limit.
    public init() {}

    /// What can be said about it.
    public static let schema = Schema<Plan>(
        "a plan", "What is sold together: limits for whoever subscribes.", short: "limit"
    ) {
        Field(
            "limit", \.limits, .list(of: .limit, 1...8), example: "10000/day",
            "How often, over all APIs of the plan together.")
        Field(
            "apis", \.apis, .list(of: .reference(to: .api)), example: "[orders]",
            "The APIs that it opens. Without it, every API.")
    }
}

/// Somebody who calls APIs: a person, a team, an application.
public struct Consumer: Described {
    /// What people call them.
    public var title: String?
    /// Whose tokens name them.
    public var issuer = Blueprint.builtInIssuer
    /// The subjects of tokens that are this consumer.
    public var subjects: [String] = []
    /// The clients of tokens that are this consumer.
    public var clients: [String] = []
    /// Whether they may call.
    public var isEnabled = true

    /// Nobody yet.
    public init() {}

    /// What can be said about it.
    public static let schema = Schema<Consumer>(
        "a consumer", "Somebody who calls APIs: a person, a team, an application.", short: "title"
    ) {
        Field("title", optional: \.title, .text(1...200), example: "Acme Ltd.", "What people call them.")
        Field(
            "issuer", \.issuer, .reference(to: .issuer), example: "corporate",
            "Whose tokens name them: the same subject of another issuer is somebody else.")
        Field(
            "subjects", \.subjects, .list(of: .text(1...256)), example: "[usr_123]",
            "The subjects (sub) of tokens that are this consumer.")
        Field(
            "clients", \.clients, .list(of: .text(1...256)), example: "[acme-app]",
            "The clients (client_id, azp) of tokens that are this consumer.")
        Field("enabled", \.isEnabled, .flag, example: "false", "Whether they may call.")
    }
}

/// What a consumer shows who they are with, beside tokens.
public struct Credential: Described {
    /// What it is.
    public enum Kind: String, Sendable, CaseIterable {
        /// An API key.
        case apiKey = "api-key"
        /// A name and a password (RFC 7617).
        case basic
    }

    /// Whose.
    public var consumer = ""
    /// What it is.
    public var kind = Kind.apiKey
    /// Where the secret is.
    public var secret: SecretSource?
    /// The SHA-256 of a secret that the server made, in base64url, in the place of `secret`.
    public var digest: String?
    /// Whether it still opens anything.
    public var isEnabled = true

    /// Nobody's.
    public init() {}

    /// What can be said about it.
    public static let schema = Schema<Credential>(
        "a credential", "What a consumer shows who they are with, beside tokens.", short: "consumer",
        judge: { credential in
            credential.secret != nil && credential.digest != nil
                ? "a credential has either a secret or the digest of one that the server made" : nil
        }
    ) {
        Field("consumer", \.consumer, .reference(to: .consumer), example: "acme", isRequired: true, "Whose it is.")
        Field("kind", \.kind, .choice(), example: "basic", "What it is.")
        Field(
            "secret", optional: \.secret, .secret, example: "{ env: ACME_KEY }", isSecret: true,
            "Where the secret is. The server itself makes one by signet credential create, and shows it once.")
        Field(
            "digest", optional: \.digest, .digest, example: "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg",
            "The SHA-256 of a secret that the server made, in base64url: what is left of it.")
        Field("enabled", \.isEnabled, .flag, example: "false", "Whether it still opens anything.")
    }
}

/// A consumer's place in a plan.
public struct Subscription: Described {
    /// Whose.
    public var consumer = ""
    /// Of which plan.
    public var plan = ""
    /// Until when, as a date; nil is without end.
    public var ends: String?

    /// Nobody's.
    public init() {}

    /// What can be said about it.
    public static let schema = Schema<Subscription>("a subscription", "A consumer's place in a plan.") {
        Field("consumer", \.consumer, .reference(to: .consumer), example: "acme", isRequired: true, "Whose it is.")
        Field("plan", \.plan, .reference(to: .plan), example: "bronze", isRequired: true, "Of which plan.")
        Field(
            "ends", optional: \.ends, .date, example: "2027-01-01",
            "The first day without it. Without an end, it goes on.")
    }
}

/// The settings that there are.
public enum SettingName: String, Sendable, CaseIterable {
    /// How clients call the gateway: `https://host` or `https://host:port`.
    case publicAddress = "public-address"
    /// Where the access log goes: `stdout`, a file, or `off`.
    case accessLog = "access-log"
    /// The networks, with commas between them, that may read `/metrics` beside this machine.
    case metricsNetworks = "metrics-networks"
    /// How many revisions of the configuration its history keeps.
    case keptRevisions = "kept-revisions"
}

extension Blueprint {
    /// How many revisions of the configuration its history keeps: 1,000 where no setting says otherwise.
    public var keptRevisions: Int {
        settings[SettingName.keptRevisions.rawValue].flatMap { Self.revisions($0.value) } ?? 1_000
    }

    /// Reads such a number; nil for anything else.
    public static func revisions(_ text: String) -> Int? {
        WholeNumber.read(text).flatMap { (1...1_000_000).contains($0) ? Int($0) : nil }
    }
}

/// A setting of the whole server.
public struct Setting: Described {
    /// Its value.
    public var value = ""

    /// Empty.
    public init() {}

    /// What can be said about it.
    public static let schema = Schema<Setting>("a setting", "A setting of the whole server.", short: "value") {
        Field("value", \.value, .text(0...1_024), example: "https://api.example", isRequired: true, "Its value.")
    }
}

extension FieldType where Value == String {
    /// A SHA-256 digest in base64url: 43 characters.
    static var digest: Self {
        .text("a SHA-256 digest in base64url", example: "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg") { text in
            (try? Base64URL.decode(Array(text.utf8)))?.count == 32
        }
    }

    /// `name=value`.
    static var headerLine: Self {
        .text("name=value", example: "X-Tenant=acme") { text in
            guard let sign = text.firstIndex(of: "="), Token.isSettable(String(text[..<sign])) else { return false }
            return text[sign...].utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
        }
    }
}

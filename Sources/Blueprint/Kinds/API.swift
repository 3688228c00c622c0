/// Something that is offered to callers: where it is, who answers, who may call, how often.
public struct API: Described {
    /// What becomes of encoded slashes and repeated ones in paths.
    public enum Slashes: String, Sendable, CaseIterable {
        /// The first are refused, the others merged.
        case strict
        /// Both stay, for the matching and for the upstream.
        case keep
    }

    /// The path that it is below.
    public var path = ""
    /// The host names it is at; nil is any.
    public var hosts: [String]?
    /// Who answers.
    public var upstream: String?
    /// Whether the control plane of this process answers: login, keys, Studio and management.
    public var controlPlane = false
    /// Which models answer, in the dialects of OpenAI and Anthropic; nil is none.
    public var models: ModelOffer?
    /// Who may call; nil only where each route says it.
    public var access: Access?
    /// How often.
    public var limits: [Limit] = []
    /// The methods that are served; nil is all.
    public var methods: [String]?
    /// Policies, by name; what is said here goes before what they say.
    public var policies: [String] = []
    /// How long an answer may take to begin.
    public var timeout: TimeSpan?
    /// The largest request body.
    public var maximumBody: ByteSize?
    /// Whether the token goes on to the upstream.
    public var forwardsToken = true
    /// Header fields that tell the upstream who calls: `X-User=sub`.
    public var identityHeaders: [String] = []
    /// Whether an answer may pause for as long as it likes, as server-sent events do.
    public var streams = false
    /// How long a tunnel, or an answer that may pause, may carry nothing; nil is an hour for tunnels, and without limit
    /// where answers may pause.
    public var idleTimeout: TimeSpan?
    /// The path's beginning is taken off before the request goes on.
    public var stripsPath = false
    /// What the upstream sees in the place of the path's beginning; nil leaves it, or takes it off.
    public var upstreamPath: String?
    /// What becomes of encoded slashes and repeated ones.
    public var slashes = Slashes.strict
    /// Parts of it that differ.
    public var routes: NamedValues<APIRoute> = [:]
    /// Its versions, each below a path segment or chosen by a field.
    public var versions: NamedValues<APIVersion> = [:]
    /// The version that a caller gets who names none.
    public var defaultVersion: String?
    /// The field that names a version; nil takes the path's next segment.
    public var versionHeader: String?

    /// Nothing.
    public init() {}

    /// What can be said about it.
    public static let schema = Schema<API>(
        "an API", "Something that is offered to callers: where it is, who answers, who may call, how often.",
        judge: { api in
            if api.stripsPath, api.upstreamPath != nil {
                return "strip-path and upstream-path both say what becomes of the path: give one"
            }
            if let name = api.defaultVersion, api.versions[name] == nil {
                return "the default version \"\(name)\" is not among the versions"
            }
            if api.access == nil, api.routes.isEmpty || api.routes.entries.contains(where: { $0.value.access == nil }) {
                return
                    "this does not say who may call: give access, such as { jwt: { issuer: built-in, audience: … } }, or anonymous"
            }
            if api.models != nil {
                if api.controlPlane || api.upstream != nil
                    || api.versions.entries.contains(where: { $0.value.upstream != nil })
                {
                    return "this says more than once who answers: give one of upstream, control-plane and models"
                }
            } else if api.controlPlane {
                if api.upstream != nil || api.versions.entries.contains(where: { $0.value.upstream != nil }) {
                    return "this says twice who answers: an upstream and control-plane"
                }
            } else if api.upstream == nil,
                api.versions.isEmpty || api.versions.entries.contains(where: { $0.value.upstream == nil })
            {
                return "this does not say who answers: give an upstream, or control-plane: true, or models: true"
            }
            if api.stripsPath || api.upstreamPath != nil,
                api.controlPlane || api.routes.entries.contains(where: { $0.value.controlPlane })
            {
                return
                    "strip-path and upstream-path cannot be with control-plane: its pages link to each other by their whole paths"
            }
            return nil
        }
    ) {
        Field("path", \.path, .path, example: "/orders", isRequired: true, "The path that it is below.")
        Field(
            "hosts", optional: \.hosts, .list(of: .text("a host name", example: "api.example", judge: Host.isName)),
            example: "[api.example]", "The host names it is at. Without it, any.")
        Field("upstream", optional: \.upstream, .reference(to: .upstream), example: "orders", "Who answers.")
        Field(
            "control-plane", \.controlPlane, .flag, example: "true",
            "Whether the control plane of this server answers instead of an upstream: login, keys, Studio and management."
        )
        Field(
            "models", optional: \.models, .modelOffer, example: "[fast]",
            "Whether language models answer instead of an upstream, below /v1 as OpenAI's and Anthropic's: true for all, or some by name."
        )
        Field(
            "access", optional: \.access, .access, example: "{ jwt: { issuer: built-in, audience: orders } }",
            "Who may call. What says nothing lets nobody in.")
        Field(
            "limit", \.limits, .list(of: .limit, 1...8), example: "100/min per consumer",
            "How often. Each of several must hold.")
        Field(
            "methods", optional: \.methods, .list(of: .method), example: "[GET, POST]",
            "The methods that are served. Without it, all.")
        Field(
            "policies", \.policies, .list(of: .reference(to: .policy), 1...16), example: "[browser]",
            "Policies by name; what is said here goes before what they say.")
        Field(
            "timeout", optional: \.timeout, .span(TimeSpan(milliseconds: 10)...TimeSpan.seconds(3_600)), example: "10s",
            "How long an answer may take to begin. Without it, the upstream's time.")
        Field(
            "maximum-body", optional: \.maximumBody, .size(ByteSize(bytes: 0)...ByteSize(bytes: 1 << 40)),
            example: "1MiB", "The largest request body. Without it, the listener's.")
        Field(
            "forward-token", \.forwardsToken, .flag, example: "false",
            "Whether the caller's token goes on to the upstream.")
        Field(
            "identity-headers", \.identityHeaders,
            .list(
                of: .text(
                    "a field's name, = and consumer, plan or a claim", example: "X-User=sub",
                    judge: IdentityHeader.isHeader), 1...32),
            example: "[X-User=sub, X-Consumer=consumer]",
            "Header fields that tell the upstream who calls: a claim, or consumer, or plan. The caller's own of that name never pass."
        )
        Field(
            "streams", \.streams, .flag, example: "true",
            "Whether an answer may pause for as long as it likes, as server-sent events do; it ends with its token.")
        Field(
            "idle-timeout", optional: \.idleTimeout, .idleTime, example: "10m",
            "How long a WebSocket or another tunnel, and an answer of streams, may carry nothing. Without it, a tunnel an hour; with streams, both without end."
        )
        Field(
            "strip-path", \.stripsPath, .flag, example: "true",
            "Whether the API's path is taken off before the request goes on.")
        Field(
            "upstream-path", optional: \.upstreamPath, .path, example: "/v2/orders",
            "What stands in the place of the API's path, and of a version in it, at the upstream: with path /orders, /orders/7 becomes /v2/orders/7."
        )
        Field(
            "slashes", \.slashes, .choice(), example: "keep",
            "strict refuses an encoded slash (%2F) in a path and merges repeated ones. keep passes both on as they came, for services that read them as part of a name: what is matched is what is sent."
        )
        Field(
            "routes", \.routes, .map(of: .object()),
            example: "{ write: { path: /items, methods: [POST], limit: 5/s } }", "Parts of it that differ, by name.")
        Field(
            "versions", \.versions, .map(of: .object()), example: "{ v1: { sunset: 2027-01-01 }, v2: {} }",
            "Its versions, by the name that callers use.")
        Field(
            "default-version", optional: \.defaultVersion, .text(1...63), example: "v2",
            "The version that a caller gets who names none.")
        Field(
            "version-header", optional: \.versionHeader,
            .text("a field's name", example: "API-Version", judge: Token.isToken), example: "API-Version",
            "The header field that names a version. Without it, the path's next segment does.")
    }
}

/// A part of an API that differs from the rest; what is not said here is as the API says.
public struct APIRoute: Described {
    /// The path below the API's, with `{name}` for one segment and `/*` at the end for everything below.
    public var path = "/*"
    /// The methods; nil is the API's.
    public var methods: [String]?
    /// Header fields that must be there, and perhaps what they must say: `name` or `name=value`.
    public var headers: [String] = []
    /// Who may call; nil is the API's.
    public var access: Access?
    /// How often, besides the API's.
    public var limits: [Limit] = []
    /// Who answers; nil is the API's.
    public var upstream: String?
    /// Whether the control plane of this process answers, whatever the API says.
    public var controlPlane = false
    /// Which models answer, whatever the API says; nil is none.
    public var models: ModelOffer?
    /// How long an answer may take to begin; nil is the API's.
    public var timeout: TimeSpan?
    /// Whether an answer may pause for as long as it likes; nil is as the API says.
    public var streams: Bool?
    /// How long a tunnel, or an answer that may pause, may carry nothing; nil is as the API says.
    public var idleTimeout: TimeSpan?
    /// What becomes of encoded slashes and repeated ones; nil is as the API says.
    public var slashes: API.Slashes?
    /// Where callers are sent instead; nil passes them on.
    public var redirect: String?

    /// Everything below the API.
    public init() {}

    /// What can be said about it.
    public static let schema = Schema<APIRoute>(
        "a route", "A part of an API that differs from the rest.",
        judge: { route in
            let answers = [
                route.upstream != nil, route.controlPlane, route.models != nil, route.redirect != nil,
            ].filter { $0 }
            return answers.count > 1
                ? "this says more than once who answers: give one of upstream, control-plane, models and redirect"
                : nil
        }
    ) {
        Field(
            "path", \.path, .path, example: "/items/{id}", isRequired: true,
            "The path below the API's; {name} is one segment, /* at the end everything below.")
        Field(
            "methods", optional: \.methods, .list(of: .method), example: "[POST]", "The methods. Without it, the API's."
        )
        Field(
            "headers", \.headers, .list(of: .text(1...256), 1...8), example: "[X-Beta=yes]",
            "Header fields that must be there, and perhaps what they must say.")
        Field("access", optional: \.access, .access, example: "anonymous", "Who may call. Without it, as the API says.")
        Field(
            "limit", \.limits, .list(of: .limit, 1...8), example: "10/s per address",
            "How often, besides the API's limits.")
        Field(
            "upstream", optional: \.upstream, .reference(to: .upstream), example: "orders",
            "Who answers. Without it, as the API says.")
        Field(
            "control-plane", \.controlPlane, .flag, example: "true",
            "Whether the control plane of this server answers, whatever the API says.")
        Field(
            "models", optional: \.models, .modelOffer, example: "true",
            "Whether language models answer, whatever the API says: true for all, or some by name.")
        Field(
            "timeout", optional: \.timeout, .span(TimeSpan(milliseconds: 10)...TimeSpan.seconds(3_600)), example: "10s",
            "How long an answer may take to begin. Without it, as the API says.")
        Field(
            "streams", optional: \.streams, .flag, example: "true",
            "Whether an answer may pause for as long as it likes. Without it, as the API says.")
        Field(
            "idle-timeout", optional: \.idleTimeout, .idleTime, example: "10m",
            "How long a tunnel, and an answer of streams, may carry nothing. Without it, as the API says.")
        Field(
            "slashes", optional: \.slashes, .choice(), example: "keep",
            "What becomes of encoded slashes and repeated ones. Without it, as the API says.")
        Field(
            "redirect", optional: \.redirect,
            .text("an address or a path", example: "https://new.example/orders") { text in
                (text.hasPrefix("/") || text.hasPrefix("https://") || text.hasPrefix("http://"))
                    && text.utf8.count <= 2_048 && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
            }, example: "https://new.example/orders",
            "Where callers are sent instead, with 308: what stands behind /* and the query are put behind it.")
    }
}

/// A version of an API.
public struct APIVersion: Described {
    /// Who answers; nil is the API's.
    public var upstream: String?
    /// Since when it should no longer be used, as a date (RFC 9745); nil is never.
    public var deprecated: String?
    /// From when on it is not served any more (RFC 8594); nil is never.
    public var sunset: String?

    /// As the API.
    public init() {}

    /// What can be said about it.
    public static let schema = Schema<APIVersion>("a version", "A version of an API.") {
        Field(
            "upstream", optional: \.upstream, .reference(to: .upstream), example: "orders-v1",
            "Who answers. Without it, as the API says.")
        Field(
            "deprecated", optional: \.deprecated, .date, example: "2026-06-01",
            "Since when it should no longer be used (RFC 9745).")
        Field(
            "sunset", optional: \.sunset, .date, example: "2027-01-01",
            "From when on it is not served any more (RFC 8594).")
    }
}

extension FieldType where Value == TimeSpan {
    /// How long something may carry nothing.
    static var idleTime: Self { .span(TimeSpan.seconds(1)...TimeSpan.seconds(604_800)) }
}

extension FieldType where Value == String {
    /// A path in canonical form.
    static var path: Self {
        .text("a path in canonical form", example: "/orders") { text in
            text.hasPrefix("/") && !text.contains("//") && !text.contains("?") && !text.contains("#")
                && !text.split(separator: "/").contains(where: { $0 == "." || $0 == ".." })
        }
    }

    /// A method in capitals.
    static var method: Self {
        .text("a method in capitals", example: "GET") {
            $0.utf8.allSatisfy { (0x41...0x5A).contains($0) } && $0.utf8.count <= 32
        }
    }

    /// A day.
    static var date: Self {
        .text("a date", example: "2027-01-01") { text in
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 3, text.utf8.count == 10,
                let month = WholeNumber.read(String(parts[1].drop { $0 == "0" })),
                let day = WholeNumber.read(String(parts[2].drop { $0 == "0" })),
                parts[0].utf8.allSatisfy({ (0x30...0x39).contains($0) })
            else { return false }
            return (1...12).contains(month) && (1...31).contains(day)
        }
    }
}

/// Host names.
enum Host {
    static func isName(_ text: String) -> Bool {
        let name = text.hasPrefix("*.") ? text.dropFirst(2) : text[...]
        return !name.isEmpty && name.utf8.count <= 253
            && name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
                (1...63).contains(label.utf8.count) && label.utf8.first != 0x2D && label.utf8.last != 0x2D
                    && label.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D }
            }
    }
}

/// `X-User=sub`: a header field, and what of the caller stands in it.
public enum IdentityHeader {
    /// Name and source; nil for anything else.
    public static func read(_ text: String) -> (name: String, source: String)? {
        guard let sign = text.firstIndex(of: "="), Token.isSettable(String(text[..<sign])) else { return nil }
        let source = String(text[text.index(after: sign)...])
        guard (1...256).contains(source.utf8.count) else { return nil }
        return (String(text[..<sign]), source)
    }

    static func isHeader(_ text: String) -> Bool { read(text) != nil }
}

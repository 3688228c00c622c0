/// A service that requests are passed on to: one or several endpoints that answer alike.
public struct Upstream: Described {
    /// Which endpoint gets the next request.
    public enum Balance: String, Sendable, CaseIterable {
        /// One after the other, each as often as its weight says.
        case roundRobin = "round-robin"
        /// The one with the fewest requests under way for its weight.
        case leastRequests = "least-requests"
    }

    /// Where it listens.
    public var endpoints: [Endpoint] = []
    /// Which endpoint gets the next request.
    public var balance = Balance.roundRobin
    /// How it is found out that an endpoint works; nil watches only what real requests show.
    public var health: HealthCheck?
    /// How long a connection may take to be made.
    public var connectTimeout = TimeSpan.seconds(5)
    /// How long it may take to begin an answer.
    public var responseTimeout = TimeSpan.seconds(60)
    /// How often a request that is safe to repeat is sent again, to another endpoint.
    public var retries: Int64 = 1

    /// With everything at its default.
    public init() {}

    /// What can be said about it.
    public static let schema = Schema<Upstream>(
        "an upstream", "A service that requests are passed on to: one or several endpoints that answer alike.",
        short: "endpoints"
    ) {
        Field(
            "endpoints", \.endpoints, .list(of: .object()), example: "http://127.0.0.1:9001", isRequired: true,
            "Where it listens.")
        Field("balance", \.balance, .choice(), example: "least-requests", "Which endpoint gets the next request.")
        Field(
            "health", optional: \.health, .object(), example: "/healthz",
            "How it is found out that an endpoint works. Without it only what real requests show is watched.")
        Field(
            "connect-timeout", \.connectTimeout, .span(TimeSpan(milliseconds: 10)...TimeSpan.seconds(60)),
            example: "2s",
            "How long a connection may take to be made.")
        Field(
            "response-timeout", \.responseTimeout, .span(TimeSpan(milliseconds: 10)...TimeSpan.seconds(3_600)),
            example: "30s",
            "How long it may take to begin an answer.")
        Field(
            "retries", \.retries, .integer(0...5), example: "2",
            "How often a request that is safe to repeat is sent again, to another endpoint where there is one.")
    }
}

/// One address of an upstream.
public struct Endpoint: Described {
    /// `http://host:port`.
    public var url = ""
    /// How much of the traffic it gets beside the others.
    public var weight: Int64 = 1

    /// Nowhere.
    public init() {}

    /// What can be said about it.
    public static let schema = Schema<Endpoint>("an endpoint", "One address of an upstream.", short: "url") {
        Field(
            "url", \.url,
            .text("an http address without a path", example: "http://127.0.0.1:9001", judge: Self.isOrigin),
            example: "http://127.0.0.1:9001", isRequired: true, "Scheme, host and port; the path is the client's.")
        Field(
            "weight", \.weight, .integer(0...1_000), example: "3",
            "How much of the traffic it gets beside the others; 0 gets none.")
    }

    /// `http://host` or `http://host:port`, and nothing after it.
    static func isOrigin(_ text: String) -> Bool {
        guard text.hasPrefix("http://") || text.hasPrefix("https://"),
            let colon = text.utf8.firstIndex(of: UInt8(ascii: ":"))
        else { return false }
        var authority = text.utf8[colon...].dropFirst(3)
        if authority.last == UInt8(ascii: "/") { authority = authority.dropLast() }
        return !authority.isEmpty
            && authority.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"/?#@\\\"<>{}|^`".utf8.contains($0) }
    }
}

/// How it is found out that an endpoint works.
public struct HealthCheck: Described {
    /// The path that is asked for.
    public var path = "/"
    /// How often.
    public var interval = TimeSpan.seconds(10)
    /// How long an answer may take.
    public var timeout = TimeSpan.seconds(2)
    /// After how many bad answers an endpoint gets no more requests.
    public var failures: Int64 = 3
    /// After how many good answers it gets requests again.
    public var successes: Int64 = 2

    /// With everything at its default.
    public init() {}

    /// What can be said about it.
    public static let schema = Schema<HealthCheck>(
        "a health check", "A request that is sent to each endpoint; an answer of 200 to 399 in time is a good one.",
        short: "path", judge: { $0.timeout < $0.interval ? nil : "the timeout must be shorter than the interval" }
    ) {
        Field(
            "path", \.path, .text("a path", example: "/healthz") { $0.hasPrefix("/") }, example: "/healthz",
            "The path that is asked for.")
        Field("interval", \.interval, .span(TimeSpan.seconds(1)...TimeSpan.seconds(3_600)), example: "5s", "How often.")
        Field(
            "timeout", \.timeout, .span(TimeSpan(milliseconds: 10)...TimeSpan.seconds(60)), example: "1s",
            "How long an answer may take.")
        Field(
            "failures", \.failures, .integer(1...100), example: "5",
            "After how many bad answers an endpoint gets no more requests.")
        Field(
            "successes", \.successes, .integer(1...100), example: "1",
            "After how many good answers it gets requests again.")
    }
}

import Codecs

/// An address where callers are served.
public struct Listener: Described {
    /// What is served there.
    public enum Service: String, Sendable, CaseIterable {
        /// APIs.
        case gateway
        /// Login, keys, the Studio and management.
        case control
    }

    /// Host and port.
    public var address = "127.0.0.1:8000"
    /// What is served there.
    public var serves = Service.gateway
    /// Certificates; nil speaks clear HTTP.
    public var tls: ListenerTLS?
    /// The proxies in front whose `X-Forwarded-*` count.
    public var trustedProxies: [String] = []
    /// The most connections at a time.
    public var maximumConnections: Int64 = 16_384
    /// The largest request body, where an API says nothing else.
    public var maximumBody = ByteSize(bytes: 1 << 30)
    /// How long a connection may rest.
    public var idleTimeout = TimeSpan.seconds(60)

    /// The gateway at its usual address.
    public init() {}

    /// What can be said about it.
    public static let schema = Schema<Listener>("a listener", "An address where callers are served.", short: "address")
    {
        Field(
            "address", \.address, .address, example: "0.0.0.0:8000", isRequired: true,
            "Host and port; 0.0.0.0 and [::] are every interface.")
        Field(
            "serves", \.serves, .choice(), example: "control",
            "What is served there: APIs, or login, keys, Studio and management, which are at --control as well.")
        Field(
            "tls", optional: \.tls, .object(),
            example: "{ certificates: [{ chain: api.pem, key: { file: api.key } }] }",
            "Certificates. Without them it speaks clear HTTP.")
        Field(
            "trusted-proxies", \.trustedProxies, .list(of: .text(2...64)), example: "[10.0.0.0/8]",
            "The proxies in front whose X-Forwarded-* count.")
        Field(
            "maximum-connections", \.maximumConnections, .integer(1...1_000_000), example: "10000",
            "The most connections at a time; the longest idle one makes room.")
        Field(
            "maximum-body", \.maximumBody, .size(ByteSize(bytes: 0)...ByteSize(bytes: 1 << 40)), example: "10MiB",
            "The largest request body, where an API says nothing else.")
        Field(
            "idle-timeout", \.idleTimeout, .span(TimeSpan.seconds(1)...TimeSpan.seconds(3_600)), example: "75s",
            "How long a connection may rest.")
    }
}

/// The certificates of a listener; the one whose names fit is used (RFC 6066 §3), else the first.
public struct ListenerTLS: Described {
    /// At least one.
    public var certificates: [ListenerCertificate] = []

    /// None.
    public init() {}

    /// What can be said about it.
    public static let schema = Schema<ListenerTLS>(
        "TLS settings", "The certificates of a listener.", short: "certificates"
    ) {
        Field(
            "certificates", \.certificates, .list(of: .object(), 1...256),
            example: "[{ chain: api.pem, key: { file: api.key } }]", isRequired: true,
            "The one whose names fit is used, else the first. Changed files are read again by themselves.")
    }
}

/// A certificate and its key.
public struct ListenerCertificate: Described {
    /// A file with the certificate and those between it and the root, in PEM.
    public var chain = ""
    /// The private key.
    public var key: SecretSource = .file("")

    /// None.
    public init() {}

    /// What can be said about it.
    public static let schema = Schema<ListenerCertificate>("a certificate", "A certificate and its key.") {
        Field(
            "chain", \.chain, .text(1...1_024, "a path"), example: "api.pem", isRequired: true,
            "A file with the certificate and those between it and the root, in PEM.")
        Field(
            "key", \.key, .linesOfSecret, example: "{ file: api.key }", isRequired: true, isSecret: true,
            "The private key.")
    }
}

extension FieldType where Value == String {
    /// `host:port`.
    static var address: Self {
        .text("host:port", example: "0.0.0.0:8000") { text in
            guard let colon = text.lastIndex(of: ":"), colon != text.startIndex,
                let port = WholeNumber.read(String(text[text.index(after: colon)...]))
            else { return false }
            let host = text[..<colon]
            return (0...65_535).contains(port) && (host.hasPrefix("[") == host.hasSuffix("]"))
                && (host.hasPrefix("[") || !host.contains(":"))
        }
    }
}

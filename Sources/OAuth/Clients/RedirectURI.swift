public import Codecs

/// Where a client wants answers sent, as it was registered.
///
/// An address matches when its bytes are the same (RFC 9700 §2.1); nothing is resolved, lowered or decoded first. The
/// one exception is the port of a loopback IP literal, which a native app cannot know beforehand (RFC 8252 §7.3).
public struct RedirectURI: Hashable, Sendable {
    /// The longest address that is registered, in bytes.
    public static let maximumBytes = 2_048

    /// The address as it was registered.
    public let text: ByteString

    /// An address to register.
    ///
    /// Accepted are `https` addresses, `http` addresses of this machine (`localhost`, `127.0.0.1`, `[::1]`), and
    /// schemes with a dot in them that a native app claims for itself (RFC 8252 §7.1). None may have a fragment, a
    /// user before its host, a `\`, or a segment `.` or `..`.
    /// - Throws: `invalid_redirect_uri` that says what is wrong.
    public init(registering text: ByteString) throws(OAuthError) {
        guard (1...Self.maximumBytes).contains(text.count),
            text.bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !Self.neverInURIs.contains($0) })
        else { throw Self.bad("must have 1 to \(Self.maximumBytes) characters that a URI may hold") }
        guard !text.bytes.contains(UInt8(ascii: "#")) else { throw Self.bad("must not have a fragment") }
        guard let parts = AddressParts(text) else { throw Self.bad("must be an absolute URI") }
        guard parts.isHostPlain else {
            throw Self.bad("must have a host of letters, digits, . and -, or an IP literal")
        }
        switch parts.scheme {
        case "https":
            guard !parts.host.isEmpty else { throw Self.bad("must name a host") }
        case "http":
            guard parts.isLoopback || parts.host == "localhost" else {
                throw Self.bad("must use https, except on this machine (localhost, 127.0.0.1, [::1])")
            }
        default:
            guard parts.scheme.bytes.contains(UInt8(ascii: ".")) else {
                throw Self.bad("must use https, or a scheme of an app's own with a dot in it, as com.example.app:/back")
            }
        }
        guard !parts.hasUser else { throw Self.bad("must not have a user name before its host") }
        guard !parts.hasDotSegment else { throw Self.bad("must not have a segment . or ..") }
        self.text = text
    }

    /// Whether an address that a request names is this one.
    public func matches(_ asked: ByteString) -> Bool {
        if asked == text { return true }
        guard let mine = AddressParts(text), mine.scheme == "http", mine.isLoopback, let theirs = AddressParts(asked),
            theirs.isPortPlausible
        else { return false }
        return theirs.scheme == mine.scheme && theirs.host == mine.host && !theirs.hasUser && theirs.tail == mine.tail
    }

    /// Whether only the owner of a name can receive what is sent here: a claimed `https` address (RFC 8252 §8.6).
    public var isClaimed: Bool { AddressParts(text)?.scheme == "https" }

    /// What a browser calls the place that an address leads to: scheme, host and port, or the scheme and its colon where
    /// there is no host. Empty for what is no absolute address.
    public static func origin(of address: ByteString) -> ByteString {
        guard let parts = AddressParts(address) else { return "" }
        guard !parts.host.isEmpty else { return ByteString(utf8: parts.scheme.bytes + Array(":".utf8)) }
        let port = parts.port.isEmpty ? [] : Array(":".utf8) + parts.port
        return ByteString(utf8: parts.scheme.bytes + Array("://".utf8) + parts.host.bytes + port)
    }

    /// Whether it belongs to the pages of an origin, as browsers name it in `Origin` (RFC 6454 §6.2): scheme and host in
    /// lower case, and the port unless it is the scheme's own.
    public func isOfOrigin(_ origin: ByteString) -> Bool {
        guard let parts = AddressParts(text), parts.scheme == "https" || parts.scheme == "http" else { return false }
        let usual = parts.scheme == "https" ? "443" : "80"
        let port = parts.port.isEmpty || parts.port.elementsEqual(usual.utf8) ? [] : Array(":".utf8) + parts.port
        let host = parts.host.bytes.map(AddressParts.lowered)
        return parts.scheme.bytes + Array("://".utf8) + host + port == origin.bytes
    }

    /// An address with parameters added to its query; what the query held before stays (RFC 6749 §3.1.2).
    public static func address(_ address: ByteString, adding parameters: [FormURLEncoded.Pair]) -> String {
        guard !parameters.isEmpty else { return address.text }
        let hasQuery = address.bytes.contains(UInt8(ascii: "?"))
        let glue = !hasQuery ? "?" : address.bytes.last == UInt8(ascii: "?") ? "" : "&"
        return address.text + glue + FormURLEncoded.encode(parameters)
    }

    private static let neverInURIs = Set("\\\"<>^`{|}".utf8)

    private static func bad(_ complaint: String) -> OAuthError {
        OAuthError(.invalidRedirectURI, "A redirect URI \(complaint).")
    }
}

/// An address cut where its parts meet, with every byte as it stands.
private struct AddressParts {
    /// In lower case, without the colon.
    let scheme: ByteString
    /// Empty when there is no authority.
    let host: ByteString
    let port: ArraySlice<UInt8>
    let hasUser: Bool
    /// Path and query.
    let tail: ArraySlice<UInt8>

    init?(_ address: ByteString) {
        let bytes = address.bytes
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), let first = bytes.first, Self.isLetter(first),
            bytes[..<colon].allSatisfy(Self.isSchemeByte)
        else { return nil }
        scheme = ByteString(utf8: bytes[..<colon].map { Self.isLetter($0) ? $0 | 0x20 : $0 })
        let rest = bytes[(colon + 1)...]
        guard rest.starts(with: "//".utf8) else {
            guard !rest.isEmpty else { return nil }
            host = ""
            port = []
            hasUser = false
            tail = rest
            return
        }
        let authorityStart = rest.startIndex + 2
        let authorityEnd = bytes[authorityStart...].firstIndex { Self.authorityEnds.contains($0) } ?? bytes.endIndex
        let authority = bytes[authorityStart..<authorityEnd]
        tail = bytes[authorityEnd...]
        hasUser = authority.contains(UInt8(ascii: "@"))
        let hostStart = authority.lastIndex(of: UInt8(ascii: "@")).map { $0 + 1 } ?? authority.startIndex
        let hostAndPort = authority[hostStart...]
        let hostEnd: Int
        if hostAndPort.first == UInt8(ascii: "[") {
            guard let bracket = hostAndPort.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            hostEnd = bracket + 1
        } else {
            hostEnd = hostAndPort.firstIndex(of: UInt8(ascii: ":")) ?? hostAndPort.endIndex
        }
        host = ByteString(utf8: Array(hostAndPort[..<hostEnd]))
        let after = hostAndPort[hostEnd...]
        guard after.isEmpty || after.first == UInt8(ascii: ":") else { return nil }
        port = after.dropFirst()
    }

    var isLoopback: Bool { host == "127.0.0.1" || host == "[::1]" }

    /// No host, or one that every header and policy can hold: nothing in it separates or quotes anything.
    var isHostPlain: Bool {
        let isLiteral = host.bytes.first == UInt8(ascii: "[")
        let name = isLiteral ? host.bytes.dropFirst().dropLast() : host.bytes[...]
        return name.allSatisfy { byte in
            Self.isLetter(byte) || Self.isDigit(byte) || byte == UInt8(ascii: ".")
                || byte == UInt8(ascii: isLiteral ? ":" : "-")
        } && isPortPlausible
    }

    /// No port, or a number from 1 to 65535.
    var isPortPlausible: Bool {
        guard !port.isEmpty else { return true }
        guard port.count <= 5, port.allSatisfy(Self.isDigit) else {
            return false
        }
        let number = port.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        return (1...65_535).contains(number)
    }

    var hasDotSegment: Bool {
        let path = tail.prefix { $0 != UInt8(ascii: "?") }
        return path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).contains { segment in
            Self.dotSegments.contains(ByteString(utf8: segment.map { Self.isLetter($0) ? $0 | 0x20 : $0 }))
        }
    }

    private static let authorityEnds = Set("/?#".utf8)
    private static let dotSegments: Set<ByteString> = [".", "..", "%2e", "%2e%2e", ".%2e", "%2e."]

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    static func lowered(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isSchemeByte(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte)
            || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }
}

public import Codecs

/// What a token's payload says (RFC 7519 §4). The type alone promises nothing: only a `VerifiedToken` vouches for it.
public struct Claims: Sendable, Equatable {
    /// Every claim, in order.
    public let json: JSONObject
    /// `iss`.
    public let issuer: ByteString?
    /// `sub`.
    public let subject: ByteString?
    /// `aud`; one string is an array of one. Nil when absent.
    public let audience: [ByteString]?
    /// `exp`.
    public let expiry: NumericDate?
    /// `nbf`.
    public let notBefore: NumericDate?
    /// `iat`.
    public let issuedAt: NumericDate?
    /// `jti`.
    public let tokenID: ByteString?
    /// `sid`, the session (OpenID Connect Front-Channel Logout §3).
    public let sessionID: ByteString?
    /// `scope`, split at spaces (RFC 8693 §4.2).
    public let scopes: [ByteString]

    /// Reads claims; the registered ones must have their types.
    public init(_ json: JSONObject) throws(ClaimDefect) {
        self.json = json
        issuer = try Self.text("iss", in: json)
        subject = try Self.text("sub", in: json)
        audience = try Self.audience(in: json)
        expiry = try Self.time("exp", in: json)
        notBefore = try Self.time("nbf", in: json)
        issuedAt = try Self.time("iat", in: json)
        tokenID = try Self.text("jti", in: json)
        sessionID = try Self.text("sid", in: json)
        _ = try Self.text("client_id", in: json)
        scopes =
            try Self.text("scope", in: json).map { scope in
                scope.bytes.split(separator: 0x20).map { ByteString(utf8: Array($0)) }
            } ?? []
    }

    private static func text(_ name: StaticString, in json: JSONObject) throws(ClaimDefect) -> ByteString? {
        guard let value = json.value(named: name) else { return nil }
        guard let text = value.string else { throw ClaimDefect(name, "must be a string and is \(value.kind)") }
        guard !text.hasControlCharacter else { throw ClaimDefect(name, "holds control characters") }
        return text
    }

    private static func audience(in json: JSONObject) throws(ClaimDefect) -> [ByteString]? {
        guard let value = json.value(named: "aud") else { return nil }
        if value.string != nil { return try text("aud", in: json).map { [$0] } }
        guard let elements = value.array else {
            throw ClaimDefect("aud", "must be a string or an array of strings and is \(value.kind)")
        }
        var audience: [ByteString] = []
        for element in elements {
            guard let member = element.string else {
                throw ClaimDefect("aud", "must hold only strings and holds \(element.kind)")
            }
            guard !member.hasControlCharacter else { throw ClaimDefect("aud", "holds control characters") }
            audience.append(member)
        }
        return audience
    }

    private static func time(_ name: StaticString, in json: JSONObject) throws(ClaimDefect) -> NumericDate? {
        guard let value = json.value(named: name) else { return nil }
        guard case .number(let number) = value else {
            throw ClaimDefect(name, "must be a number of seconds and is \(value.kind)")
        }
        guard let date = NumericDate(number) else {
            throw ClaimDefect(name, "is not a time between 1970 and 9999; are these milliseconds?")
        }
        return date
    }
}

/// Why a payload is refused.
public struct ClaimDefect: Error, Sendable, Equatable {
    /// Why, as a stable public name.
    public let code: RejectionCode
    /// Why, in one sentence.
    public let detail: String

    init(code: RejectionCode, detail: String) {
        self.code = code
        self.detail = detail
    }

    init(_ name: StaticString, _ complaint: String) {
        self.init(code: .claimInvalid, detail: "\"\(name)\" \(complaint)")
    }
}

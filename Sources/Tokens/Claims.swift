public import Codecs

/// What a token's payload says (RFC 7519 §4). The type alone promises nothing: only a `VerifiedToken` vouches for it.
///
/// The claims lie as text in one block; what is asked for is read from there.
public struct Claims: Sendable {
    /// The claims' JSON text, and perhaps what stands around it in the token.
    let block: [UInt8]
    let object: JSONPlace
    let registered: RegisteredClaims

    /// `exp`.
    public let expiry: NumericDate?
    /// `nbf`.
    public let notBefore: NumericDate?
    /// `iat`.
    public let issuedAt: NumericDate?

    /// Reads claims; the registered ones must have their types.
    public init(_ json: JSONObject) throws(ClaimDefect) {
        let text = JSONWriter.write(.object(json))
        try self.init(block: text, 0..<text.count)
    }

    /// Reads the claims that stand in a range of a block.
    init(block: [UInt8], _ range: Range<Int>) throws(ClaimDefect) {
        var found = RegisteredClaims()
        let object: JSONPlace
        do throws(JSONError) {
            object = try JSONScanner.scan(block, range, depth: DecodedToken.claimsDepth) { members in
                found = RegisteredClaims(members, in: block)
            }
        } catch {
            throw ClaimDefect(code: .claimsJSON, detail: "the payload is not JSON: \(error.description)")
        }
        guard object.kind == .object else {
            throw ClaimDefect(
                code: .claimsNotObject, detail: "the payload is \(object.kindInWords), not an object of claims")
        }
        try found.check(in: block)
        expiry = try Self.time("exp", found.expiry, in: block)
        notBefore = try Self.time("nbf", found.notBefore, in: block)
        issuedAt = try Self.time("iat", found.issuedAt, in: block)
        self.block = block
        self.object = object
        registered = found
    }

    private static func time(
        _ name: StaticString, _ place: JSONPlace?, in block: [UInt8]
    ) throws(ClaimDefect) -> NumericDate? {
        guard let place else { return nil }
        guard place.kind == .number else {
            throw ClaimDefect(name, "must be a number of seconds and is \(place.kindInWords)")
        }
        guard let date = NumericDate(place, in: block) else {
            throw ClaimDefect(name, "is not a time between 1970 and 9999; are these milliseconds?")
        }
        return date
    }

    /// Every claim, in order.
    public var json: JSONObject { object.value(in: block).object ?? JSONObject() }
    /// `iss`.
    public var issuer: ByteString? { registered.issuer?.string(in: block) }
    /// `sub`.
    public var subject: ByteString? { registered.subject?.string(in: block) }
    /// `jti`.
    public var tokenID: ByteString? { registered.tokenID?.string(in: block) }
    /// `sid`, the session (OpenID Connect Front-Channel Logout §3).
    public var sessionID: ByteString? { registered.sessionID?.string(in: block) }
    /// `aud`; one string is an array of one. Nil when absent.
    public var audience: [ByteString]? {
        guard let place = registered.audience else { return nil }
        if place.kind == .string { return [place.string(in: block)] }
        var audience: [ByteString] = []
        _ = place.containsString(in: block) {
            audience.append($0.string(in: block))
            return false
        }
        return audience
    }
    /// `scope`, split at spaces (RFC 8693 §4.2).
    public var scopes: [ByteString] {
        guard let place = registered.scope else { return [] }
        return place.string(in: block).bytes.split(separator: 0x20).map { ByteString(utf8: Array($0)) }
    }

    /// Whether a claim of this name is there, and what it is. Costs one pass over the text, unless the name is registered.
    public func value(named name: ByteString) -> JSON? { place(of: name)?.value(in: block) }

    /// Where a claim stands.
    func place(of name: ByteString) -> JSONPlace? {
        if let known = registered.place(ofShortName: JSONMember.shortName(name)) { return known }
        var found: JSONPlace?
        _ = try? JSONScanner.scan(block, object.range, depth: DecodedToken.claimsDepth) { members in
            found = members.first { $0.name?.equals(name, in: block) ?? false }?.value
        }
        return found
    }

    /// Where the claim stands that a requirement is about.
    func place(of requirement: ClaimRequirement) -> JSONPlace? {
        registered.place(ofShortName: requirement.shortName) ?? place(of: requirement.name)
    }

    /// Whether `iss` is one of these.
    func isIssued(byOneOf issuers: [ByteString]) -> Bool {
        guard let place = registered.issuer else { return false }
        return issuers.contains { place.equals($0, in: block) }
    }

    /// The first of these that is in `aud`.
    func firstAudience(of served: [ByteString]) -> ByteString? {
        guard let place = registered.audience else { return nil }
        if place.kind == .string { return served.first { place.equals($0, in: block) } }
        return served.first { wanted in place.containsString(in: block) { $0.equals(wanted, in: block) } }
    }

    /// Whether a scope is granted: one of the words of `scope`, exactly.
    public func grants(_ scope: ByteString) -> Bool {
        guard let place = registered.scope, !scope.isEmpty else { return false }
        guard !place.hasEscapes else { return scopes.contains(scope) }
        return place.containsWord(scope, in: block)
    }
}

extension Claims: Equatable {
    /// Whether both say the same in the same words.
    public static func == (left: Claims, right: Claims) -> Bool {
        left.object.written(in: left.block) == right.object.written(in: right.block)
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

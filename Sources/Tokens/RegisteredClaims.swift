import Codecs

/// Where the registered claims stand that every verifier looks at (RFC 7519 §4.1 and others).
struct RegisteredClaims {
    private(set) var issuer: JSONPlace?
    private(set) var subject: JSONPlace?
    private(set) var audience: JSONPlace?
    private(set) var expiry: JSONPlace?
    private(set) var notBefore: JSONPlace?
    private(set) var issuedAt: JSONPlace?
    private(set) var tokenID: JSONPlace?
    private(set) var sessionID: JSONPlace?
    private(set) var scope: JSONPlace?
    private(set) var clientID: JSONPlace?
    private(set) var confirmation: JSONPlace?

    /// None of them.
    init() {}

    /// Remembers those that are among these members.
    init(_ members: UnsafeBufferPointer<JSONMember>, in block: [UInt8]) {
        for member in members {
            let value = member.value
            switch member.shortName {
            case 0x69_7373: issuer = value  // iss
            case 0x73_7562: subject = value  // sub
            case 0x61_7564: audience = value  // aud
            case 0x65_7870: expiry = value  // exp
            case 0x6E_6266: notBefore = value  // nbf
            case 0x69_6174: issuedAt = value  // iat
            case 0x6A_7469: tokenID = value  // jti
            case 0x73_6964: sessionID = value  // sid
            case 0x73_636F_7065: scope = value  // scope
            case 0x63_6E66: confirmation = value  // cnf
            case 0:
                if let name = member.name, name.equals(literal: "client_id", in: block) { clientID = value }
            default: break
            }
        }
    }

    /// Where one of them stands, by its `JSONMember.shortName`; nil for other names, too.
    func place(ofShortName name: UInt64) -> JSONPlace? {
        switch name {
        case 0x69_7373: issuer
        case 0x73_7562: subject
        case 0x61_7564: audience
        case 0x65_7870: expiry
        case 0x6E_6266: notBefore
        case 0x69_6174: issuedAt
        case 0x6A_7469: tokenID
        case 0x73_6964: sessionID
        case 0x73_636F_7065: scope
        case 0x63_6E66: confirmation
        default: nil
        }
    }

    /// Refuses a claim that has not its type, in the order of RFC 7519 §4.1.
    func check(in block: [UInt8]) throws(ClaimDefect) {
        try checkText("iss", issuer, in: block)
        try checkText("sub", subject, in: block)
        try checkAudience(in: block)
        try checkText("jti", tokenID, in: block)
        try checkText("sid", sessionID, in: block)
        try checkText("client_id", clientID, in: block)
        try checkText("scope", scope, in: block)
    }

    private func checkText(_ name: StaticString, _ place: JSONPlace?, in block: [UInt8]) throws(ClaimDefect) {
        guard let place else { return }
        guard place.kind == .string else {
            throw ClaimDefect(name, "must be a string and is \(place.kindInWords)")
        }
        guard !place.hasControlCharacter(in: block) else { throw ClaimDefect(name, "holds control characters") }
    }

    private func checkAudience(in block: [UInt8]) throws(ClaimDefect) {
        guard let audience, audience.kind != .string else { return try checkText("aud", audience, in: block) }
        guard audience.kind == .array else {
            throw ClaimDefect("aud", "must be a string or an array of strings and is \(audience.kindInWords)")
        }
        var other: JSONPlace?
        var hasControlCharacter = false
        _ = try? JSONScanner.scan(block, audience.range, depth: DecodedToken.claimsDepth) { elements in
            other = elements.first { $0.value.kind != .string }?.value
            hasControlCharacter = elements.contains { $0.value.hasControlCharacter(in: block) }
        }
        if let other { throw ClaimDefect("aud", "must hold only strings and holds \(other.kindInWords)") }
        guard !hasControlCharacter else { throw ClaimDefect("aud", "holds control characters") }
    }
}

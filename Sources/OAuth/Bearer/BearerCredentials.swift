/// What an `Authorization` header brings (RFC 6750 §2.1, RFC 9449 §7.1).
public enum BearerCredentials: Equatable, Sendable {
    /// Another scheme, or no scheme that can be read.
    case otherScheme
    /// The scheme is `Bearer`; what follows it, as it stands. It may be anything, also nothing.
    case token([UInt8])
    /// The scheme is `DPoP`: a token that is bound to a key, with a proof of it in another field; what follows it, as it
    /// stands.
    case boundToken([UInt8])

    /// Reads a field value. The scheme's case does not count (RFC 9110 §11.1); the token is not looked into: saying
    /// what is wrong with it is the verifier's business.
    public static func read(authorization value: [UInt8]) -> BearerCredentials {
        let scheme = value.prefix { $0 != 0x20 }
        func isScheme(_ name: StaticString) -> Bool {
            scheme.count == name.utf8CodeUnitCount
                && name.withUTF8Buffer { zip(scheme, $0).allSatisfy { $0.0 | 0x20 == $0.1 } }
        }
        let isBound = isScheme("dpop")
        guard isBound || isScheme("bearer") else { return .otherScheme }
        var rest = value.dropFirst(scheme.count).drop { $0 == 0x20 }
        while let last = rest.last, last == 0x20 || last == 0x09 { rest = rest.dropLast() }
        return isBound ? .boundToken(Array(rest)) : .token(Array(rest))
    }
}

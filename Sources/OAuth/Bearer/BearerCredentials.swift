/// What an `Authorization` header brings (RFC 6750 §2.1).
public enum BearerCredentials: Equatable, Sendable {
    /// Another scheme, or no scheme that can be read.
    case otherScheme
    /// The scheme is `Bearer`; what follows it, as it stands. It may be anything, also nothing.
    case token([UInt8])

    /// Reads a field value. The scheme's case does not count (RFC 9110 §11.1); the token is not looked into: saying
    /// what is wrong with it is the verifier's business.
    public static func read(authorization value: [UInt8]) -> BearerCredentials {
        let scheme = value.prefix { $0 != 0x20 }
        guard scheme.count == 6, zip(scheme, "bearer".utf8).allSatisfy({ $0.0 | 0x20 == $0.1 }) else {
            return .otherScheme
        }
        var rest = value.dropFirst(scheme.count).drop { $0 == 0x20 }
        while let last = rest.last, last == 0x20 || last == 0x09 { rest = rest.dropLast() }
        return .token(Array(rest))
    }
}

public import Codecs

/// What a token must say to be accepted in one place.
public struct ClaimPolicy: Sendable {
    /// The algorithms that are accepted. There is no policy without this list, and `none` cannot be in it.
    public var algorithms: [SignatureAlgorithm]
    /// Whether a header may name Ed25519 by its older name `EdDSA` (RFC 8037, deprecated by RFC 9864), where Ed25519 is
    /// allowed at all.
    public var acceptsEdDSA: Bool
    /// The accepted `typ` values; nil asks for nothing.
    public var types: [ByteString]?
    /// Whether a token may do without `typ` where `types` asks for one.
    public var acceptsMissingType: Bool
    /// The trusted `iss` values; nil asks for nothing.
    public var issuers: [ByteString]?
    /// The audiences served here, to be found in `aud` as `audienceMatch` says; nil asks for nothing.
    public var audiences: [ByteString]?
    /// How `aud` and `audiences` are compared.
    public var audienceMatch: AudienceMatch
    /// Seconds by which clocks may differ, on `exp`, `nbf` and `iat`.
    public var leeway: Int64
    /// The most seconds since `iat`, leeway allowed; nil asks for nothing, else `iat` must be there.
    public var maximumAge: Int64?
    /// The most seconds since `auth_time`, leeway allowed (`max_age` of OpenID Connect Core §3.1.2.1); nil asks for
    /// nothing, else `auth_time` must be there.
    public var maximumAuthenticationAge: Int64?
    /// The most seconds between `iat` and `exp`; nil asks for nothing, else both must be there.
    public var maximumLifetime: Int64?
    /// Claims that must be there. `exp` is one of them where tokens must end.
    public var requiredClaims: [ClaimRequirement]
    /// What claims must say; all of them must hold.
    public var claimRules: [ClaimRule]
    /// Scopes that must all be granted.
    public var scopes: [ByteString]
    /// What is asked of a token that is bound to a key (`cnf`), and of its sender.
    public var confirmation: ConfirmationRule

    /// A policy; every argument but the algorithms may be left out.
    public init(
        algorithms: [SignatureAlgorithm],
        types: [ByteString]? = nil,
        issuers: [ByteString]? = nil,
        audiences: [ByteString]? = nil,
        leeway: Int64 = 30,
        requiredClaims: [ClaimRequirement] = [],
        scopes: [ByteString] = [],
        acceptsEdDSA: Bool = false,
        acceptsMissingType: Bool = false,
        audienceMatch: AudienceMatch = .any,
        maximumAge: Int64? = nil,
        maximumAuthenticationAge: Int64? = nil,
        maximumLifetime: Int64? = nil,
        claimRules: [ClaimRule] = [],
        confirmation: ConfirmationRule = .matching
    ) {
        self.algorithms = algorithms
        self.types = types
        self.issuers = issuers
        self.audiences = audiences
        self.leeway = leeway
        self.requiredClaims = requiredClaims
        self.scopes = scopes
        self.acceptsEdDSA = acceptsEdDSA
        self.acceptsMissingType = acceptsMissingType
        self.audienceMatch = audienceMatch
        self.maximumAge = maximumAge
        self.maximumAuthenticationAge = maximumAuthenticationAge
        self.maximumLifetime = maximumLifetime
        self.claimRules = claimRules
        self.confirmation = confirmation
    }

    /// The most leeway that a server has use for, in seconds: clocks that are further apart are broken (RFC 8725bis).
    public static let maximumServerLeeway: Int64 = 120

    /// The leeway brought into the range that the profiles allow.
    static func serverLeeway(_ leeway: Int64) -> Int64 { min(max(leeway, 0), maximumServerLeeway) }
}

/// How a token's audience and a policy's are compared.
public enum AudienceMatch: String, Sendable {
    /// One of the policy's audiences is among the token's.
    case any
    /// Each of the policy's audiences is among the token's.
    case all
    /// There is an audience, and each of the token's is among the policy's: the token is for nobody else.
    case only

    /// Whether a token for `audience` is accepted where `served` are served.
    func accepts(_ audience: [ByteString], served: [ByteString]) -> Bool {
        switch self {
        case .any: audience.contains { served.contains($0) }
        case .all: !served.isEmpty && served.allSatisfy { audience.contains($0) }
        case .only: !audience.isEmpty && audience.allSatisfy { served.contains($0) }
        }
    }
}

/// One claim that must be there, and perhaps what it must say.
public struct ClaimRequirement: Sendable, Equatable {
    /// The claim's name.
    public let name: ByteString
    /// What it must be, or contain when it is an array; nil accepts anything but null.
    public let value: JSON?
    /// The name's `JSONMember.shortName`, to find it faster.
    let shortName: UInt64

    /// A requirement.
    public init(_ name: ByteString, _ value: JSON? = nil) {
        self.name = name
        self.value = value
        shortName = JSONMember.shortName(name)
    }

    /// Reads `name` or `name=value`, as typed at a terminal or in a form.
    public init(text: ByteString) {
        let parts = text.bytes.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
        self.init(
            ByteString(utf8: Array(parts.first ?? [])),
            parts.count == 2 ? .string(ByteString(utf8: Array(parts[1]))) : nil)
    }

    /// Whether a claim satisfies this.
    func accepts(_ place: JSONPlace, in block: [UInt8]) -> Bool {
        guard let value else { return place.kind != .null }
        let claim = place.value(in: block)
        if let elements = claim.array, elements.contains(value) { return true }
        return claim == value
    }
}

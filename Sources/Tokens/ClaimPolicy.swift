public import Codecs

/// What a token must say to be accepted in one place.
public struct ClaimPolicy: Sendable {
    /// The algorithms that are accepted. There is no policy without this list, and `none` cannot be in it.
    public var algorithms: [SignatureAlgorithm]
    /// The accepted `typ` values; nil asks for nothing.
    public var types: [ByteString]?
    /// The trusted `iss` values; nil asks for nothing.
    public var issuers: [ByteString]?
    /// The audiences served here, one of which must be in `aud`; nil asks for nothing.
    public var audiences: [ByteString]?
    /// Seconds by which clocks may differ, on `exp`, `nbf` and `iat`.
    public var leeway: Int64
    /// Claims that must be there. `exp` is one of them where tokens must end.
    public var requiredClaims: [ClaimRequirement]
    /// Scopes that must all be granted.
    public var scopes: [ByteString]

    /// A policy; every argument but the algorithms may be left out.
    public init(
        algorithms: [SignatureAlgorithm],
        types: [ByteString]? = nil,
        issuers: [ByteString]? = nil,
        audiences: [ByteString]? = nil,
        leeway: Int64 = 30,
        requiredClaims: [ClaimRequirement] = [],
        scopes: [ByteString] = []
    ) {
        self.algorithms = algorithms
        self.types = types
        self.issuers = issuers
        self.audiences = audiences
        self.leeway = leeway
        self.requiredClaims = requiredClaims
        self.scopes = scopes
    }
}

/// One claim that must be there, and perhaps what it must say.
public struct ClaimRequirement: Sendable, Equatable {
    /// The claim's name.
    public let name: ByteString
    /// What it must be, or contain when it is an array; nil accepts anything but null.
    public let value: JSON?

    /// A requirement.
    public init(_ name: ByteString, _ value: JSON? = nil) {
        self.name = name
        self.value = value
    }

    /// Reads `name` or `name=value`, as typed at a terminal or in a form.
    public init(text: ByteString) {
        let parts = text.bytes.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
        name = ByteString(utf8: Array(parts.first ?? []))
        value = parts.count == 2 ? .string(ByteString(utf8: Array(parts[1]))) : nil
    }

    /// Whether a claim satisfies this.
    func accepts(_ place: JSONPlace, in block: [UInt8]) -> Bool {
        guard let value else { return place.kind != .null }
        let claim = place.value(in: block)
        if let elements = claim.array { return elements.contains(value) }
        return claim == value
    }
}

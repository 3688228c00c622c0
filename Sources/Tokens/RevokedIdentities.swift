import Codecs

/// Identities that are revoked, and the terms of each, as a value of which the next one costs a small part: rows lie in many
/// small dictionaries, and two values share those in which they do not differ.
public struct RevokedIdentities: Sendable {
    /// How long a revocation matters.
    public struct Terms: Sendable, Equatable {
        /// The last second (since 1970) whose tokens are meant; `Int64.max` means all.
        public let issuedUntil: Int64
        /// From when on forgetting this is harmless, in seconds since 1970.
        public let expires: Int64

        /// Terms.
        public init(issuedUntil: Int64 = .max, expires: Int64 = .max) {
            self.issuedUntil = issuedUntil
            self.expires = expires
        }
    }

    /// A power of two. With a hundred thousand rows, one change copies the references of the parts and a hundred rows.
    private static let partCount = 1_024

    private var parts = [[TokenIdentity: Terms]](repeating: [:], count: Self.partCount)
    /// How many there are.
    public private(set) var count = 0

    /// Nothing is revoked.
    public init() {}

    /// Whether nothing is revoked.
    public var isEmpty: Bool { count == 0 }

    /// Everything that is revoked, in no order.
    public var all: some Sequence<(key: TokenIdentity, value: Terms)> { parts.lazy.joined() }

    /// The terms of an identity; nil where it is not revoked.
    public subscript(identity: TokenIdentity) -> Terms? {
        count == 0 ? nil : parts[Self.part(of: identity)][identity]
    }

    /// Revokes an identity, on other terms than before where it is revoked already.
    public mutating func insert(_ identity: TokenIdentity, _ terms: Terms) {
        if parts[Self.part(of: identity)].updateValue(terms, forKey: identity) == nil { count += 1 }
    }

    /// Forgets what is harmless from before a moment (in seconds since 1970).
    public mutating func removeAll(expiringBefore time: Int64) {
        for index in parts.indices where parts[index].values.contains(where: { $0.expires < time }) {
            let kept = parts[index].filter { $0.value.expires >= time }
            count -= parts[index].count - kept.count
            parts[index] = kept
        }
    }

    /// Where an identity lies: FNV-1a over the last bytes of its identifier, which are random. Identifiers that all lie in one
    /// part cost what they would without parts.
    private static func part(of identity: TokenIdentity) -> Int {
        var hash: UInt32 = 0x811C_9DC5
        for byte in identity.id.bytes.suffix(8) { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        return Int((hash ^ (hash >> 16)) & UInt32(partCount - 1))
    }
}

/// What keys are hashed with: a secret, so that nobody outside can choose keys that meet in a table.
public struct TrafficSeed: Sendable, Hashable {
    /// The first half.
    public let high: UInt64
    /// The second half.
    public let low: UInt64

    /// A seed that was kept, so that calendar counters outlive the process.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A seed from the system's generator.
    public static func random() -> TrafficSeed {
        TrafficSeed(high: .random(in: .min ... .max), low: .random(in: .min ... .max))
    }
}

/// Whom a limit counts for: 128 bits of the key's bytes under the process's seed, so that two keys are one only by an
/// accident that does not happen.
public struct LimitKey: Sendable, Hashable {
    /// The first half.
    public let high: UInt64
    /// The second half.
    public let low: UInt64

    /// A key that was kept beside its seed.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Hashes a key without allocating. Keys of different kinds (an address, a consumer) differ although their bytes
    /// are the same.
    public init(_ bytes: UnsafeRawBufferPointer, seed: TrafficSeed, kind: UInt8 = 0) {
        (low, high) = SipHash.digest(bytes, seed.low, seed.high ^ UInt64(kind))
    }

    /// Hashes a key; text that is stored contiguously is not copied.
    public init(_ text: String, seed: TrafficSeed, kind: UInt8 = 0) {
        var text = text
        self = text.withUTF8 { LimitKey(UnsafeRawBufferPointer($0), seed: seed, kind: kind) }
    }

    /// Hashes a key.
    public init(_ bytes: [UInt8], seed: TrafficSeed, kind: UInt8 = 0) {
        self = bytes.withUnsafeBytes { LimitKey($0, seed: seed, kind: kind) }
    }

    /// The key of a limit that counts everybody together.
    public static var everybody: LimitKey { LimitKey(high: 0, low: 0) }

    /// The key of a limit's overflow counter.
    static var overflow: LimitKey { LimitKey(high: .max, low: .max) }
}

/// A run of bytes inside a message head: where it starts and how long it is, counted from the head's first byte.
///
/// Heads are at most a few tens of kilobytes, so both numbers are kept in 32 bits and a field line stays small.
public struct ByteRange: Hashable, Sendable {
    @usableFromInline let from: UInt32
    @usableFromInline let count: UInt32

    /// Makes a range; negative or absurdly large numbers become an empty range at 0.
    public init(start: Int, length: Int) {
        guard let from = UInt32(exactly: start), let count = UInt32(exactly: length) else {
            self.from = 0
            self.count = 0
            return
        }
        self.from = from
        self.count = count
    }

    /// Offset of the first byte.
    @inlinable public var start: Int { Int(from) }
    /// Number of bytes.
    public var length: Int { Int(count) }
    /// Offset just past the last byte.
    @inlinable public var end: Int { Int(from) + Int(count) }
    /// Whether there is no byte in it.
    public var isEmpty: Bool { count == 0 }

    /// The bytes of this range, or as many of them as `bytes` has: a range that does not belong to `bytes` never reads
    /// outside it.
    @inlinable
    public func slice(of bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let start = min(start, bytes.count)
        return UnsafeRawBufferPointer(rebasing: bytes[start..<min(end, bytes.count)])
    }
}

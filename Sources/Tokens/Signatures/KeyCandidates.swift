/// The keys to try for one token: their positions in a list. At most eight; what would be tried must be bounded.
public struct KeyCandidates: Sendable, RandomAccessCollection {
    /// The most keys that are tried for a token that names none.
    public static let maximum = 8

    private var positions = SIMD8<Int32>()
    /// How many there are.
    public private(set) var count = 0

    init() {}

    /// Adds a position while there is room.
    mutating func append(_ position: Int) {
        guard count < Self.maximum else { return }
        positions[count] = Int32(truncatingIfNeeded: position)
        count += 1
    }

    /// Always 0.
    public var startIndex: Int { 0 }
    /// How many there are.
    public var endIndex: Int { count }
    /// A position in the list of keys.
    public subscript(index: Int) -> Int { Int(positions[index]) }
}

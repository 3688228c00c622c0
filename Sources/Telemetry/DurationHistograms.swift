/// Histograms of durations with the same fixed buckets, a row for each series. Counters only grow, so that rows of
/// several loops may be added.
struct DurationHistograms: Sendable {
    /// The buckets' upper limits, which belong to them. Steps are small where answers usually are: a percentile that is
    /// interpolated in a bucket is off by at most its width.
    static let limits: [(nanoseconds: UInt64, label: StaticString)] = [
        (5_000_000, "0.005"), (10_000_000, "0.01"), (25_000_000, "0.025"), (50_000_000, "0.05"),
        (75_000_000, "0.075"), (100_000_000, "0.1"), (150_000_000, "0.15"), (250_000_000, "0.25"),
        (400_000_000, "0.4"), (600_000_000, "0.6"), (1_000_000_000, "1.0"), (1_500_000_000, "1.5"),
        (2_500_000_000, "2.5"), (5_000_000_000, "5.0"), (10_000_000_000, "10.0"), (30_000_000_000, "30.0"),
        (60_000_000_000, "60.0"),
    ]
    /// The lines that one row is: the buckets and the one without limit, sum and count.
    static let seriesCount = limits.count + 3

    /// A row: how many fell into each bucket, then into none, then the sum in nanoseconds.
    private static let width = limits.count + 2
    private var cells: [UInt64] = []

    /// Counts a duration in nanoseconds; a negative one is 0.
    mutating func observe(_ nanoseconds: Int64, row: Int) {
        let duration = UInt64(clamping: nanoseconds)
        grow(to: row)
        let start = row * Self.width
        cells[start + Self.bucket(of: duration)] &+= 1
        cells[start + Self.width - 1] &+= duration
    }

    /// Adds what somebody else counted.
    mutating func add(_ others: DurationHistograms) {
        if others.cells.count > cells.count {
            cells.append(contentsOf: repeatElement(0, count: others.cells.count - cells.count))
        }
        for (index, cell) in others.cells.enumerated() { cells[index] &+= cell }
    }

    /// A row as a value; nil while nothing was counted in it.
    func value(row: Int) -> DurationHistogram? {
        let start = row * Self.width
        guard row >= 0, start + Self.width <= cells.count else { return nil }
        let histogram = DurationHistogram(
            counts: Array(cells[start..<(start + Self.width - 1)]), nanoseconds: cells[start + Self.width - 1])
        return histogram.count == 0 ? nil : histogram
    }

    private mutating func grow(to row: Int) {
        let needed = (row + 1) * Self.width
        if cells.count < needed { cells.append(contentsOf: repeatElement(0, count: needed - cells.count)) }
    }

    private static func bucket(of duration: UInt64) -> Int {
        for (index, limit) in limits.enumerated() where duration <= limit.nanoseconds { return index }
        return limits.count
    }
}

/// Durations that were counted.
public struct DurationHistogram: Hashable, Sendable {
    /// How many fell into each bucket alone; the last one has no upper limit.
    public let counts: [UInt64]
    /// Their sum in nanoseconds.
    public let nanoseconds: UInt64

    /// The upper limits of all buckets but the last, in nanoseconds; a limit belongs to its bucket.
    public static var limits: [UInt64] { DurationHistograms.limits.map(\.nanoseconds) }

    /// How many there are.
    public var count: UInt64 { counts.reduce(0, &+) }
}

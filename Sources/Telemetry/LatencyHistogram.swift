/// How often durations of which length were counted, so that quantiles can be told within three percent.
///
/// Buckets are those of an HDR histogram: each power of two of microseconds is divided into 32 of the same width, so that a
/// bucket is never wider than a 32nd of what it holds. Durations from 2^36 microseconds (19 hours) on are in the last one:
/// there are 1,024 buckets at most, and only those between the shortest and the longest that was seen take memory.
public struct LatencyHistogram: Sendable, Equatable {
    private static let buckets = 1_024
    private static let parts: UInt64 = 32
    private static let longest: UInt64 = (1 << 36) - 1
    private static let version: UInt8 = 1

    /// The bucket that `counts` begins with.
    private var first = 0
    private var counts: [UInt64] = []
    /// How many were counted.
    public private(set) var count: UInt64 = 0
    /// Their sum in microseconds.
    public private(set) var sum: UInt64 = 0

    /// Nothing counted.
    public init() {}

    /// Counts a duration in nanoseconds; a negative one is 0.
    public mutating func observe(_ nanoseconds: Int64) {
        let duration = UInt64(clamping: nanoseconds) / 1_000
        let bucket = Self.bucket(of: duration)
        cover(bucket..<(bucket + 1))
        counts[bucket - first] &+= 1
        count &+= 1
        sum &+= duration
    }

    /// Adds what somebody else counted.
    public mutating func add(_ other: LatencyHistogram) {
        guard !other.counts.isEmpty else { return }
        cover(other.first..<(other.first + other.counts.count))
        for (place, count) in other.counts.enumerated() { counts[other.first - first + place] &+= count }
        count &+= other.count
        sum &+= other.sum
    }

    /// The duration in microseconds that so many of a thousand do not exceed, rounded up to the end of its bucket; nil where
    /// nothing was counted.
    public func quantile(perMille: UInt64) -> UInt64? {
        guard count > 0 else { return nil }
        let (whole, part) = count.quotientAndRemainder(dividingBy: 1_000)
        let share = min(perMille, 1_000)
        let rank = max(1, whole * share + (part * share + 999) / 1_000)
        var seen: UInt64 = 0
        for (place, count) in counts.enumerated() {
            seen &+= count
            if seen >= rank { return Self.end(of: first + place) }
        }
        return Self.end(of: first + counts.count - 1)
    }

    /// The mean in microseconds; nil where nothing was counted.
    public var mean: UInt64? { count > 0 ? sum / count : nil }

    /// The bucket of a duration in microseconds.
    static func bucket(of duration: UInt64) -> Int {
        let duration = min(duration, longest)
        guard duration >= parts else { return Int(duration) }
        let shift = UInt64(58 - duration.leadingZeroBitCount)
        return Int((shift + 1) * parts + (duration >> shift) - parts)
    }

    /// The longest duration in a bucket, in microseconds.
    static func end(of bucket: Int) -> UInt64 {
        let bucket = UInt64(clamping: bucket)
        guard bucket >= parts else { return bucket }
        return ((bucket % parts + parts + 1) << (bucket / parts - 1)) - 1
    }

    private mutating func cover(_ range: Range<Int>) {
        guard !counts.isEmpty else {
            first = range.lowerBound
            counts = Array(repeating: 0, count: range.count)
            return
        }
        if range.lowerBound < first {
            counts.insert(contentsOf: repeatElement(0, count: first - range.lowerBound), at: 0)
            first = range.lowerBound
        }
        let missing = range.upperBound - first - counts.count
        if missing > 0 { counts.append(contentsOf: repeatElement(0, count: missing)) }
    }
}

/// As bytes: a version, then numbers of seven bits a byte (LEB128): the sum, the first bucket, and each bucket's count,
/// where 0 stands before the number of empty buckets.
extension LatencyHistogram {
    /// The bytes.
    public var bytes: [UInt8] {
        var bytes = [Self.version]
        Self.append(sum, to: &bytes)
        Self.append(UInt64(clamping: first), to: &bytes)
        var empty: UInt64 = 0
        for count in counts {
            guard count > 0 else {
                empty += 1
                continue
            }
            if empty > 0 {
                bytes.append(0)
                Self.append(empty, to: &bytes)
                empty = 0
            }
            Self.append(count, to: &bytes)
        }
        return bytes
    }

    /// Reads what `bytes` wrote; nil for anything else.
    public init?(bytes: [UInt8]) {
        guard bytes.first == Self.version else { return nil }
        var rest = bytes.dropFirst()
        guard let sum = Self.number(&rest), let first = Self.number(&rest), first < Self.buckets else { return nil }
        self.sum = sum
        self.first = Int(first)
        while !rest.isEmpty {
            guard let count = Self.number(&rest) else { return nil }
            guard count == 0 else {
                counts.append(count)
                self.count &+= count
                guard self.first + counts.count <= Self.buckets else { return nil }
                continue
            }
            guard let empty = Self.number(&rest), empty > 0, empty < Self.buckets else { return nil }
            counts.append(contentsOf: repeatElement(0, count: Int(empty)))
            guard self.first + counts.count < Self.buckets else { return nil }
        }
    }

    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        var number = number
        while number >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: number) | 0x80)
            number >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: number))
    }

    private static func number(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 63, by: 7) {
            guard let byte = rest.popFirst() else { return nil }
            number |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return number }
        }
        return nil
    }
}

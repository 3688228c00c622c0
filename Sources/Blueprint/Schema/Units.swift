/// How long something takes or lasts, in milliseconds: written `500ms`, `30s`, `5m`, `2h`, `7d`.
public struct TimeSpan: Sendable, Hashable, Comparable {
    /// Milliseconds.
    public let milliseconds: Int64

    /// So many milliseconds.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// So many seconds.
    public static func seconds(_ count: Int64) -> TimeSpan { TimeSpan(milliseconds: count * 1_000) }

    private static let units: [(name: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]

    /// Reads a span; nil for anything else, and for more than ten years.
    public init?(_ text: String) {
        guard let (count, unit) = Quantity.divide(text), let unit = Self.units.first(where: { $0.name == unit }) else {
            return nil
        }
        let (product, overflow) = count.multipliedReportingOverflow(by: unit.milliseconds)
        guard !overflow, product <= 3_660 * 86_400_000 else { return nil }
        milliseconds = product
    }

    /// In the largest unit that loses nothing.
    public var text: String {
        guard let unit = Self.units.first(where: { milliseconds != 0 && milliseconds % $0.milliseconds == 0 }) else {
            return "0s"
        }
        return "\(milliseconds / unit.milliseconds)\(unit.name)"
    }

    /// Shorter first.
    public static func < (left: TimeSpan, right: TimeSpan) -> Bool { left.milliseconds < right.milliseconds }
}

/// How large something is, in bytes: written `512B`, `64KiB`, `1MiB`, `2GiB`.
public struct ByteSize: Sendable, Hashable, Comparable {
    /// Bytes.
    public let bytes: Int64

    /// So many bytes.
    public init(bytes: Int64) { self.bytes = bytes }

    private static let units: [(name: String, bytes: Int64)] = [
        ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1),
    ]

    /// Reads a size; nil for anything else, and for more than a tebibyte.
    public init?(_ text: String) {
        guard let (count, unit) = Quantity.divide(text), let unit = Self.units.first(where: { $0.name == unit }) else {
            return nil
        }
        let (product, overflow) = count.multipliedReportingOverflow(by: unit.bytes)
        guard !overflow, product <= 1 << 40 else { return nil }
        bytes = product
    }

    /// In the largest unit that loses nothing.
    public var text: String {
        guard let unit = Self.units.first(where: { bytes != 0 && bytes % $0.bytes == 0 }) else { return "0B" }
        return "\(bytes / unit.bytes)\(unit.name)"
    }

    /// Smaller first.
    public static func < (left: ByteSize, right: ByteSize) -> Bool { left.bytes < right.bytes }
}

/// How often in which time, counted by whom: written `100/min per consumer`.
public struct Limit: Sendable, Hashable {
    /// The time that is counted in.
    public enum Period: String, Sendable, CaseIterable {
        case second = "s"
        case minute = "min"
        case hour = "h"
        case day
        case month
    }

    /// What is counted together.
    public enum Key: String, Sendable, CaseIterable {
        /// Each consumer by itself; who is none, by address.
        case consumer
        /// Each subject of a token.
        case subject
        /// Each client of a token.
        case client
        /// Each address.
        case address
        /// Everybody together.
        case route
    }

    /// The most requests in a period; at least one.
    public let count: Int64
    /// The time that is counted in.
    public let period: Period
    /// What is counted together.
    public let key: Key

    /// A limit.
    public init(count: Int64, period: Period, key: Key = .consumer) {
        self.count = count
        self.period = period
        self.key = key
    }

    /// Reads a limit; nil for anything else.
    public init?(_ text: String) {
        let words = text.split(separator: " ")
        guard words.count == 1 || words.count == 3, let rate = words.first else { return nil }
        let parts = rate.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = WholeNumber.read(String(parts[0])), (1...1_000_000_000_000).contains(count),
            let period = Period(rawValue: String(parts[1]))
        else { return nil }
        var key = Key.consumer
        if words.count == 3 {
            guard words[1] == "per", let named = Key(rawValue: String(words[2])) else { return nil }
            key = named
        }
        self.init(count: count, period: period, key: key)
    }

    /// As it is written.
    public var text: String { "\(count)/\(period.rawValue) per \(key.rawValue)" }
}

/// A number and its unit, in one word.
private enum Quantity {
    static func divide(_ text: String) -> (count: Int64, unit: String)? {
        let digits = text.utf8.prefix { (0x30...0x39).contains($0) }
        guard let count = WholeNumber.read(String(digits) ?? "") else { return nil }
        return (count, String(text.utf8.dropFirst(digits.count)) ?? "")
    }
}

extension FieldType where Value == TimeSpan {
    /// A span of time in a range.
    public static func span(_ range: ClosedRange<TimeSpan>) -> Self {
        .word(
            "a time from \(range.lowerBound.text) to \(range.upperBound.text)", pattern: "^[0-9]+(ms|s|m|h|d)$",
            example: "30s",
            read: { text in TimeSpan(text).flatMap { range.contains($0) ? $0 : nil } }, write: \.text)
    }
}

extension FieldType where Value == ByteSize {
    /// A size in a range.
    public static func size(_ range: ClosedRange<ByteSize>) -> Self {
        .word(
            "a size from \(range.lowerBound.text) to \(range.upperBound.text)", pattern: "^[0-9]+(B|KiB|MiB|GiB)$",
            example: "64KiB", read: { text in ByteSize(text).flatMap { range.contains($0) ? $0 : nil } }, write: \.text)
    }
}

extension FieldType where Value == Limit {
    /// How often in which time.
    public static var limit: Self {
        .word(
            "how often in which time",
            pattern: "^[0-9]+/(s|min|h|day|month)( per (consumer|subject|client|address|route))?$",
            example: "100/min per consumer", read: { Limit($0) }, write: \.text)
    }
}

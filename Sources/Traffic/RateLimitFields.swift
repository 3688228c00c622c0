/// Writes the fields of draft-ietf-httpapi-ratelimit-headers (structured fields, RFC 9651) for one policy name, and
/// `Retry-After` (RFC 9110, section 10.2.3).
public struct RateLimitFields: Sendable, Hashable {
    /// The name as a structured string, with its quotes.
    private let name: [UInt8]

    /// The longest name, in bytes; the rest is cut off.
    private static var longestName: Int { 128 }
    /// The largest integer of a structured field (RFC 9651, section 3.3.1).
    private static var largest: Int64 { 999_999_999_999_999 }

    /// Fields under a policy's name. What a structured string cannot hold (RFC 9651, section 3.3.3: anything but
    /// printable ASCII) becomes `_`.
    public init(name: String) {
        var quoted: [UInt8] = [0x22]
        for scalar in name.unicodeScalars.prefix(Self.longestName) {
            guard (0x20...0x7E).contains(scalar.value) else {
                quoted.append(0x5F)
                continue
            }
            if scalar == "\"" || scalar == "\\" { quoted.append(0x5C) }
            quoted.append(UInt8(truncatingIfNeeded: scalar.value))
        }
        quoted.append(0x22)
        self.name = quoted
    }

    /// The value of `RateLimit-Policy`: `"name";q=100;w=60`.
    public func policy(_ standing: LimitStanding) -> [UInt8] {
        var field: [UInt8] = []
        field.reserveCapacity(name.count + 40)
        appendPolicy(count: standing.count, windowSeconds: standing.windowSeconds, to: &field)
        return field
    }

    /// The value of `RateLimit`: `"name";r=42;t=30`.
    public func rateLimit(_ standing: LimitStanding) -> [UInt8] {
        var field: [UInt8] = []
        field.reserveCapacity(name.count + 40)
        appendRateLimit(remaining: standing.remaining, secondsUntilReset: standing.secondsUntilReset, to: &field)
        return field
    }

    /// The value of `Retry-After`: seconds, none below 0.
    public static func retryAfter(_ seconds: Int64) -> [UInt8] {
        var field: [UInt8] = []
        append(seconds, to: &field)
        return field
    }

    /// Adds an item to a `RateLimit-Policy` list that may have some already.
    public func appendPolicy(count: Int64, windowSeconds: Int64, to list: inout [UInt8]) {
        append(0x71, count, 0x77, windowSeconds, to: &list)
    }

    /// Adds an item to a `RateLimit` list that may have some already.
    public func appendRateLimit(remaining: Int64, secondsUntilReset: Int64, to list: inout [UInt8]) {
        append(0x72, remaining, 0x74, secondsUntilReset, to: &list)
    }

    private func append(
        _ first: UInt8, _ firstValue: Int64, _ second: UInt8, _ secondValue: Int64, to list: inout [UInt8]
    ) {
        if !list.isEmpty {
            list.append(0x2C)
            list.append(0x20)
        }
        list.append(contentsOf: name)
        Self.append(parameter: first, firstValue, to: &list)
        Self.append(parameter: second, secondValue, to: &list)
    }

    private static func append(parameter: UInt8, _ value: Int64, to list: inout [UInt8]) {
        list.append(0x3B)
        list.append(parameter)
        list.append(0x3D)
        append(value, to: &list)
    }

    private static func append(_ value: Int64, to list: inout [UInt8]) {
        var rest = min(max(value, 0), largest)
        let start = list.count
        repeat {
            list.append(0x30 + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        list[start...].reverse()
    }
}

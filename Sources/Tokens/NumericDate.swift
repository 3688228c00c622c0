public import Codecs

/// Seconds since 1970-01-01T00:00:00Z, ignoring leap seconds (RFC 7519 §2); a fraction counts.
public struct NumericDate: Sendable, Equatable {
    /// The last second of the year 9999.
    public static let maximum: Int64 = 253_402_300_799

    /// The whole seconds.
    public let seconds: Int64
    /// Whether a fraction follows them.
    public let hasFraction: Bool

    /// The first whole second that is not earlier than this time. Comparing it with a clock of whole seconds is exact.
    public var ceiling: Int64 { hasFraction ? seconds + 1 : seconds }

    /// A whole number of seconds.
    public init(seconds: Int64) {
        self.seconds = seconds
        hasFraction = false
    }

    /// The number that stands in a text; twelve digits or fewer are read where they stand.
    init?(_ place: JSONPlace, in block: [UInt8]) {
        guard let whole = place.shortNumber(in: block) else {
            self.init(place.number(in: block))
            return
        }
        guard whole <= Self.maximum else { return nil }
        self.init(seconds: whole)
    }

    /// A JSON number between 0 and the year 9999; anything else is nil, also an exponent of three digits, which no time
    /// needs and other readers round to zero. Works on the digits, without floating point.
    public init?(_ number: JSONNumber) {
        var mantissa: [UInt8] = []
        var point: Int?
        var exponent = 0
        let text = number.text.bytes
        guard text.count <= 64 else { return nil }
        var offset = text.first == UInt8(ascii: "-") ? 1 : 0
        let negative = offset == 1
        scan: while offset < text.count {
            let byte = text[offset]
            switch byte {
            case UInt8(ascii: "."): point = mantissa.count
            case UInt8(ascii: "e"), UInt8(ascii: "E"): break scan
            default: mantissa.append(byte - UInt8(ascii: "0"))
            }
            offset += 1
        }
        if offset < text.count {
            let sign = text[offset + 1]
            let digits = text[(sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") ? offset + 2 : offset + 1)...]
            for digit in digits {
                guard exponent < 10 else { return nil }
                exponent = exponent * 10 + Int(digit - UInt8(ascii: "0"))
            }
            if sign == UInt8(ascii: "-") { exponent = -exponent }
        }
        let wholeDigits = (point ?? mantissa.count) + exponent
        guard let first = mantissa.firstIndex(where: { $0 != 0 }) else {
            seconds = 0
            hasFraction = false
            return
        }
        guard !negative, wholeDigits - first <= 12 else { return nil }
        var whole: Int64 = 0
        var fraction = false
        for (index, digit) in mantissa.enumerated() {
            if index < wholeDigits {
                whole = whole * 10 + Int64(digit)
            } else if digit != 0 {
                fraction = true
            }
        }
        for _ in 0..<max(0, wholeDigits - mantissa.count) { whole *= 10 }
        guard whole <= Self.maximum else { return nil }
        seconds = whole
        hasFraction = fraction
    }

    /// The time as `2026-11-23T18:25:00Z` (RFC 3339), the fraction left out.
    public var utc: String {
        // Days to civil date in the proleptic Gregorian calendar, counted in eras of 400 years from 0000-03-01.
        let days = seconds / 86_400
        let second = seconds % 86_400
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
            + "T\(Self.padded(second / 3_600, 2)):\(Self.padded(second / 60 % 60, 2)):\(Self.padded(second % 60, 2))Z"
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        var text = "\(value)"
        while text.utf8.count < width { text = "0" + text }
        return text
    }
}

/// What is written into log lines and metrics without a `String` or a `Double` in between.
extension [UInt8] {
    /// Appends a text of the program's own.
    mutating func append(_ literal: StaticString) {
        literal.withUTF8Buffer { append(contentsOf: $0) }
    }

    /// Appends a whole number.
    mutating func append(decimal value: UInt64) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var first = 20
            var rest = value
            repeat {
                first -= 1
                digits.initializeElement(at: first, to: UInt8(truncatingIfNeeded: 0x30 + rest % 10))
                rest /= 10
            } while rest > 0
            append(contentsOf: UnsafeBufferPointer(rebasing: digits[first...]))
        }
    }

    /// Appends a whole number; a negative one is 0.
    mutating func append(decimal value: Int64) {
        append(decimal: UInt64(clamping: value))
    }

    /// Appends the last digits of a number, with leading zeros.
    mutating func append(digits count: Int, of value: UInt64) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { digits in
            var rest = value
            for index in stride(from: count - 1, through: 0, by: -1) {
                digits.initializeElement(at: index, to: UInt8(truncatingIfNeeded: 0x30 + rest % 10))
                rest /= 10
            }
            append(contentsOf: UnsafeBufferPointer(digits))
        }
    }

    /// Appends nanoseconds as milliseconds with three decimals, cut; a negative number is 0.
    mutating func append(milliseconds nanoseconds: Int64) {
        let microseconds = UInt64(clamping: nanoseconds) / 1_000
        append(decimal: microseconds / 1_000)
        append(UInt8(ascii: "."))
        append(digits: 3, of: microseconds % 1_000)
    }

    /// Appends billionths as whole ones with nine decimals: exact where a `Double` would not be.
    mutating func append(billionths: UInt64) {
        append(decimal: billionths / 1_000_000_000)
        append(UInt8(ascii: "."))
        append(digits: 9, of: billionths % 1_000_000_000)
    }

    /// Appends a moment in milliseconds since 1970 in UTC, as `2026-01-31T23:59:59.999Z` (RFC 3339 §5.6). Years below
    /// 1970 and above 9999 are clamped.
    mutating func append(moment milliseconds: Int64) {
        let milliseconds = UInt64(Swift.min(Swift.max(milliseconds, 0), 253_402_300_799_999))
        let (days, rest) = milliseconds.quotientAndRemainder(dividingBy: 86_400_000)
        // Years are counted from 1 March, so that the leap day is the last day of one; 719,468 days lie between 1970
        // and 1 March of the year 0. A cycle of 400 years has 146,097 days.
        let (cycle, dayOfCycle) = (days + 719_468).quotientAndRemainder(dividingBy: 146_097)
        let yearOfCycle = (dayOfCycle - dayOfCycle / 1_460 + dayOfCycle / 36_524 - dayOfCycle / 146_096) / 365
        let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
        // From March on, months of 31, 30, 31, 30, 31 days come round in 153.
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 24) { text in
            text.initialize(repeating: Self.dash)
            func write(_ value: UInt64, digits: Int, endingAt end: Int, before mark: UInt8) {
                var rest = value
                for index in stride(from: end - 1, through: end - digits, by: -1) {
                    text[index] = UInt8(truncatingIfNeeded: 0x30 + rest % 10)
                    rest /= 10
                }
                text[end] = mark
            }
            write(cycle * 400 + yearOfCycle + (month >= 10 ? 1 : 0), digits: 4, endingAt: 4, before: Self.dash)
            write(month >= 10 ? month - 9 : month + 3, digits: 2, endingAt: 7, before: Self.dash)
            write(day, digits: 2, endingAt: 10, before: UInt8(ascii: "T"))
            write(rest / 3_600_000, digits: 2, endingAt: 13, before: Self.colon)
            write(rest / 60_000 % 60, digits: 2, endingAt: 16, before: Self.colon)
            write(rest / 1_000 % 60, digits: 2, endingAt: 19, before: UInt8(ascii: "."))
            write(rest % 1_000, digits: 3, endingAt: 23, before: UInt8(ascii: "Z"))
            append(contentsOf: UnsafeBufferPointer(text))
        }
    }

    private static var dash: UInt8 { UInt8(ascii: "-") }
    private static var colon: UInt8 { UInt8(ascii: ":") }
}

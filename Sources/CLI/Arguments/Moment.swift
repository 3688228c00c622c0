import ArgumentParser
import Foundation
import Tokens

/// A point in time as a person writes it: seconds since 1970, RFC 3339, `now`, or `+30m` and `-2d` counted from now.
struct Moment: ExpressibleByArgument, Equatable {
    private enum Reference: Equatable {
        case epoch
        case now
    }

    private let reference: Reference
    private let offset: Int64

    /// The clock, in whole seconds since 1970.
    static var clock: Int64 { Int64(Date().timeIntervalSince1970) }

    /// This very moment.
    static let now = Moment(reference: .now, offset: 0)

    private init(reference: Reference, offset: Int64) {
        self.reference = reference
        self.offset = offset
    }

    init?(argument: String) {
        let text = Array(argument.utf8)
        if argument == "now" {
            self = .now
        } else if let sign = text.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
            guard let length = Duration.seconds(text.dropFirst()) else { return nil }
            self.init(reference: .now, offset: sign == UInt8(ascii: "+") ? length : -length)
        } else if let seconds = DateText.seconds(text) {
            self.init(reference: .epoch, offset: seconds)
        } else {
            return nil
        }
    }

    /// The same, with a reason where it is something else.
    init(option argument: String) throws {
        guard let moment = Moment(argument: argument) else {
            throw ValidationError(
                Duration.seconds(argument.utf8) == nil
                    ? "a time is seconds since 1970, 2027-01-15T08:00:00Z, now, or +30m or -5m from now"
                    : "this is a length of time; counted from now it is +\(argument) or -\(argument)")
        }
        self = moment
    }

    /// Seconds since 1970, held inside what a token can say (0 to the year 9999).
    func seconds(now: Int64 = Moment.clock) -> Int64 {
        let value = reference == .now ? now + offset : offset
        return min(max(value, 0), NumericDate.maximum)
    }

    /// Lengths of time: `90`, `90s`, `30m`, `12h`, `7d`, `2w`, `1y`, or several of them as in `1h30m`.
    enum Duration {
        private static let units: [UInt8: Int64] = [
            UInt8(ascii: "s"): 1, UInt8(ascii: "m"): 60, UInt8(ascii: "h"): 3_600, UInt8(ascii: "d"): 86_400,
            UInt8(ascii: "w"): 604_800, UInt8(ascii: "y"): 31_557_600,
        ]

        static func seconds(_ text: some Collection<UInt8>) -> Int64? {
            var total: Int64 = 0
            var value: Int64?
            var hasUnit = false
            for byte in text {
                if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
                    let next = (value ?? 0) * 10 + Int64(byte - UInt8(ascii: "0"))
                    guard next <= NumericDate.maximum else { return nil }
                    value = next
                } else {
                    guard let count = value, let unit = units[byte] else { return nil }
                    total += count * unit
                    guard total <= NumericDate.maximum else { return nil }
                    value = nil
                    hasUnit = true
                }
            }
            // A bare number is seconds; one that follows a unit has lost its own.
            guard let value else { return hasUnit ? total : nil }
            return hasUnit ? nil : value
        }
    }

    /// `1790000000` or `2026-09-21T14:13:20Z` (RFC 3339 §5.6); a date alone is its midnight in UTC.
    private enum DateText {
        static func seconds(_ text: [UInt8]) -> Int64? {
            guard !text.isEmpty, text.count <= 40 else { return nil }
            if text.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) {
                guard text.count <= 12, let value = number(text[...]) else { return nil }
                return value <= NumericDate.maximum ? value : nil
            }
            guard text.count >= 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
                let year = number(text[0..<4]), let month = number(text[5..<7]), let day = number(text[8..<10]),
                (1970...9999).contains(year), (1...12).contains(month), day >= 1, day <= length(month, year)
            else { return nil }
            let midnight = days(year, month, day) * 86_400
            if text.count == 10 { return midnight }
            guard let time = time(text[10...]) else { return nil }
            return min(max(midnight + time, 0), NumericDate.maximum)
        }

        /// `T14:13:20Z`, `T14:13:20.5+02:00`.
        private static func time(_ text: ArraySlice<UInt8>) -> Int64? {
            var rest = Array(text)
            guard rest.count >= 10, [UInt8(ascii: "T"), UInt8(ascii: "t"), 0x20].contains(rest[0]),
                rest[3] == UInt8(ascii: ":"), rest[6] == UInt8(ascii: ":"), let hour = number(rest[1..<3]),
                let minute = number(rest[4..<6]), let second = number(rest[7..<9]), hour < 24, minute < 60, second < 60
            else { return nil }
            rest.removeFirst(9)
            if rest.first == UInt8(ascii: ".") {
                let digits = rest.dropFirst().prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
                guard !digits.isEmpty else { return nil }
                rest.removeFirst(1 + digits.count)
            }
            let local = hour * 3_600 + minute * 60 + second
            if rest == [UInt8(ascii: "Z")] || rest == [UInt8(ascii: "z")] { return local }
            guard rest.count == 6, rest[0] == UInt8(ascii: "+") || rest[0] == UInt8(ascii: "-"),
                rest[3] == UInt8(ascii: ":"), let hours = number(rest[1..<3]), let minutes = number(rest[4..<6]),
                hours < 24, minutes < 60
            else { return nil }
            let distance = hours * 3_600 + minutes * 60
            return rest[0] == UInt8(ascii: "+") ? local - distance : local + distance
        }

        private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
            var value: Int64 = 0
            for digit in digits {
                guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
                value = value * 10 + Int64(digit - UInt8(ascii: "0"))
            }
            return value
        }

        private static func length(_ month: Int64, _ year: Int64) -> Int64 {
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            switch month {
            case 2: return leap ? 29 : 28
            case 4, 6, 9, 11: return 30
            default: return 31
            }
        }

        /// Days from 1970-01-01, counted in years that begin in March so that the leap day comes last.
        private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
            let shifted = month <= 2 ? year - 1 : year
            let monthFromMarch = (month + 9) % 12
            return 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + (153 * monthFromMarch + 2) / 5 + day
                - 1 - 719_468
        }
    }
}

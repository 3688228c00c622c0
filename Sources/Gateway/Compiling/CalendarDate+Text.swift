import Traffic

/// Days as configurations write them and fields have them, in UTC.
extension CalendarDate {
    /// The first second of a day that is written `2027-01-01`, since 1970; nil for anything else.
    static func seconds(ofDay text: String) -> Int64? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int64($0) }
        guard parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2],
            (1_970...9_999).contains(year), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        let date = CalendarDate(year: year, month: month, day: day)
        // The 31st of a shorter month is a day of the next one.
        return CalendarDate(daysSinceEpoch: date.daysSinceEpoch) == date ? date.daysSinceEpoch * 86_400 : nil
    }

    /// A second since 1970 as header fields have it (RFC 9110 §5.6.7).
    static func fieldValue(of seconds: Int64) -> [UInt8] {
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let days = seconds / 86_400
        let rest = seconds % 86_400
        let date = CalendarDate(daysSinceEpoch: days)
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let time = "\(two(rest / 3_600)):\(two(rest / 60 % 60)):\(two(rest % 60))"
        return Array(
            "\(weekdays[Int(days % 7)]), \(two(date.day)) \(months[Int(date.month - 1)]) \(date.year) \(time) GMT".utf8)
    }
}

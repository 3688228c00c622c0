import Traffic

/// Moments as fields have them, in UTC.
extension CalendarDate {
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

/// A date of the proleptic Gregorian calendar in UTC.
public struct CalendarDate: Sendable, Equatable {
    /// 0 is the year before 1.
    public let year: Int64
    /// 1 to 12.
    public let month: Int64
    /// 1 to 31.
    public let day: Int64

    /// A date of these numbers, which need not be one of the calendar.
    public init(year: Int64, month: Int64, day: Int64) {
        self.year = year
        self.month = month
        self.day = day
    }

    private static var daysInFourYears: Int64 { 1_461 }
    private static var daysInFourCenturies: Int64 { 146_097 }
    /// From 0000-03-01 to 1970-01-01.
    private static var daysBeforeEpoch: Int64 { 719_468 }

    /// The date so many days after 1970-01-01. Years are counted from March here, so that the leap day is a year's last
    /// and months have lengths that one straight line gives.
    public init(daysSinceEpoch: Int64) {
        let days = daysSinceEpoch + Self.daysBeforeEpoch
        let era = Self.floorDivide(days, Self.daysInFourCenturies)
        let dayOfEra = days - era * Self.daysInFourCenturies
        let leapDays = dayOfEra / (Self.daysInFourYears - 1) - dayOfEra / 36_524 + dayOfEra / 146_096
        let yearOfEra = (dayOfEra - leapDays) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Days after 1970-01-01; negative before.
    public var daysSinceEpoch: Int64 {
        let yearFromMarch = month <= 2 ? year - 1 : year
        let monthFromMarch = month > 2 ? month - 3 : month + 9
        let era = Self.floorDivide(yearFromMarch, 400)
        let yearOfEra = yearFromMarch - era * 400
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * Self.daysInFourCenturies + dayOfEra - Self.daysBeforeEpoch
    }

    static func floorDivide(_ left: Int64, _ right: Int64) -> Int64 {
        let quotient = left / right
        return left % right < 0 ? quotient - 1 : quotient
    }
}

extension CalendarDate {
    /// The first second of a day that is written `2027-01-01`, since 1970; nil for anything else.
    public static func seconds(ofDay text: String) -> Int64? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int64($0) }
        guard parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2],
            (1_970...9_999).contains(year), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        let date = CalendarDate(year: year, month: month, day: day)
        // The 31st of a shorter month is a day of the next one.
        return CalendarDate(daysSinceEpoch: date.daysSinceEpoch) == date ? date.daysSinceEpoch * 86_400 : nil
    }
}

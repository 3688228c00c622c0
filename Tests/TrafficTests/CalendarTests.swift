import Testing

@testable import Traffic

@Suite("Calendar windows") struct CalendarTests {
    @Test(
        "dates and days since 1970 agree with known ones",
        arguments: [
            (1970, 1, 1, 0), (1969, 12, 31, -1), (2000, 2, 29, 11_016), (2000, 3, 1, 11_017), (1900, 2, 28, -25_509),
            (1900, 3, 1, -25_508), (2024, 2, 29, 19_782), (2024, 3, 1, 19_783), (2026, 11, 29, 20_786),
            (2100, 2, 28, 47_540), (2100, 3, 1, 47_541), (9999, 12, 31, 2_932_896), (1, 1, 1, -719_162),
        ] as [(Int64, Int64, Int64, Int64)])
    func knownDates(_ year: Int64, _ month: Int64, _ day: Int64, _ days: Int64) {
        let date = CalendarDate(year: year, month: month, day: day)
        #expect(date.daysSinceEpoch == days)
        #expect(CalendarDate(daysSinceEpoch: days) == date)
    }

    @Test("every day of four centuries follows the one before")
    func successors() {
        var date = CalendarDate(year: 1599, month: 12, day: 31)
        let first = date.daysSinceEpoch
        for days in (first + 1)...(first + 146_500) {
            let isLeap = date.year % 4 == 0 && (date.year % 100 != 0 || date.year % 400 == 0)
            let length: Int64 =
                switch date.month {
                case 2: isLeap ? 29 : 28
                case 4, 6, 9, 11: 30
                default: 31
                }
            let next =
                date.day < length
                ? CalendarDate(year: date.year, month: date.month, day: date.day + 1)
                : date.month < 12
                    ? CalendarDate(year: date.year, month: date.month + 1, day: 1)
                    : CalendarDate(year: date.year + 1, month: 1, day: 1)
            date = CalendarDate(daysSinceEpoch: days)
            guard date == next, date.daysSinceEpoch == days else {
                Issue.record("day \(days) is \(date), not \(next)")
                return
            }
        }
    }

    @Test(
        "a month begins at its first midnight and is as long as it is",
        arguments: [
            (1_709_164_800, 1_706_745_600, 29), (1_767_225_599, 1_764_547_200, 31), (1_767_225_600, 1_767_225_600, 31),
            (1_772_323_199, 1_769_904_000, 28), (4_107_542_399, 4_105_123_200, 28),
        ] as [(Int64, Int64, Int64)])
    func months(_ moment: Int64, _ start: Int64, _ days: Int64) {
        let position = TrafficPeriod.month.position(milliseconds: 0, unixSeconds: moment)
        #expect(TrafficPeriod.month.start(ofWindow: position) == start)
        #expect(TrafficPeriod.month.seconds(ofWindow: position) == days * 86_400)
    }

    @Test("a day starts anew at midnight, not before", arguments: [TrafficPeriod.day, .month])
    func boundary(_ period: TrafficPeriod) {
        let ledger = TrafficLedger(seed: testSeed)
        let use = use(1, 3, period)
        #expect(ledger.admitted(of: 5, use, at: moment(unix: firstOfMarch - 2)) == 3)
        #expect(ledger.admit(use, at: moment(unix: firstOfMarch - 1)).retryAfter == 1)
        #expect(ledger.admitted(of: 5, use, at: moment(unix: firstOfMarch)) == 3)
        let standing = ledger.admit(use, at: moment(unix: firstOfMarch + 10)).standing
        let length: Int64 = period == .day ? 86_400 : 31 * 86_400
        #expect(standing?.windowSeconds == length)
        #expect(standing?.secondsUntilReset == length - 10)
    }

    @Test("a wall clock that goes back a little keeps the later window")
    func wallClockBack() {
        let ledger = TrafficLedger(seed: testSeed, shards: 1)
        let use = use(1, 3, .day)
        #expect(ledger.admitted(of: 5, use, at: moment(unix: firstOfMarch - 1)) == 3)
        #expect(ledger.admitted(of: 2, use, at: moment(unix: firstOfMarch)) == 2)
        // A loop whose clock lags: it is still March, and one use of it is left.
        #expect(ledger.admitted(of: 5, use, at: moment(unix: firstOfMarch - 5)) == 1)
        #expect(ledger.admit(use, at: moment(unix: firstOfMarch - 5)).retryAfter == 86_405)
        #expect(ledger.admitted(of: 5, use, at: moment(unix: firstOfMarch + 1)) == 0)
    }

    @Test("a wall clock that was years ahead does not lock anybody out for years")
    func wallClockCorrected() {
        let ledger = TrafficLedger(seed: testSeed, shards: 1)
        let use = use(1, 3, .month)
        #expect(ledger.admitted(of: 5, use, at: moment(unix: firstOfMarch + 400_000_000)) == 3)
        #expect(ledger.admitted(of: 5, use, at: moment(unix: firstOfMarch)) == 3)
    }

    @Test("times beyond all clocks are taken without harm")
    func extremes() {
        let ledger = TrafficLedger(seed: testSeed, shards: 1)
        for period in TrafficPeriod.allCases {
            for extreme in [Int64.min, -1, 0, Int64.max] {
                let time = TrafficTime(monotonicMilliseconds: extreme, unixSeconds: extreme)
                #expect(ledger.admit(use(UInt32(period.rawValue), .max, period), at: time).isAdmitted)
            }
            #expect(ledger.admitted(of: 3, use(9, .min, period, by: period.rawValue.description), at: moment()) == 1)
        }
    }
}

import Codecs
import Testing
import Tokens

@Suite struct TimeTests {
    private func code(_ claim: ByteString, _ value: String, now: Int64, leeway: Int64 = 30) -> RejectionCode? {
        var judging = Judging()
        judging.policy = ClaimPolicy(algorithms: [.es256], leeway: leeway)
        judging.token = Sample.token(claims: "{\"\(claim.text)\":\(value)}")
        judging.now = now
        return judging.code
    }

    @Test(
        arguments: [
            (999, 0, nil), (1_000, 0, .tokenExpired), (1_001, 0, .tokenExpired), (1_029, 30, nil),
            (1_030, 30, .tokenExpired),
            (1_031, 30, .tokenExpired), (.min, 30, nil), (.max, 30, .tokenExpired), (999, .max, nil),
            (.max, .max, .tokenExpired),
        ] as [(Int64, Int64, RejectionCode?)])
    func `exp 1000 ends at exp plus leeway, on the second`(now: Int64, leeway: Int64, wanted: RejectionCode?) {
        #expect(code("exp", "1000", now: now, leeway: leeway) == wanted)
    }

    @Test(
        arguments: [
            (999, 0, false), (1_000, 0, true), (1_001, 0, true), (969, 30, false), (970, 30, true), (971, 30, true),
            (.min, 30, false), (.max, 30, true), (0, .max, true),
        ] as [(Int64, Int64, Bool)])
    func `nbf and iat 1000 begin leeway before`(now: Int64, leeway: Int64, passes: Bool) {
        #expect(code("nbf", "1000", now: now, leeway: leeway) == (passes ? nil : .tokenNotYetValid))
        #expect(code("iat", "1000", now: now, leeway: leeway) == (passes ? nil : .tokenIssuedInFuture))
    }

    @Test(arguments: ["1000.5", "1000.000000000000000000000001", "1.0005e3", "10005e-1", "1000.50"])
    func `a fraction counts, exactly`(value: String) {
        #expect(code("exp", value, now: 1_000, leeway: 0) == nil)
        #expect(code("exp", value, now: 1_001, leeway: 0) == .tokenExpired)
        #expect(code("nbf", value, now: 1_000, leeway: 0) == .tokenNotYetValid)
        #expect(code("nbf", value, now: 1_001, leeway: 0) == nil)
        #expect(code("iat", value, now: 1_000, leeway: 0) == .tokenIssuedInFuture)
        #expect(code("iat", value, now: 1_001, leeway: 0) == nil)
    }

    @Test(
        arguments: [
            ("0", 0, false), ("-0", 0, false), ("0.0", 0, false), ("1000.0", 1_000, false), ("1e3", 1_000, false),
            ("1E+3", 1_000, false), ("1000000e-3", 1_000, false), ("0.1e4", 1_000, false), ("0.00001e8", 1_000, false),
            ("253402300799", NumericDate.maximum, false), ("2.53402300799e11", NumericDate.maximum, false),
            ("0.5", 0, true), ("1e-1", 0, true), ("1e-99", 0, true), ("0e5", 0, false),
            ("1700000000.25", 1_700_000_000, true),
            ("100000000000.0000000000000000000000000000000000000000000000001", 100_000_000_000, true),
        ] as [(String, Int64, Bool)])
    func `a time is read from its digits`(text: String, seconds: Int64, hasFraction: Bool) throws {
        let date = try #require(self.date(text))
        #expect(date.seconds == seconds)
        #expect(date.hasFraction == hasFraction)
        #expect(date.ceiling == (hasFraction ? seconds + 1 : seconds))
    }

    @Test(arguments: [
        "-1", "-0.5", "-1e-5", "253402300800", "1e12", "1700000000000", "9223372036854775807", "9223372036854775808",
        "-9223372036854775808", "99999999999999999999999999999", "1e308", "1e100", "1e-999", "1e-100", "5e-324",
        "1e99999999999999999999", "1e-99999999999999999999",
        "1.0000000000000000000000000000000000000000000000000000000000000001",
    ])
    func `what is no time between 1970 and 9999 is none`(text: String) {
        #expect(date(text) == nil)
    }

    private func date(_ text: String) -> NumericDate? {
        guard case .number(let number) = try? JSONReader.read(Array(text.utf8)) else { return nil }
        return NumericDate(number)
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (1, "1970-01-01T00:00:01Z"), (86_399, "1970-01-01T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"), (951_868_800, "2000-03-01T00:00:00Z"),
            (1_000_000_000, "2001-09-09T01:46:40Z"), (1_234_567_890, "2009-02-13T23:31:30Z"),
            (1_300_819_380, "2011-03-22T18:43:00Z"), (1_582_934_400, "2020-02-29T00:00:00Z"),
            (1_609_459_199, "2020-12-31T23:59:59Z"), (1_700_000_000, "2023-11-14T22:13:20Z"),
            (2_147_483_648, "2038-01-19T03:14:08Z"), (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"), (253_402_300_799, "9999-12-31T23:59:59Z"),
        ] as [(Int64, String)])
    func `a time is told in UTC`(seconds: Int64, text: String) {
        #expect(NumericDate(seconds: seconds).utc == text)
    }

    @Test func `the calendar agrees with counting days, through 400 years`() {
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        var day: Int64 = 0
        for year in 1_970..<2_370 {
            let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
            for month in 1...12 {
                let length = lengths[month - 1] + (month == 2 && isLeap ? 1 : 0)
                let name = "\(year)-\(month < 10 ? "0" : "")\(month)"
                #expect(NumericDate(seconds: day * 86_400).utc == "\(name)-01T00:00:00Z")
                day += Int64(length)
                #expect(NumericDate(seconds: day * 86_400 - 1).utc == "\(name)-\(length)T23:59:59Z")
            }
        }
    }
}

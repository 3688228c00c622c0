import Testing
import Traffic

@Suite("RateLimit fields") struct RateLimitFieldsTests {
    private func text(_ field: [UInt8]) -> String { String(decoding: field, as: UTF8.self) }

    private func standing(count: Int64, window: Int64, remaining: Int64, reset: Int64) -> LimitStanding {
        LimitStanding(
            index: 0, number: 1, count: count, windowSeconds: window, remaining: remaining, secondsUntilReset: reset)
    }

    @Test("one policy")
    func one() {
        let fields = RateLimitFields(name: "default")
        let standing = standing(count: 100, window: 60, remaining: 50, reset: 30)
        #expect(text(fields.policy(standing)) == "\"default\";q=100;w=60")
        #expect(text(fields.rateLimit(standing)) == "\"default\";r=50;t=30")
        #expect(text(RateLimitFields.retryAfter(3_713)) == "3713")
    }

    @Test("several policies in one list")
    func several() {
        var (policies, limits): ([UInt8], [UInt8]) = ([], [])
        let (minute, hour) = (RateLimitFields(name: "permin"), RateLimitFields(name: "perhr"))
        minute.appendPolicy(count: 50, windowSeconds: 60, to: &policies)
        hour.appendPolicy(count: 1_000, windowSeconds: 3_600, to: &policies)
        minute.appendRateLimit(remaining: 20, secondsUntilReset: 23, to: &limits)
        hour.appendRateLimit(remaining: 399, secondsUntilReset: 2_402, to: &limits)
        #expect(text(policies) == "\"permin\";q=50;w=60, \"perhr\";q=1000;w=3600")
        #expect(text(limits) == "\"permin\";r=20;t=23, \"perhr\";r=399;t=2402")
    }

    @Test("a name is always a legal structured string")
    func names() {
        let odd = RateLimitFields(name: "a\"b\\c\r\nSet-Cookie: é\u{7F}\0~ ")
        #expect(
            text(odd.rateLimit(standing(count: 1, window: 1, remaining: 0, reset: 1)))
                == "\"a\\\"b\\\\c__Set-Cookie: ___~ \";r=0;t=1")
        let long = RateLimitFields(name: String(repeating: "\\", count: 5_000))
        #expect(
            text(long.rateLimit(standing(count: 1, window: 1, remaining: 0, reset: 1)))
                == "\"" + String(repeating: "\\\\", count: 128) + "\";r=0;t=1")
        #expect(
            text(RateLimitFields(name: "").policy(standing(count: 1, window: 2, remaining: 0, reset: 1)))
                == "\"\";q=1;w=2")
    }

    @Test("numbers stay within a structured integer and never go below zero")
    func numbers() {
        let fields = RateLimitFields(name: "x")
        let extreme = standing(count: .max, window: 0, remaining: .min, reset: 999_999_999_999_999)
        #expect(text(fields.policy(extreme)) == "\"x\";q=999999999999999;w=0")
        #expect(text(fields.rateLimit(extreme)) == "\"x\";r=0;t=999999999999999")
        #expect(text(RateLimitFields.retryAfter(-5)) == "0")
    }
}

import Testing
import Traffic

@Suite("Requests with several limits") struct AdmissionTests {
    @Test("when one limit refuses, nothing is counted at any")
    func allOrNothing() {
        for shards in [1, 64] {
            let ledger = TrafficLedger(seed: testSeed, shards: shards)
            let (wide, narrow, daily) = (use(1, 100, .minute), use(2, 3, .hour), use(3, 50, .day, by: "b"))
            #expect(ledger.admitted(of: 10, wide, narrow, daily, at: moment(1_000)) == 3)
            #expect(ledger.admitted(of: 10, daily, narrow, wide, at: moment(1_000)) == 0)
            #expect(ledger.admit(wide, at: moment(1_000)).standing?.remaining == 96)
            #expect(ledger.admit(daily, at: moment(1_000)).standing?.remaining == 46)
        }
    }

    @Test("a request that is refused makes no counters")
    func refusedMakesNone() {
        let ledger = TrafficLedger(seed: testSeed)
        #expect(ledger.admit(use(1, 1, .hour), at: moment()).isAdmitted)
        for key in 0..<50 {
            #expect(!ledger.admit([use(2, 9, .day, by: "\(key)"), use(1, 1, .hour)], at: moment()).isAdmitted)
        }
        #expect(ledger.occupancy().counters == 1)
    }

    @Test("the tightest is the limit of which the least part is left")
    func tightest() {
        let ledger = TrafficLedger(seed: testSeed)
        let uses = [use(1, 1_000, .minute), use(2, 10, .hour), use(3, 100, .day)]
        #expect(
            ledger.admit(uses, at: moment(0))
                == .admitted(
                    tightest: LimitStanding(
                        index: 1, number: 2, count: 10, windowSeconds: 3_600, remaining: 9, secondsUntilReset: 3_713)))
        #expect(ledger.admitted(of: 95, uses[2], at: moment(0)) == 95)
        let standing = ledger.admit(uses, at: moment(0)).standing
        #expect(standing?.index == 2 && standing?.remaining == 3 && standing?.secondsUntilReset == 86_400)
    }

    @Test("the limit that refuses longest is named, so that waiting for it is enough")
    func longestRefusal() {
        let ledger = TrafficLedger(seed: testSeed)
        let uses = [use(1, 2, .second), use(2, 2, .minute), use(3, 900, .hour)]
        #expect(ledger.admitted(of: 2, uses[0], uses[1], uses[2], at: moment(0)) == 2)
        let refusal = ledger.admit(uses, at: moment(500))
        #expect(
            refusal
                == .refused(
                    by: LimitStanding(
                        index: 1, number: 2, count: 2, windowSeconds: 60, remaining: 0, secondsUntilReset: 62),
                    retryAfter: 62))
        #expect(!ledger.admit(uses, at: moment(61_500)).isAdmitted)
        #expect(ledger.admit(uses, at: moment(62_500)).isAdmitted)
    }

    @Test("without limits everybody is admitted")
    func noLimits() {
        #expect(TrafficLedger().admit([TrafficUse](), at: moment()) == .admitted(tightest: nil))
    }

    @Test("a use that occurs twice in a request counts twice")
    func twice() {
        let ledger = TrafficLedger(seed: testSeed)
        let twice = use(1, 5, .minute)
        #expect(ledger.admitted(of: 9, twice, twice, at: moment()) == 2)
        #expect(ledger.admitted(of: 9, twice, at: moment()) == 1)
        #expect(ledger.admitted(of: 9, use(2, 1, .day), use(2, 1, .day), at: moment()) == 0)
    }

    @Test("keys, numbers and periods count apart")
    func apart() {
        let ledger = TrafficLedger(seed: testSeed)
        for key in ["a", "b"] {
            for number in [UInt32(1), 2] {
                for period in TrafficPeriod.allCases {
                    #expect(ledger.admitted(of: 5, use(number, 2, period, by: key), at: moment()) == 2)
                }
            }
        }
    }

    @Test("uses that are given back are free again, those of a window that is over are not")
    func giveBack() {
        let ledger = TrafficLedger(seed: testSeed, shards: 1)
        for period in TrafficPeriod.allCases {
            let uses = [use(1, 4, period)]
            #expect(ledger.admitted(of: 9, uses[0], at: moment(100)) == 4)
            ledger.giveBack(uses, admittedAt: moment(100))
            ledger.giveBack([use(1, 4, period, by: "stranger")], admittedAt: moment(100))
            #expect(ledger.admitted(of: 9, uses[0], at: moment(100)) == 1)
        }
        let later = moment(4_000_000, unix: firstOfMarch + 40 * 86_400)
        for period in TrafficPeriod.allCases {
            let use = use(1, 4, period)
            #expect(ledger.admitted(of: 9, use, at: later) == 4)
            for days in [Int64(40), 1, 20] where period != .month || days == 40 {
                ledger.giveBack([use], admittedAt: moment(100, unix: later.unixSeconds - days * 86_400))
                #expect(ledger.admitted(of: 9, use, at: later) == 0)
            }
        }
    }

    @Test("a use that was counted later than its own clock said comes back too")
    func giveBackLagging() {
        let ledger = TrafficLedger(seed: testSeed, shards: 1)
        let use = use(1, 4, .second)
        #expect(ledger.admitted(of: 2, use, at: moment(1_000)) == 2)
        #expect(ledger.admitted(of: 9, use, at: moment(900)) == 2)
        ledger.giveBack([use], admittedAt: moment(900))
        #expect(ledger.admitted(of: 9, use, at: moment(1_100)) == 1)
    }
}

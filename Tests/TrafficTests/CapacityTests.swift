import Testing
import Traffic

@Suite("Memory is bounded") struct CapacityTests {
    @Test("keys that find no room share one counter of their limit, and are not refused all")
    func overflow() {
        let ledger = TrafficLedger(seed: testSeed, capacity: 100, shards: 1)
        for key in 0..<100 {
            #expect(ledger.admitted(of: 5, use(1, 3, .hour, by: "\(key)"), at: moment()) == 3)
        }
        let late = (100..<200).count { ledger.admit(use(1, 3, .hour, by: "\($0)"), at: moment()).isAdmitted }
        #expect(late == 3)
        // Another limit has its own; those with a counter are not held to what is shared.
        #expect(ledger.admitted(of: 9, use(2, 4, .day, by: "z"), at: moment()) == 4)
        #expect(ledger.admitted(of: 9, use(2, 4, .day, by: "y"), at: moment()) == 0)
        #expect(ledger.admitted(of: 1, use(1, 3, .hour, by: "5"), at: moment()) == 0)
        #expect(ledger.occupancy().counters == 102)
        #expect(ledger.occupancy().overflowCounters == 2)
    }

    @Test("a key that shared does not start afresh when there is room again")
    func fromSharedToOwn() {
        for period in [TrafficPeriod.hour, .month] {
            let ledger = TrafficLedger(seed: testSeed, capacity: 20, shards: 1)
            for key in 0..<20 { _ = ledger.admit(use(1, 9, .second, by: "\(key)"), at: moment(0)) }
            #expect(ledger.admitted(of: 6, use(2, 9, period, by: "a"), at: moment(10)) == 6)
            #expect(ledger.occupancy().overflowCounters == 1)
            for _ in 0..<50 { _ = ledger.admit(use(3, 1_000, .second), at: moment(2_000)) }
            #expect(ledger.occupancy().counters < 5)
            #expect(ledger.admitted(of: 9, use(2, 9, period, by: "a"), at: moment(2_000)) == 3)
            #expect(ledger.admitted(of: 9, use(2, 9, period, by: "b"), at: moment(2_000)) == 3)
            // When what was shared is over, each key has all of its limit.
            let later = moment(2 * 3_600_000, unix: firstOfMarch + 31 * 86_400)
            #expect(ledger.admitted(of: 99, use(2, 9, period, by: "c"), at: later) == 9)
        }
    }

    @Test("the bound holds whatever keys come, and nobody has more than the limit")
    func flood() {
        var random = SeededGenerator(seed: 11)
        let ledger = TrafficLedger(seed: testSeed, capacity: 640, shards: 8)
        let periods: [TrafficPeriod] = [.second, .minute, .hour, .day, .month]
        var used: [TrafficUse: [Int64]] = [:]
        for step in 0..<20_000 {
            let now = Int64(step) / 4
            let key = Int.random(in: 0..<900, using: &random)
            let period = periods[key % 5]
            let use = use(UInt32(key % 5), 3, period, by: "\(key)")
            guard ledger.admit(use, at: moment(now)).isAdmitted else { continue }
            let window: Int64 = period == .second ? 1_000 : .max / 2
            used[use, default: []].append(now)
            let count = used[use, default: []].count { $0 > now - window }
            guard count <= 3 else {
                Issue.record("\(key) has \(count) of 3 in a \(period)")
                return
            }
        }
        #expect(ledger.occupancy().counters <= 640 + 8 * 5)
    }

    @Test("counters whose window is over are swept while others are used, and their memory is freed")
    func sweeping() {
        let ledger = TrafficLedger(seed: testSeed)
        for key in 0..<10_000 {
            let uses = [
                use(1, 3, .second, by: "\(key)"), use(2, 400, .minute, by: "\(key)"), use(3, 9, .day, by: "\(key)"),
            ]
            #expect(ledger.admit(uses, at: moment(0)).isAdmitted)
        }
        let before = ledger.occupancy()
        #expect(before.counters == 30_000)
        #expect(before.bytes < 30_000 * 150)
        let later = moment(100_000, unix: firstOfMarch + 86_400)
        for key in 0..<50_000 { _ = ledger.admit(use(4, 3, .hour, by: "\(key % 1_000)"), at: later) }
        let after = ledger.occupancy()
        #expect(after.counters < 2_500)
        #expect(after.bytes < before.bytes / 8)
    }

    @Test("sweeping keeps every counter that still counts")
    func sweepingKeeps() {
        let ledger = TrafficLedger(seed: testSeed, shards: 2)
        for key in 0..<2_000 {
            let period: TrafficPeriod = key % 3 == 0 ? .hour : .second
            #expect(ledger.admitted(of: 2, use(1, 2, period, by: "\(key)"), at: moment(0)) == 2)
        }
        for key in 0..<6_000 { _ = ledger.admit(use(2, 1_000_000, .hour, by: "\(key % 7)"), at: moment(5_000)) }
        #expect(ledger.occupancy().counters < 700)
        for key in stride(from: 0, to: 2_000, by: 3) {
            #expect(ledger.admitted(of: 1, use(1, 2, .hour, by: "\(key)"), at: moment(5_000)) == 0)
        }
    }

    @Test("a hundred thousand keys each have their own count")
    func manyKeys() {
        let ledger = TrafficLedger(seed: testSeed)
        let limit = TrafficLimit(number: 1, count: 1, period: .hour)
        let keys = (0..<100_000).map { LimitKey("\($0)", seed: testSeed) }
        for (admitted, round) in [(100_000, 0), (0, 1)] {
            let count = keys.count { ledger.admit(TrafficUse(of: limit, by: $0), at: moment(Int64(round))).isAdmitted }
            #expect(count == admitted)
        }
        #expect(ledger.occupancy().bytes / 100_000 < 150)
    }
}

import Testing
import Traffic

@Suite("Counters across restarts and configurations") struct CarryingOverTests {
    private static let uses = (0..<50).map { use(1, 5, .day, by: "\($0)") }

    @Test("days and months go on where they were, rolling windows are not kept")
    func restore() {
        let first = TrafficLedger(seed: testSeed, shards: 4)
        for use in Self.uses { #expect(first.admitted(of: 3, use, at: moment()) == 3) }
        #expect(first.admitted(of: 2, use(2, 9, .month), use(3, 9, .hour), at: moment()) == 2)
        let counts = first.snapshot(at: moment(unix: firstOfMarch + 60))
        #expect(counts.count == 51)
        #expect(counts.reduce(0) { $0 + $1.count } == 152)

        let second = TrafficLedger(seed: testSeed)
        #expect(second.admitted(of: 1, Self.uses[0], at: moment(unix: firstOfMarch + 100)) == 1)
        second.restore(counts, at: moment(unix: firstOfMarch + 100))
        #expect(Set(second.snapshot(at: moment())) != Set(counts))
        #expect(second.admitted(of: 9, Self.uses[0], at: moment(unix: firstOfMarch + 100)) == 1)
        for use in Self.uses.dropFirst() {
            #expect(second.admitted(of: 9, use, at: moment(unix: firstOfMarch + 100)) == 2)
        }
        #expect(second.admitted(of: 19, use(2, 9, .month), at: moment()) == 7)
        #expect(second.admitted(of: 19, use(3, 9, .hour), at: moment()) == 9)
    }

    @Test("counts of a window that is over are neither written nor read")
    func windowsThatAreOver() {
        let ledger = TrafficLedger(seed: testSeed)
        _ = ledger.admitted(of: 2, use(1, 5, .day), use(2, 5, .month), at: moment(unix: firstOfMarch - 1))
        let counts = ledger.snapshot(at: moment(unix: firstOfMarch - 1))
        #expect(counts.count == 2)
        #expect(Set(counts.map(\.windowStart)) == [firstOfMarch - 86_400, firstOfMarch - 28 * 86_400])
        #expect(ledger.snapshot(at: moment(unix: firstOfMarch)).isEmpty)
        let next = TrafficLedger(seed: testSeed)
        next.restore(counts, at: moment(unix: firstOfMarch))
        #expect(next.occupancy().counters == 0)
    }

    @Test("a store that lies ends nothing")
    func absurdCounts() {
        let ledger = TrafficLedger(seed: testSeed)
        let key = LimitKey("a", seed: testSeed)
        for count in [Int64.min, -1, 0, .max, .max, .max, 1] {
            for period in TrafficPeriod.allCases {
                let start = count == 0 ? Int64.max : firstOfMarch
                let kept = CalendarCount(number: 1, period: period, key: key, windowStart: start, count: count)
                ledger.restore([kept], at: moment())
            }
        }
        #expect(!ledger.admit(use(1, 1 << 50, .day), at: moment()).isAdmitted)
        #expect(ledger.admit(use(1, 5, .hour), at: moment()).isAdmitted)
    }

    @Test("who shared a counter before a restart is held to it after")
    func overflow() {
        let first = TrafficLedger(seed: testSeed, capacity: 10, shards: 1)
        for key in 0..<10 { _ = first.admit(use(1, 5, .day, by: "own \(key)"), at: moment()) }
        #expect(first.admitted(of: 4, use(1, 5, .day, by: "late"), at: moment()) == 4)
        let second = TrafficLedger(seed: testSeed)
        second.restore(first.snapshot(at: moment()), at: moment())
        #expect(second.admitted(of: 9, use(1, 5, .day, by: "late"), at: moment()) == 1)
        for key in 0..<10 { #expect(second.admitted(of: 9, use(1, 5, .day, by: "own \(key)"), at: moment()) == 4) }
    }

    @Test("a restored ledger without room holds everybody to the largest count")
    func restoreWithoutRoom() {
        let first = TrafficLedger(seed: testSeed)
        for (key, use) in Self.uses.enumerated() { _ = first.admitted(of: key % 4, use, at: moment()) }
        let second = TrafficLedger(seed: testSeed, capacity: 1, shards: 1)
        second.restore(first.snapshot(at: moment()), at: moment())
        #expect(second.occupancy().counters == 2)
        let late = Self.uses.map { second.admitted(of: 9, $0, at: moment()) }
        #expect(late.reduce(0, +) <= 4 + 2)
        #expect(late.reduce(0, +) >= 2)
    }

    @Test("limits that stay keep their counters, those of limits that are gone are dropped")
    func retain() {
        let ledger = TrafficLedger(seed: testSeed)
        for number in UInt32(0)..<40 {
            for period in TrafficPeriod.allCases {
                for key in ["a", "b", "c"] {
                    #expect(ledger.admitted(of: 2, use(number, 2, period, by: key), at: moment()) == 2)
                }
            }
        }
        ledger.retain(numbers: Set(UInt32(0)..<40).subtracting([3, 17, 39]))
        #expect(ledger.occupancy().counters == 37 * 15)
        for number in UInt32(0)..<40 {
            let expected = [3, 17, 39].contains(number) ? 2 : 0
            #expect(ledger.admitted(of: 5, use(number, 2, .hour, by: "b"), at: moment()) == expected)
        }
        ledger.retain(numbers: [])
        #expect(ledger.occupancy().counters == 0 && ledger.occupancy().bytes == 0)
    }
}

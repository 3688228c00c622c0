import Testing

@testable import Traffic

@Suite("Rolling windows") struct RollingWindowTests {
    static let schedules: [(TrafficPeriod, Int64, Int64, UInt64)] = [
        (.second, 1_000, 1, 1), (.second, 1_000, 7, 2), (.minute, 60_000, 5, 3), (.minute, 60_000, 300, 4),
        (.hour, 3_600_000, 20, 5), (.hour, 3_600_000, 256, 6), (.second, 1_000, 40, 7),
    ]

    @Test("no span of a window's length has more than the limit, and every refusal is justified", arguments: schedules)
    func model(_ period: TrafficPeriod, _ window: Int64, _ count: Int64, _ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        // Others' counters make it sweep and move counters meanwhile.
        let ledger = TrafficLedger(seed: testSeed, shards: 1)
        let use = use(1, count, period)
        var (told, latest): (Int64, Int64) = (5_000_000, 0)
        var admitted: [Int64] = []
        var (admissions, refusals) = (0, 0)
        // Some windows are filled between the longer steps, however large the limit.
        let spread = 8 * max(count, 5)
        for _ in 0..<6_000 {
            let dice = Int64.random(in: 0..<spread, using: &random)
            switch dice {
            case 0: told += window
            case 1: told += window - 1
            case 2: told += window + window / 32
            case 3...6: told -= min(window / 40, 20)
            case 7...10: told += Int64.random(in: 0...(window / 16), using: &random)
            case 11..<(spread / 2): told += Int64.random(in: 0...max(1, 2 * window / count), using: &random)
            default: break
            }
            let stranger = "\(Int.random(in: 0..<500, using: &random))"
            _ = ledger.admit(
                Traffic.TrafficUse(of: use.limit, by: LimitKey(stranger, seed: testSeed)), at: moment(told))
            latest = max(latest, told)
            let admission = ledger.admit(use, at: moment(told))
            if admission.isAdmitted {
                admissions += 1
                admitted.append(latest)
                // Every span that is full ends with some admission, so to look at those that end here is enough.
                let inSpan = admitted.reversed().prefix { $0 > latest - window }.count
                guard inSpan <= count else {
                    Issue.record("\(inSpan) of \(count) in the window before \(latest)")
                    return
                }
                #expect(admission.standing?.remaining ?? -1 <= count - Int64(inSpan))
            } else {
                refusals += 1
                let late = window / 32 + 1
                let inSpan = admitted.reversed().prefix { $0 > latest - window - late }.count
                guard inSpan >= count else {
                    Issue.record("refused with \(inSpan) of \(count) at \(latest)")
                    return
                }
            }
        }
        #expect(admissions > 100 && refusals > 100)
    }

    @Test("coming back after the time that was told succeeds, a second earlier it does not", arguments: schedules)
    func retryAfter(_ period: TrafficPeriod, _ window: Int64, _ count: Int64, _ seed: UInt64) {
        var random = SeededGenerator(seed: seed &+ 100)
        let ledger = TrafficLedger(seed: testSeed)
        let use = use(1, count, period)
        var now: Int64 = 1
        var checks = 0
        for _ in 0..<4_000 {
            now += Int64.random(in: 0...max(1, window / count), using: &random)
            guard let seconds = ledger.admit(use, at: moment(now)).retryAfter else { continue }
            checks += 1
            #expect(seconds >= 1 && seconds * 1_000 <= window + window / 32 + 1_000)
            if Bool.random(using: &random) {
                // A clock that lags waits longer, but never too short.
                let lagging = ledger.admit(use, at: moment(now - 7)).retryAfter ?? 0
                #expect(lagging * 1_000 - 7 >= (seconds - 1) * 1_000)
            }
            if seconds > 1 { #expect(!ledger.admit(use, at: moment(now + (seconds - 1) * 1_000)).isAdmitted) }
            now += seconds * 1_000
            guard ledger.admit(use, at: moment(now)).isAdmitted else {
                Issue.record("told \(seconds) s, refused at \(now)")
                return
            }
        }
        #expect(checks > 20)
    }

    @Test("a use comes back when its window is over, at most a 32nd later")
    func comesBack() {
        let ledger = TrafficLedger(seed: testSeed)
        let use = use(1, 1, .minute)
        #expect(ledger.admit(use, at: moment(60_000)).isAdmitted)
        for earlier in stride(from: Int64(60_000), through: 120_000, by: 100) {
            #expect(!ledger.admit(use, at: moment(earlier)).isAdmitted)
        }
        #expect(ledger.admit(use, at: moment(121_875)).isAdmitted)
    }

    @Test("a clock that goes back neither frees places nor moves uses into the past")
    func clockBack() {
        let ledger = TrafficLedger(seed: testSeed, shards: 1)
        let use = use(1, 10, .second)
        #expect(ledger.admitted(of: 6, use, at: moment(10_000)) == 6)
        #expect(ledger.admitted(of: 6, use, at: moment(9_990)) == 4)
        #expect(ledger.admitted(of: 6, use, at: moment(0)) == 0)
        #expect(ledger.admitted(of: 6, use, at: moment(11_000)) == 0)
        #expect(ledger.admitted(of: 20, use, at: moment(11_040)) == 10)
    }

    @Test("a counter that is over and swept is not forgotten by a loop that lags")
    func sweptAndBack() {
        let ledger = TrafficLedger(seed: testSeed, shards: 1)
        let use = use(1, 10, .second)
        #expect(ledger.admitted(of: 20, use, at: moment(10_000)) == 10)
        for _ in 0..<100 { _ = ledger.admit(self.other, at: moment(11_040)) }
        #expect(ledger.admitted(of: 5, use, at: moment(11_020)) == 5)
        // Counted at 11,040 and not at 11,020: in place until then.
        #expect(ledger.admitted(of: 20, use, at: moment(12_039)) == 5)
        #expect(ledger.occupancy().counters == 2)
    }

    @Test("a whole limit within one sub-bucket comes back whole", arguments: [255, 256, 65_536] as [Int64])
    func oneSubBucket(_ count: Int64) {
        let ledger = TrafficLedger(seed: testSeed)
        let use = use(1, count, .second)
        #expect(ledger.admitted(of: Int(count), use, at: moment(1_000)) == Int(count))
        #expect(!ledger.admit(use, at: moment(1_500)).isAdmitted)
        #expect(ledger.admit(use, at: moment(2_032)).standing?.remaining == count - 1)
    }

    private let other = use(2, 1_000, .second, by: "other")

    @Test("counters of every width keep the sums of a plain model", arguments: CounterLayout.allCases.dropFirst())
    func widths(_ layout: CounterLayout) throws {
        var random = SeededGenerator(seed: 9)
        var store = CounterStore(layout)
        let tag = CounterTag(number: 7, period: .second)
        let key = LimitKey(high: 3, low: 4)
        let slot = store.insert(tag, key, hash: tag.hash(with: key), at: 100)
        let counter = try #require(store[slot])
        let most: Int64 = layout == .rolling64 ? 1 << 40 : (1 << (8 * Int64(layout.width))) - 1
        var model: [Int64: Int64] = [:]
        var position: Int64 = 100
        for step in 0..<3_000 {
            if step % 3 == 0 { position += Int64.random(in: 0...(step % 30 == 0 ? 70 : 5), using: &random) }
            counter.advance(to: position)
            model = model.filter { $0.key > position - 33 }
            let sum = model.values.reduce(0, +)
            #expect(counter.total == sum)
            let uses = Int64.random(in: 0...(most - sum), using: &random)
            counter.add(uses)
            model[position, default: 0] += uses
            let back = Int64.random(in: (position - 40)...position, using: &random)
            counter.takeBack(from: back)
            if let taken = model.keys.filter({ $0 >= back && model[$0] != 0 }).min(), back > position - 33 {
                model[taken, default: 0] -= 1
            }
            let left = Int64.random(in: 0...most, using: &random)
            let expected = (position - 32...position).first { since in
                model.filter { $0.key > since }.values.reduce(0, +) <= left
            }
            #expect(counter.position(leavingAtMost: left) == expected)
        }
    }
}

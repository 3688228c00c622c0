import Foundation
import Synchronization
import Testing
import Traffic

@Suite("Several threads") struct ThreadsTests {
    /// Runs on so many threads at once and waits for all.
    private func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        let done = DispatchSemaphore(value: 0)
        for number in 0..<count {
            Thread.detachNewThread {
                body(number)
                done.signal()
            }
        }
        for _ in 0..<count { done.wait() }
    }

    @Test("eight threads get exactly the limit of everybody together")
    func together() {
        let ledger = TrafficLedger(seed: testSeed)
        let route = TrafficUse(of: TrafficLimit(number: 1, count: 10_000, period: .hour), by: .everybody)
        let keys = (0..<1_000).map { LimitKey("\($0)", seed: testSeed) }
        let admitted = Atomic(0)
        onThreads(8) { thread in
            var count = 0
            for step in 0..<2_000 {
                let key = keys[(step &+ thread &* 131) % 1_000]
                let consumer = TrafficUse(of: TrafficLimit(number: 2, count: 1_000, period: .day), by: key)
                let minute = TrafficUse(of: TrafficLimit(number: 3, count: 60_000, period: .minute), by: key)
                // In every order: locks must not wait for each other.
                let uses = step % 2 == 0 ? [route, consumer, minute] : [minute, consumer, route]
                let lag = Int64(thread % 3)
                if ledger.admit(uses, at: moment(1_000 + Int64(step / 10) - lag)).isAdmitted { count += 1 }
            }
            admitted.add(count, ordering: .relaxed)
        }
        #expect(admitted.load(ordering: .relaxed) == 10_000)
        // What one limit refused is not counted at another.
        #expect(ledger.snapshot(at: moment()).reduce(0) { $0 + $1.count } == 10_000)
    }

    @Test("eight threads get exactly each key's limit, while counters come and go")
    func each() {
        let ledger = TrafficLedger(seed: testSeed, shards: 4)
        let limit = TrafficLimit(number: 1, count: 10, period: .hour)
        let passing = TrafficLimit(number: 2, count: 10, period: .second)
        let keys = (0..<1_000).map { LimitKey("\($0)", seed: testSeed) }
        let admitted = Mutex([Int](repeating: 0, count: 1_000))
        onThreads(8) { thread in
            for step in 0..<2_000 {
                let number = (step &* 7 &+ thread &* 113) % 1_000
                let now = moment(Int64(step))
                _ = ledger.admit(TrafficUse(of: passing, by: keys[number]), at: now)
                if ledger.admit(TrafficUse(of: limit, by: keys[number]), at: now).isAdmitted {
                    admitted.withLock { $0[number] += 1 }
                }
            }
        }
        #expect(admitted.withLock { $0.allSatisfy { $0 == 10 } })
    }
}

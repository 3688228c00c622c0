import Dispatch
import Foundation
import Storage
import Synchronization
import TestSupport
import Testing

@testable import AIGateway

private final class Flag: Sendable {
    let isSet = Mutex(false)
}

@Suite struct LedgerStoreTests {
    private static let noon: Int64 = 1_709_208_000
    private static let today = noon / 86_400
    private let temporary: TemporaryFolder
    private let key = MasterKey.generate()
    private let dollar: Currency

    init() throws {
        temporary = try TemporaryFolder()
        dollar = try #require(Currency("USD"))
    }

    private func money(_ nanos: Int64) -> Money { Money(nanos: nanos, dollar) }

    private func day(_ nanos: Int64) -> BudgetLimit { BudgetLimit(key: "day", amount: money(nanos), period: .day) }

    private func head(_ caller: String = "ada", _ alias: String = "fast") -> SpendEntryHead {
        SpendEntryHead(trace: "00f067aa0ba902b7", caller: caller, alias: alias)
    }

    private func usage(_ model: String = "m", _ input: Int64 = 10) -> SpendUsage {
        SpendUsage(provider: "p", model: model, tokens: TokenCounts(input: input, cachedInput: 4, output: 5))
    }

    private func open(_ folder: TemporaryFolder? = nil) async throws -> Store {
        try await Store(folder: try DataFolder.claim((folder ?? temporary).path), masterKey: key)
    }

    private func ledger(_ store: Store, now: Int64 = noon) async throws -> SpendLedger {
        try await SpendLedger.open(in: store, now: now)
    }

    /// What a process that is killed at this moment leaves behind. Called among the writers.
    private func copy() throws -> TemporaryFolder {
        let copy = try TemporaryFolder()
        for name in ["signet.db", "signet.db-wal"] { try copy.write(temporary.bytes(of: name), to: name) }
        return copy
    }

    @Test("a ledger that was closed is there again, entries, sums and budgets alike")
    func restart() async throws {
        var store = try await open()
        var ledger = try await ledger(store)
        let limit = day(1_000)
        for (index, caller) in ["ada", "bob", "ada"].enumerated() {
            let reservation = try await ledger.reserve(
                money(100), against: [limit], for: head(caller), now: Self.noon + Int64(index))
            #expect(try await ledger.settle(reservation, actual: money(30), usage: usage()))
        }
        let released = try await ledger.reserve(money(100), against: [limit], for: head(), now: Self.noon)
        ledger.release(released)
        let before = ledger.state(of: limit, now: Self.noon)
        #expect(before.settled == money(90))
        #expect(before.reserved == money(0))
        try await ledger.close()
        try store.close()

        store = try await open()
        ledger = try await self.ledger(store)
        #expect(ledger.state(of: limit, now: Self.noon) == before)
        let entries = try await ledger.entries(before: nil, limit: 10)
        #expect(entries.map(\.number) == [3, 2, 1])
        #expect(entries.map(\.time) == [Self.noon + 2, Self.noon + 1, Self.noon])
        #expect(entries.first?.usage == usage())
        #expect(entries.first?.head == head())
        #expect(entries.allSatisfy { $0.cost == money(30) && $0.outcome == .settled })
        #expect(try await ledger.entries(before: 3, SpendFilter(caller: "ada"), limit: 10).map(\.number) == [1])
        #expect(try await ledger.entries(before: nil, limit: 2).map(\.number) == [3, 2])
        for (filter, numbers): (SpendFilter, [Int64]) in [
            (
                SpendFilter(caller: "ada", alias: entries[0].head.alias),
                entries.filter { $0.head == entries[0].head }.map(\.number)
            ),
            (SpendFilter(alias: "none"), []), (SpendFilter(trace: entries[0].head.trace), entries.map(\.number)),
            (SpendFilter(trace: "none"), []),
        ] { #expect(try await ledger.entries(before: nil, filter, limit: 10).map(\.number) == numbers) }
        let next = try await ledger.reserve(money(910), against: [limit], for: head(), now: Self.noon)
        #expect(next.number > 3)
        await #expect(throws: SpendRefusal.self) {
            try await ledger.reserve(money(1), against: [limit], for: head(), now: Self.noon)
        }
        try store.close()
    }

    @Test("entries are added up by caller, alias, provider, model and day")
    func series() async throws {
        let store = try await open()
        let ledger = try await ledger(store)
        let euro = try #require(Currency("EUR"))
        let spent: [(String, String, String, Int64, Money)] = [
            ("ada", "fast", "m", 0, money(1)), ("bob", "fast", "m", 0, money(2)), ("ada", "big", "n", 1, money(4)),
            ("ada", "fast", "n", 2, money(8)), ("bob", "big", "n", 1, Money(nanos: 16, euro)),
        ]
        for (caller, alias, model, day, cost) in spent {
            let reservation = try await ledger.reserve(
                cost, against: [], for: head(caller, alias), now: Self.noon + day * 86_400)
            try await ledger.settle(reservation, actual: cost, usage: usage(model))
        }
        func series(_ grouping: SpendGrouping, _ step: Int64, _ from: Int64, _ to: Int64) async throws -> [String] {
            try await ledger.series(by: grouping, step: step, from: from, to: to, limit: 100).map {
                "\($0.starts - Self.noon) \($0.sum.name) \($0.sum.requests) \($0.sum.cost.nanos) \($0.sum.cost.currency)"
            }
        }
        let nextNoon = Self.noon + 86_400
        #expect(
            try await series(.alias, 3_600, Self.noon, nextNoon + 1)
                == ["0 fast 2 3 USD", "86400 big 1 16 EUR", "86400 big 1 4 USD"])
        #expect(try await series(.alias, 60, Self.noon + 59, nextNoon) == ["0 fast 2 3 USD"])
        #expect(
            try await series(.caller, 86_400, nextNoon, nextNoon + 1)
                == ["43200 ada 1 4 USD", "43200 bob 1 16 EUR"])
        #expect(try await series(.day, 86_400, 0, .max).count == 4)
        try store.close()
    }

    @Test("entries are deleted when they are old, a thousand at a time, and their sums stay for longer")
    func retention() async throws {
        let store = try await open()
        let ledger = try await ledger(store)
        try await withThrowingTaskGroup { group in
            for index in 0..<2_100 {
                group.addTask { [self] in
                    let reservation = try await ledger.reserve(
                        money(1), against: [day(10_000)], for: head(),
                        now: Self.noon + (index < 2_050 ? 0 : 5 * 86_400))
                    try await ledger.settle(reservation, actual: money(1), usage: usage())
                }
            }
            try await group.waitForAll()
        }
        let keeping = SpendLedger.Retention(entryDays: 2, sumDays: 8)
        try await ledger.keepUp(now: Self.noon + 5 * 86_400, keeping: keeping)
        #expect(try await ledger.entries(before: nil, limit: 5_000).count == 50)
        func requests() async throws -> [Int64] {
            try await ledger.series(by: .day, step: 86_400, from: 0, to: Self.noon * 2, limit: 10).map(\.sum.requests)
        }
        #expect(try await requests() == [2_050, 50])
        try await ledger.keepUp(now: Self.noon + 9 * 86_400, keeping: keeping)
        #expect(try await requests() == [50])
        try store.close()
    }

    @Test("of a thousand calls at once as many go through as the budget holds, and the store agrees")
    func threads() async throws {
        let store = try await open()
        let ledger = try await ledger(store)
        let limit = day(1_000)
        let reserved = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<1_000 {
                group.addTask { [self] in
                    guard
                        let reservation = try? await ledger.reserve(
                            money(7), against: [limit], for: head(), now: Self.noon)
                    else { return false }
                    _ = try? await ledger.settle(reservation, actual: money(7), usage: usage())
                    return true
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(reserved == 142)
        let state = ledger.state(of: limit, now: Self.noon)
        #expect(state.settled == money(994))
        #expect(state.reserved == money(0))
        let entries = try await ledger.entries(before: nil, limit: 2_000)
        #expect(entries.count == 142)
        #expect(Set(entries.map(\.number)).count == 142)
        try store.close()
    }

    @Test("a process that is killed loses no spend: what was told is there, and what was under way counts as spent")
    func killed() async throws {
        let store = try await open()
        let ledger = try await ledger(store)
        let limit = day(10_000)
        let settled = try await ledger.reserve(money(100), against: [limit], for: head(), now: Self.noon)
        try await ledger.settle(settled, actual: money(60), usage: usage())
        _ = try await ledger.reserve(money(90), against: [limit], for: head("bob"), now: Self.noon)
        // Its row is in the store when something that came later is.
        let later = try await ledger.reserve(money(5), against: [], for: head(), now: Self.noon)
        try await ledger.settle(later, actual: money(5), usage: usage())
        let left = try await store.write { _ in
            // While the store writes nothing, what is covered by a claim goes on: here, one that no row tells of.
            let went = DispatchSemaphore(value: 0)
            Task.detached { [self] in
                _ = try? await ledger.reserve(money(70), against: [limit], for: head("eve"), now: Self.noon)
                went.signal()
            }
            #expect(went.wait(timeout: .now() + 10) == .success)
            return try copy()
        }
        let found = try await open(left)
        let recovered = try await self.ledger(found)
        let state = recovered.state(of: limit, now: Self.noon)
        #expect(state.settled == money(60 + 90))
        #expect(state.reserved == money(0))
        #expect(state.unrecorded.nanos >= 70)
        // What is counted too much is what came in during two commits, at most.
        #expect(state.unrecorded.nanos <= 3 * 100)
        let entries = try await recovered.entries(before: nil, limit: 10)
        #expect(entries.map(\.outcome) == [.settled, .interrupted, .settled])
        #expect(entries.map(\.cost) == [money(5), money(90), money(60)])
        #expect(entries[1].head == head("bob"))
        try await recovered.close()
        try found.close()
        // A second start finds the same.
        let again = try await open(left)
        #expect(try await self.ledger(again).state(of: limit, now: Self.noon) == state)
        try again.close()
        try store.close()
    }

    @Test("what goes beyond the claim waits for the store, and a closed store lets nobody spend")
    func waits() async throws {
        let store = try await open()
        let ledger = try await ledger(store)
        let limit = day(1_000_000)
        _ = try await ledger.reserve(money(10), against: [limit], for: head(), now: Self.noon)
        let went = Flag()
        let release = DispatchSemaphore(value: 0)
        let writing = Task { try await store.write { _ in release.wait() } }
        let large = Task {
            _ = try await ledger.reserve(money(500_000), against: [limit], for: head(), now: Self.noon)
            went.isSet.withLock { $0 = true }
        }
        try await Task.sleep(for: .milliseconds(50))
        #expect(!went.isSet.withLock { $0 })
        release.signal()
        try await large.value
        try await writing.value
        #expect(went.isSet.withLock { $0 })
        let open = try await ledger.reserve(money(1), against: [limit], for: head(), now: Self.noon)
        try await ledger.close()
        try store.close()
        let refused = await #expect(throws: SpendRefusal.self) {
            try await ledger.reserve(money(400_000), against: [limit], for: head(), now: Self.noon)
        }
        guard case .unavailable(let failure) = refused else { throw try #require(refused) }
        #expect(failure.code == .closed)
        #expect(ledger.state(of: limit, now: Self.noon).reserved == money(500_011))
        await #expect(throws: StoreError.self) { try await ledger.settle(open, actual: money(1), usage: usage()) }
    }

    @Test("whoever closes a ledger at rest waits for nothing")
    func rest() async throws {
        let store = try await open()
        let ledger = try await ledger(store)
        try await ledger.close()
        try await ledger.close()
        try store.close()
    }
}

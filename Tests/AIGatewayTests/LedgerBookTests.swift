import Storage
import TestSupport
import Testing

@testable import AIGateway

/// A book that checks can change.
private final class Book {
    var value = SpendBook()

    var open: [Int64: OpenReservation] { value.open }
    var counters: [BudgetWindow: SpendBook.Counter] { value.counters }

    func reserve(
        _ estimate: Money, against limits: [BudgetLimit], for head: SpendEntryHead, now: Int64, lasting: Int64
    ) throws(SpendRefusal) -> (SpendReservation, isCovered: Bool) {
        try value.reserve(estimate, against: limits, for: head, now: now, lasting: lasting)
    }

    func settle(_ number: Int64, actual: Money, usage: SpendUsage) -> Bool {
        value.settle(number, actual: actual, usage: usage)
    }

    func release(_ number: Int64) { value.release(number) }
    func keepUp(now: Int64) { value.keepUp(now: now) }
    func takeBatch() -> SpendBatch? { value.takeBatch() }
    func committed(_ batch: SpendBatch) { value.committed(batch) }
    func failed(_ batch: SpendBatch) { value.failed(batch) }
    func state(of limit: BudgetLimit, now: Int64) -> BudgetState { value.state(of: limit, now: now) }
}

@Suite struct LedgerBookTests {
    private static let noon: Int64 = 1_709_208_000
    private let head = SpendEntryHead(trace: "t", caller: "ada", alias: "fast")
    private let dollar: Currency

    init() throws { dollar = try #require(Currency("USD")) }

    private func money(_ nanos: Int64) -> Money { Money(nanos: nanos, dollar) }

    private func limit(_ key: String, _ nanos: Int64, _ period: BudgetPeriod = .day) -> BudgetLimit {
        BudgetLimit(key: key, amount: money(nanos), period: period)
    }

    private func reserve(
        _ nanos: Int64, _ limits: [BudgetLimit], now: Int64 = noon, _ book: Book
    ) throws(SpendRefusal) -> SpendReservation {
        try book.reserve(money(nanos), against: limits, for: head, now: now, lasting: 100).0
    }

    private func used(_ limit: BudgetLimit, _ book: Book, now: Int64 = noon) -> [Int64] {
        let state = book.state(of: limit, now: now)
        return [state.settled.nanos, state.reserved.nanos]
    }

    @Test("a reservation fits into all its budgets or touches none, and the one that renews last is told")
    func allOrNone() throws {
        let book = Book()
        let (day, month, once) = (limit("d", 100), limit("m", 60, .month), limit("o", 50, .range(0...Self.noon)))
        _ = try reserve(50, [day, month, once], book)
        let refused = #expect(throws: SpendRefusal.self) { try reserve(20, [day, month], book) }
        guard case .exhausted(let exhausted) = refused else { throw try #require(refused) }
        #expect(
            exhausted
                == BudgetExhausted(
                    budget: "m", amount: money(60), spent: money(50), requested: money(20), renews: 1_709_251_200))
        #expect(used(day, book) == [0, 50])
        #expect(used(month, book) == [0, 50])
        // Both are too small; the day is over before the month, and what is over for good never comes back.
        for limits in [[day, month], [month, day]] {
            let refused = #expect(throws: SpendRefusal.self) { try reserve(70, limits, now: Self.noon - 86_400, book) }
            guard case .exhausted(let told) = refused else { throw try #require(refused) }
            #expect(told.budget == "m")
        }
        let never = #expect(throws: SpendRefusal.self) { try reserve(1_000, [once, month], book) }
        guard case .exhausted(let told) = never else { throw try #require(never) }
        #expect(told.budget == "o")
        #expect(told.renews == nil)
        _ = try reserve(10, [day, month], book)
        #expect(used(day, book) == [0, 60])
        #expect(used(month, book) == [0, 60])
        #expect(book.state(of: month, now: Self.noon).left == money(0))
    }

    @Test("a budget begins anew with its period, and a request counts in the period in which it began")
    func renewal() throws {
        let book = Book()
        let day = limit("d", 100)
        let midnight: Int64 = 1_709_251_200
        let late = try reserve(100, [day], now: midnight - 1, book)
        #expect(throws: SpendRefusal.self) { try reserve(1, [day], now: midnight - 1, book) }
        _ = try reserve(100, [day], now: midnight, book)
        #expect(book.settle(late.number, actual: money(70), usage: .unknown))
        #expect(used(day, book, now: midnight - 1) == [70, 0])
        #expect(used(day, book, now: midnight) == [0, 100])
        let range = limit("r", 100, .range(10...20))
        let outside: [(Int64, Int64?)] = [(9, 10), (21, nil)]
        for (time, renews) in outside {
            let refused = #expect(throws: SpendRefusal.self) { try reserve(1, [range], now: time, book) }
            guard case .exhausted(let told) = refused else { throw try #require(refused) }
            #expect(told.renews == renews)
        }
        _ = try reserve(1, [range], now: 20, book)
    }

    @Test("a budget in another currency is no budget that could be kept")
    func currencies() throws {
        let book = Book()
        let euro = try #require(Currency("EUR"))
        let foreign = BudgetLimit(key: "e", amount: Money(nanos: 100, euro), period: .day)
        #expect(throws: SpendRefusal.otherCurrency("e")) { try reserve(1, [limit("d", 9), foreign], book) }
        #expect(used(limit("d", 9), book) == [0, 0])
        let day = limit("d", 100)
        let reservation = try reserve(40, [day], book)
        #expect(book.settle(reservation.number, actual: Money(nanos: 7, euro), usage: .unknown))
        #expect(used(day, book) == [40, 0])
        #expect(book.takeBatch()?.entries.map(\.cost) == [Money(nanos: 7, euro)])
    }

    @Test("a reservation is ended once, by whoever comes first")
    func once() throws {
        let book = Book()
        let day = limit("d", 100)
        let settled = try reserve(40, [day, day], book)
        #expect(used(day, book) == [0, 40])
        #expect(book.settle(settled.number, actual: money(50), usage: .unknown))
        #expect(!book.settle(settled.number, actual: money(50), usage: .unknown))
        book.release(settled.number)
        #expect(used(day, book) == [50, 0])
        let released = try reserve(40, [day], book)
        book.release(released.number)
        #expect(!book.settle(released.number, actual: money(1), usage: .unknown))
        #expect(used(day, book) == [50, 0])
        let forgotten = try reserve(30, [day], book)
        book.keepUp(now: Self.noon + 99)
        #expect(used(day, book) == [50, 30])
        book.keepUp(now: Self.noon + 100)
        #expect(used(day, book) == [80, 0])
        #expect(!book.settle(forgotten.number, actual: money(1), usage: .unknown))
        #expect(book.takeBatch()?.entries.map(\.outcome) == [.settled, .expired])
    }

    @Test("amounts that are out of any proportion end no process")
    func extremes() throws {
        let book = Book()
        let wide = limit("w", .max)
        for _ in 0..<9_300 {
            let reservation = try reserve(.max, [], book)
            #expect(book.settle(reservation.number, actual: money(.max), usage: .unknown))
            _ = book.takeBatch()
        }
        #expect(book.state(of: .everything(dollar), now: Self.noon).settled == money(.max))
        #expect(try reserve(-5, [wide], book).estimate == money(0))
        #expect(throws: SpendRefusal.self) { try reserve(1, [limit("n", -1)], book) }
    }

    @Test("only what goes beyond the claim waits for the store")
    func covered() throws {
        let book = Book()
        let day = limit("d", 1_000)
        func isCovered(_ nanos: Int64) throws -> Bool {
            try book.reserve(money(nanos), against: [day], for: head, now: Self.noon, lasting: 100).isCovered
        }
        #expect(try !isCovered(10))
        let first = try #require(book.takeBatch())
        // Taken is not written.
        #expect(try !isCovered(1))
        book.committed(first)
        #expect(try isCovered(1))
        #expect(try !isCovered(100))
        let second = try #require(book.takeBatch())
        book.failed(second)
        #expect(try !isCovered(1))
        let third = try #require(book.takeBatch())
        book.committed(third)
        #expect(try isCovered(150))
        // A claim never goes beyond the amount of the budget.
        #expect(book.counters[day.window(at: Self.noon)]?.claimed ?? 0 <= 1_000)
        // At rest, nothing is claimed beyond what is used.
        for number in book.open.keys { book.release(number) }
        for _ in 0..<3 {
            book.keepUp(now: Self.noon)
            if let batch = book.takeBatch() { book.committed(batch) }
        }
        #expect(book.counters.values.allSatisfy { $0.claimed == 0 })
    }

    @Test("windows that are over are forgotten, but not what is open in them")
    func forgetting() throws {
        let book = Book()
        let day = limit("d", 100)
        _ = try reserve(1, [day], book)
        if let batch = book.takeBatch() { book.committed(batch) }
        book.keepUp(now: Self.noon + 50)
        #expect(book.counters.count == 2)
        book.keepUp(now: Self.noon + 40 * 86_400)
        #expect(book.open.isEmpty)
        if let batch = book.takeBatch() { book.committed(batch) }
        // Its claim was given back by the last batch, so that it is at rest from the next day on.
        for day in Int64(41)...42 {
            book.keepUp(now: Self.noon + day * 86_400)
            if let batch = book.takeBatch() { book.committed(batch) }
        }
        #expect(book.counters.isEmpty)
    }
}

/// What the store would hold, and what a process finds there that was killed.
private struct StoreModel {
    var settled: [BudgetWindow: Int64] = [:]
    var claimed: [BudgetWindow: Int64] = [:]
    var open: [Int64: OpenReservation] = [:]
    var entries: [Int64: SpendEntry] = [:]

    mutating func write(_ batch: SpendBatch) {
        for (number, held) in batch.opened { open[number] = held }
        for number in batch.closed { open[number] = nil }
        for entry in batch.entries { entries[entry.number] = entry }
        for count in batch.counters {
            settled[count.window, default: 0] += count.added
            claimed[count.window] = count.claimed
        }
    }

    /// What counts as spent after a crash now.
    func recovered(_ window: BudgetWindow) -> Int64 {
        let interrupted = open.values.filter { $0.windows.contains(window) }.map(\.estimate.nanos).reduce(0, +)
        return max(claimed[window] ?? 0, (settled[window] ?? 0) + interrupted)
    }
}

/// A random course of events beside the book, told apart from it: what must be true of the book and the store at each moment.
private struct Course {
    struct Running {
        let limits: Set<Int>
        let estimate: Int64
        /// The number of batches that were taken before it; nil once it may begin.
        var waitsSince: Int?
    }

    struct Untold {
        let limits: Set<Int>
        let actual: Int64
        let estimate: Int64
        var since: Int
    }

    let limits: [BudgetLimit]
    var random: SeededGenerator
    var book = SpendBook()
    var store = StoreModel()
    var underWay: SpendBatch?
    var batches = 0
    var running: [Int64: Running] = [:]
    var untold: [Int64: Untold] = [:]
    var told: Set<Int64> = []
    var settled: [Int64]

    init(seed: UInt64, dollar: Currency) {
        var random = SeededGenerator(seed: seed)
        limits = (0..<4).map { index in
            BudgetLimit(
                key: "b\(index)", amount: Money(nanos: Int64.random(in: 50...2_000, using: &random), dollar),
                period: index % 2 == 0 ? .day : .month)
        }
        settled = limits.map { _ in 0 }
        self.random = random
    }

    private func open(_ index: Int, begun: Bool) -> Int64 {
        running.values.filter { $0.limits.contains(index) && (!begun || $0.waitsSince == nil) }.map(\.estimate)
            .reduce(0, +)
    }

    /// Does something; answers with what is wrong afterwards.
    mutating func step(now: Int64, head: SpendEntryHead) -> String? {
        switch Int.random(in: 0..<12, using: &random) {
        case 0..<5: if !reserve(now, head) { return "a reservation was decided wrongly" }
        case 5..<8: if !end() { return "an open reservation could not be settled" }
        case 8..<10:
            guard underWay == nil else { break }
            underWay = book.takeBatch()
            batches += 1
        case 10: write()
        default: book.keepUp(now: now)
        }
        for (index, limit) in limits.enumerated() {
            let window = limit.window(at: now)
            let counter = book.counters[window] ?? SpendBook.Counter()
            if counter.settled != settled[index] { return "settled is \(counter.settled)" }
            if counter.open != open(index, begun: false) { return "open is \(counter.open)" }
            // What cost more than its estimate and nobody was told of may be missing after a crash.
            let excess = untold.values.filter { $0.limits.contains(index) }.map { max(0, $0.actual - $0.estimate) }
            let spent = settled[index] + open(index, begun: true) - excess.reduce(0, +)
            if store.recovered(window) < spent { return "a crash loses \(spent - store.recovered(window))" }
        }
        return told.allSatisfy { store.entries[$0] != nil } ? nil : "somebody was told of what is not stored"
    }

    private mutating func reserve(_ now: Int64, _ head: SpendEntryHead) -> Bool {
        let chosen = Set(limits.indices.filter { _ in Bool.random(using: &random) })
        let estimate = Int64.random(in: 0...120, using: &random)
        let fits = chosen.allSatisfy {
            settled[$0] + open($0, begun: false) + estimate <= limits[$0].amount.nanos
        }
        do throws(SpendRefusal) {
            let (reservation, isCovered) = try book.reserve(
                Money(nanos: estimate, limits[0].amount.currency), against: chosen.sorted().map { limits[$0] },
                for: head, now: now, lasting: 1_000)
            running[reservation.number] = Running(
                limits: chosen, estimate: estimate, waitsSince: isCovered ? nil : batches)
            return fits
        } catch {
            return !fits
        }
    }

    private mutating func end() -> Bool {
        // Only what has begun ends.
        let begun = running.filter { $0.value.waitsSince == nil }.keys.sorted()
        guard let number = begun.randomElement(using: &random), let held = running.removeValue(forKey: number)
        else { return true }
        if Int.random(in: 0..<3, using: &random) == 0 {
            book.release(number)
            return true
        }
        let actual = Int64.random(in: 0...150, using: &random)
        for index in held.limits { settled[index] += actual }
        untold[number] = Untold(limits: held.limits, actual: actual, estimate: held.estimate, since: batches)
        return book.settle(
            number, actual: Money(nanos: actual, limits[0].amount.currency), usage: SpendUsage.unknown)
    }

    private mutating func write() {
        guard let batch = underWay else { return }
        underWay = nil
        guard Int.random(in: 0..<5, using: &random) > 0 else {
            book.failed(batch)
            // Whoever waited for it waits for the next.
            for number in running.keys where running[number]?.waitsSince != nil {
                running[number]?.waitsSince = batches
            }
            for number in untold.keys { untold[number]?.since = batches }
            return
        }
        store.write(batch)
        book.committed(batch)
        for (number, held) in running where held.waitsSince.map({ $0 < batches }) ?? false {
            running[number]?.waitsSince = nil
        }
        for (number, entry) in untold where entry.since < batches {
            untold[number] = nil
            told.insert(number)
        }
    }
}

extension LedgerBookTests {
    @Test("whatever comes in whatever order, counters are what is settled and open, and a crash loses no spend")
    func interleavings() {
        var entries = 0
        for seed in UInt64(1)...60 {
            var course = Course(seed: seed, dollar: dollar)
            for step in 0..<400 {
                guard let wrong = course.step(now: Self.noon, head: head) else { continue }
                Issue.record("seed \(seed), step \(step): \(wrong)")
                return
            }
            if let batch = course.underWay { course.book.failed(batch) }
            if let batch = course.book.takeBatch() { course.store.write(batch) }
            for (index, limit) in course.limits.enumerated() {
                let window = limit.window(at: Self.noon)
                #expect(course.store.settled[window, default: 0] == course.settled[index], "seed \(seed)")
            }
            #expect(Set(course.store.open.keys) == Set(course.book.open.keys), "seed \(seed)")
            #expect(Set(course.store.entries.keys) == course.told.union(course.untold.keys), "seed \(seed)")
            entries += course.told.count
        }
        #expect(entries > 1_000)
    }
}

import Dispatch
import Storage
import Synchronization
import TestSupport
import Testing

@Suite struct SnapshotFeedTests {
    private struct Refusal: Error {}

    private static let topic = ChangeTopic("pets")
    private let temporary: TemporaryFolder
    private let store: Store
    private let feed: SnapshotFeed<Set<String>>

    init() async throws {
        temporary = try TemporaryFolder()
        store = try await Store(folder: try DataFolder.claim(temporary.path), masterKey: MasterKey.generate())
        try await store.migrate(
            feature: "pets",
            [
                Migration(
                    "01-pets",
                    [
                        "CREATE TABLE pets (name TEXT PRIMARY KEY) STRICT",
                        """
                        CREATE TABLE toys (
                            owner TEXT NOT NULL REFERENCES pets (name) DEFERRABLE INITIALLY DEFERRED
                        ) STRICT
                        """,
                    ])
            ])
        feed = try await SnapshotFeed.open(
            Self.topic, in: store,
            load: { _, transaction in
                Set(try transaction.query(Statement("SELECT name FROM pets")).map { try $0.text("name") })
            },
            advance: { known, keys, transaction in
                var next = known
                for key in keys {
                    let rows = try transaction.query(Statement("SELECT name FROM pets WHERE name = ?", .text(key)))
                    if rows.isEmpty { next.remove(key) } else { next.insert(key) }
                }
                return next
            })
    }

    @discardableResult
    private static func insert(_ name: String, in transaction: Transaction) throws -> Int64 {
        try transaction.execute(Statement("INSERT INTO pets VALUES (?)", .text(name)))
        return try transaction.changed(topic, name)
    }

    private func stored() async throws -> Set<String> {
        try await store.read { transaction in
            Set(try transaction.query(Statement("SELECT name FROM pets")).map { try $0.text("name") })
        }
    }

    @Test("fifty writers at once: nobody goes back, and each finds its own change in force when its write returns")
    func race() async throws {
        let (fast, slow) = (Taken(), Taken())
        try await feed.subscribe { value in { fast.append(value) } }
        try await feed.subscribe { value in
            {
                try? await Task.sleep(for: .milliseconds(20))
                slow.append(value)
            }
        }
        try await withThrowingTaskGroup { group in
            for number in 1...50 {
                group.addTask { [store, feed] in
                    let name = "pet \(number)"
                    _ = try await store.write { try Self.insert(name, in: $0) }
                    #expect(fast.last.contains(name) && slow.last.contains(name) && feed.value.contains(name))
                }
            }
            try await group.waitForAll()
        }
        for taken in [fast.all, slow.all] {
            #expect(taken.map(\.count) == taken.map(\.count).sorted())
            #expect(taken.last?.count == 50)
            #expect(zip(taken, taken.dropFirst()).allSatisfy { $0.isSubset(of: $1) })
        }
        // While one value was on its way, those that came were passed by for the newest.
        #expect(slow.all.count < 51)
    }

    @Test("a subscriber that refuses a value makes the write fail: nothing is stored, nobody takes anything over")
    func refusal() async throws {
        let taken = Taken()
        try await feed.subscribe { value in { taken.append(value) } }
        try await feed.subscribe { value in
            if value.contains("bad") { throw Refusal() }
            return {}
        }
        await #expect(throws: Refusal.self) { try await store.write { _ = try Self.insert("bad", in: $0) } }
        #expect(try await stored().isEmpty)
        #expect(feed.value.isEmpty)
        #expect(taken.all == [[]])
        let after = try await store.write { try Self.insert("good", in: $0) }
        #expect(taken.all == [[], ["good"]])
        #expect(after == 1)
        // Nor is there a subscriber that does not take what is there already.
        await #expect(throws: Refusal.self) { try await feed.subscribe { _ in throw Refusal() } }
        _ = try await store.write { try Self.insert("better", in: $0) }
        #expect(taken.last == ["good", "better"])
    }

    @Test("what was prepared for a commit that fails is forgotten, and no hook runs")
    func failingCommit() async throws {
        let taken = Taken()
        let hooks = Mutex(0)
        try await feed.subscribe { value in { taken.append(value) } }
        await #expect(throws: StoreError.self) {
            try await store.write { transaction in
                transaction.afterCommit { hooks.withLock { $0 += 1 } }
                try Self.insert("Ada", in: transaction)
                // Looked at only by the commit itself.
                try transaction.execute(Statement("INSERT INTO toys VALUES ('nobody')"))
            }
        }
        #expect(feed.value.isEmpty && taken.all == [[]] && hooks.withLock { $0 } == 0)
        _ = try await store.write { transaction in
            transaction.afterCommit { hooks.withLock { $0 += 1 } }
            try Self.insert("Bob", in: transaction)
        }
        #expect(feed.value == ["Bob"] && taken.last == ["Bob"] && hooks.withLock { $0 } == 1)
    }

    @Test("hooks run in the order of the commits, before the writer hears of it; a body that throws runs none")
    func hooks() async throws {
        let ran = Mutex<[Int]>([])
        for number in 1...20 {
            try? await store.write { transaction in
                transaction.afterCommit { ran.withLock { $0.append(number) } }
                if number.isMultiple(of: 2) { throw Refusal() }
            }
            #expect(ran.withLock { $0.last } == (number.isMultiple(of: 2) ? number - 1 : number))
        }
        #expect(ran.withLock { $0 } == Array(stride(from: 1, through: 19, by: 2)))
    }

    @Test("a writer that is cancelled still finds its change in force, and so does everybody else")
    func cancelled() async throws {
        let taken = Taken()
        try await feed.subscribe { value in
            {
                try? await Task.sleep(for: .milliseconds(5))
                taken.append(value)
            }
        }
        let task = Task { [store] in
            withUnsafeCurrentTask { $0?.cancel() }
            _ = try await store.write { try Self.insert("Ada", in: $0) }
        }
        try await task.value
        #expect(taken.last == ["Ada"])
    }

    @Test("a subscriber that comes while others write misses nothing and goes back on nothing")
    func lateSubscribers() async throws {
        let all = (0..<10).map { _ in Taken() }
        try await withThrowingTaskGroup { group in
            for number in 1...100 {
                group.addTask { [store] in _ = try await store.write { try Self.insert("pet \(number)", in: $0) } }
            }
            for taken in all {
                group.addTask { [feed] in try await feed.subscribe { value in { taken.append(value) } } }
            }
            try await group.waitForAll()
        }
        for taken in all {
            #expect(taken.last.count == 100)
            #expect(zip(taken.all, taken.all.dropFirst()).allSatisfy { $0.isSubset(of: $1) })
        }
    }

    @Test("whoever subscribes while a change is being prepared hears of that change, too")
    func subscriberBehindAChange() async throws {
        let taken = Taken()
        let asked = DispatchSemaphore(value: 0)
        let subscribing = Mutex<Task<Void, any Error>?>(nil)
        try await feed.subscribe { [feed] value in
            // The first change is being prepared, and who is to prepare for it has been looked up.
            guard value == ["Ada"] else { return {} }
            let task = Task {
                try await feed.subscribe { value in
                    asked.signal()
                    return { taken.append(value) }
                }
            }
            subscribing.withLock { $0 = task }
            // Time enough for somebody who does not wait for the writer.
            #expect(asked.wait(timeout: .now() + .milliseconds(200)) == .timedOut)
            return {}
        }
        _ = try await store.write { try Self.insert("Ada", in: $0) }
        try await subscribing.withLock { $0 }?.value
        #expect(taken.all == [["Ada"]])
        _ = try await store.write { try Self.insert("Bob", in: $0) }
        #expect(taken.all == [["Ada"], ["Ada", "Bob"]])
    }

    @Test("a listener hears every value, and is ended when it does not keep up")
    func listeners() async throws {
        let every = feed.listen(atMost: 100, present: \.count) { $0.count }
        let late = feed.listen(atMost: 3, present: \.count) { $0.count }
        try await withThrowingTaskGroup { group in
            for number in 1...20 {
                group.addTask { [store] in _ = try await store.write { try Self.insert("pet \(number)", in: $0) } }
            }
            try await group.waitForAll()
        }
        var heard: [Int] = []
        for await count in every {
            heard.append(count)
            if count == 20 { break }
        }
        #expect(heard == Array(0...20))
        var few: [Int] = []
        for await count in late { few.append(count) }
        #expect(few == [0, 1, 2])
    }

    @Test("other topics' changes are none of a feed's business; changes of its own that are forgotten are read anew")
    func gaps() async throws {
        _ = try await store.write { try $0.changed(ChangeTopic("toys"), "ball") }
        #expect(feed.value.isEmpty)
        _ = try await store.write { transaction in
            try Self.insert("Ada", in: transaction)
            try transaction.execute(Statement("DELETE FROM changes"))
            try Self.insert("Bob", in: transaction)
            try Self.insert("Eve", in: transaction)
            try transaction.execute(Statement("DELETE FROM changes WHERE key = 'Bob'"))
        }
        #expect(feed.value == ["Ada", "Bob", "Eve"])
    }

    @Test("the change table keeps the last ten thousand, and its numbers go on over a restart")
    func pruning() async throws {
        _ = try await store.write { transaction in
            for number in 1...10_010 { try transaction.changed(Self.topic, "\(number)") }
        }
        let rows = Statement("SELECT COUNT(*) AS count, MIN(sequence) AS first, MAX(sequence) AS last FROM changes")
        let row = try #require(try await store.read { try $0.query(rows).first })
        #expect(try row.integer("count") == 10_000)
        #expect(try row.integer("first") == 11)
        #expect(try row.integer("last") == 10_010)
        let masterKey = store.masterKey
        try store.close()
        let again = try await Store(folder: try DataFolder.claim(temporary.path), masterKey: masterKey)
        #expect(try await again.write { try $0.changed(Self.topic, "next") } == 10_011)
        try again.close()
    }
}

/// What a subscriber took over, in order.
private final class Taken: Sendable {
    private let values = Mutex<[Set<String>]>([])

    var all: [Set<String>] { values.withLock { $0 } }
    var last: Set<String> { all.last ?? [] }

    func append(_ value: Set<String>) { values.withLock { $0.append(value) } }
}

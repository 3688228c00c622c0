import Blueprint
import Codecs
import ConfigurationStore
import Storage
import Synchronization
import Testing

/// A document is applied whole or not at all, and owns exactly what it lists.
@Suite("Applying") struct ApplyTests {
    @Test func `a document is applied, and its objects have its owner and a revision`() async throws {
        let opened = try await Opened()
        let change = try await opened.apply(two)
        #expect(change.revision == 1)
        #expect(change.isWritten)
        #expect(change.description == "+ upstream orders\n+ api orders")
        let current = try await opened.blueprints.current()
        #expect(try current.blueprint == Opened.part(two))
        #expect(current.revision == 1)
        #expect(Set(current.records.keys) == [orders, api])
        for record in current.records.values {
            #expect(record.owner == .file("gateway.yaml"))
            #expect(record.revision == 1)
            #expect(record.changedAt == 1_000)
            #expect(record.changedBy == "ada")
        }
    }

    @Test func `what is the same makes no revision, asks nobody and writes nothing`() async throws {
        let opened = try await Opened()
        try await opened.apply(two)
        let before = try await opened.rows()
        let change = try await opened.apply(
            two.replacing("100/min per consumer", with: "[100/min]"),
            for: ChangeRequest(actor: "ada", time: 2_000, approve: { _ in throw Refusal() }))
        #expect(change.objects.isEmpty)
        #expect(change.revision == 1)
        #expect(!change.isWritten)
        #expect(try await opened.rows() == before)
    }

    @Test func `what the file lists no more is deleted, what differs has the revision, and nothing else`() async throws
    {
        let opened = try await Opened()
        try await opened.apply(two + "\npolicies: { browser: { timeout: 5s } }")
        let change = try await opened.apply(two.replacing("100/min", with: "200/min"))
        #expect(
            change.description
                == "- policy browser\n~ api orders: limit 100/min per consumer → 200/min per consumer")
        let current = try await opened.blueprints.current()
        #expect(current.blueprint.policies.isEmpty)
        #expect(current.records[orders]?.revision == 1)
        #expect(current.records[api]?.revision == 2)
        // Another process sees the same: nothing of it was only in memory.
        let other = try await BlueprintStore(store: opened.store).current()
        #expect(other.blueprint == current.blueprint)
        #expect(other.records == current.records)
        #expect(other.revision == 2)
    }

    @Test func `a dry run says everything and writes nothing`() async throws {
        let opened = try await Opened()
        let asked = Atomic(0)
        let change = try await opened.apply(
            two,
            for: ChangeRequest(
                actor: "ada", time: 1_000, isDryRun: true, approve: { _ in asked.add(1, ordering: .relaxed) },
                record: { _, _ in throw Refusal() }))
        #expect(change.objects.map(\.object) == [orders, api])
        #expect(!change.isWritten)
        #expect(change.revision == 0)
        #expect(asked.load(ordering: .relaxed) == 1)
        #expect(try await opened.rows() == [0, 0, 0])
        await #expect(throws: Refusal.self) {
            try await opened.apply(
                two, for: ChangeRequest(actor: "ada", time: 1, isDryRun: true, approve: { _ in throw Refusal() }))
        }
    }

    @Test func `approval sees the whole, and when it throws nothing is left`() async throws {
        let opened = try await Opened()
        try await opened.apply(two)
        let before = try await opened.rows()
        let seen = Mutex<Blueprint?>(nil)
        await #expect(throws: Refusal.self) {
            try await opened.apply(
                "settings: { a: x }", file: "other.yaml",
                for: ChangeRequest(
                    actor: "ada", time: 1,
                    approve: { whole in
                        seen.withLock { $0 = whole }
                        throw Refusal()
                    }))
        }
        #expect(try seen.withLock { $0 } == Opened.part(two + "\nsettings: { a: x }"))
        #expect(try await opened.rows() == before)
        #expect(try await opened.blueprints.current().blueprint == Opened.part(two))
    }

    @Test func `what is recorded with a change is written with it or not at all`() async throws {
        let opened = try await Opened()
        try await opened.store.migrate(
            feature: "notes", [Migration("01", ["CREATE TABLE notes (revision INTEGER PRIMARY KEY) STRICT"])])
        try await opened.apply(
            two,
            for: ChangeRequest(
                actor: "ada", time: 1,
                record: { transaction, change in
                    try transaction.execute(Statement("INSERT INTO notes VALUES (?)", .integer(change.revision)))
                }))
        await #expect(throws: Refusal.self) {
            try await opened.apply(
                "settings: { a: x }", file: "other.yaml",
                for: ChangeRequest(actor: "ada", time: 1, record: { _, _ in throw Refusal() }))
        }
        let noted = try await opened.store.read { try $0.query(Statement("SELECT * FROM notes")).count }
        #expect(noted == 1)
        #expect(try await opened.blueprints.current().revision == 1)
        #expect(try await opened.rows() == [2, 1, 2])
    }

    @Test func `a document that is not good is refused with every complaint and its line`() async throws {
        let opened = try await Opened()
        do {
            try await opened.apply(two.replacing("upstream: orders", with: "upstream: order") + "\n    policies: [x]")
            Issue.record("it was taken")
        } catch ConfigurationError.blueprintRefused(let complaints) {
            #expect(
                complaints.description.split(separator: "\n").map { String($0.prefix(30)) } == [
                    "line 5: there is no upstream \"", "line 8: there is no policy \"x\"",
                ])
        }
        #expect(try await opened.rows() == [0, 0, 0])
    }

    @Test func `of two writers that saw the same revision one is told of the other`() async throws {
        let opened = try await Opened()
        try await opened.apply(two)
        let codes = try await withThrowingTaskGroup(of: String?.self) { group in
            for limit in ["200/min", "300/min"] {
                group.addTask {
                    try await opened.code {
                        try await opened.apply(two.replacing("100/min", with: limit), expecting: 1)
                    }
                }
            }
            return try await group.reduce(into: [String?]()) { $0.append($1) }
        }
        #expect(codes.count(where: { $0 == nil }) == 1)
        #expect(codes.count(where: { $0 == "revision-conflict" }) == 1)
        #expect(try await opened.blueprints.current().revision == 2)
    }

    @Test func `many writers at once lose nothing of each other`() async throws {
        let opened = try await Opened()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<30 {
                group.addTask {
                    _ = try await opened.blueprints.put(
                        ObjectReference(.setting, "s\(index)"), "x", owner: .console, for: Opened.ada)
                }
            }
            try await group.waitForAll()
        }
        let current = try await opened.blueprints.current()
        #expect(current.revision == 30)
        #expect(current.blueprint.settings.names.count == 30)
        #expect(Set(current.records.values.map(\.revision)) == Set(1...30))
        #expect(try await BlueprintStore(store: opened.store).current().blueprint == current.blueprint)
    }
}

/// What a closure of a test throws.
struct Refusal: Error {

    @Test func `approval keeps no writer waiting, and what it approved of is written or asked for again`() async throws
    {
        let opened = try await Opened()
        let approved = Mutex<[Blueprint]>([])
        let change = try await opened.apply(
            two,
            for: ChangeRequest(
                actor: "ada", time: 1,
                approve: { whole in
                    let isFirst = approved.withLock { approved in
                        approved.append(whole)
                        return approved.count == 1
                    }
                    if isFirst { try await opened.apply("settings: { a: x }", file: "other.yaml") }
                }))
        let both = try Opened.part(two + "\nsettings: { a: x }")
        #expect(approved.withLock { $0 } == [try Opened.part(two), both])
        #expect(change.revision == 2)
        #expect(try await opened.blueprints.current().blueprint == both)
        #expect(try await opened.rows() == [3, 2, 3])
    }

    @Test func `a change that others are always faster than is refused in the end`() async throws {
        let opened = try await Opened()
        let asked = Atomic(0)
        let code = try await opened.code {
            try await opened.apply(
                two,
                for: ChangeRequest(
                    actor: "ada", time: 1,
                    approve: { _ in
                        let number = asked.add(1, ordering: .relaxed).newValue
                        try await opened.apply("settings: { a: x\(number) }", file: "other.yaml")
                    }))
        }
        #expect(code == "revision-conflict")
        #expect(asked.load(ordering: .relaxed) == 64)
        #expect(try await opened.blueprints.current().blueprint == Opened.part("settings: { a: x64 }"))
    }
}

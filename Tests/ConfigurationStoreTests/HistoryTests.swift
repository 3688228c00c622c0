import Blueprint
import Codecs
import Storage
import Testing

@testable import ConfigurationStore

/// Every revision can be listed, reconstructed, compared and made the current one again.
@Suite("History") struct HistoryTests {
    private static let documents = [
        two, two.replacing("100/min", with: "200/min") + "\nsettings: { a: x }",
        "upstreams: { other: http://127.0.0.1:1 }",
        two + "\nsettings: { a: z, b: y }",
    ]

    private func withHistory() async throws -> Opened {
        let opened = try await Opened()
        for (index, document) in Self.documents.enumerated() {
            try await opened.apply(
                document, for: ChangeRequest(actor: "ada", note: "step \(index + 1)", time: Int64(index)))
        }
        return opened
    }

    @Test func `the history tells who, when, why and how much, newest first`() async throws {
        let opened = try await withHistory()
        let history = try await opened.blueprints.history()
        #expect(history.map(\.number) == [4, 3, 2, 1])
        let second = try #require(history.first { $0.number == 2 })
        #expect(
            second
                == Revision(
                    number: 2, time: 1, actor: "ada", source: .owner(.file("gateway.yaml")), note: "step 2", created: 1,
                    changed: 1, deleted: 0))
        #expect(try await opened.blueprints.history(before: 4, limit: 2).map(\.number) == [3, 2])
        #expect(try await opened.blueprints.history(limit: -1).isEmpty)
        #expect(
            try await opened.blueprints.change(of: 2).description
                == "~ api orders: limit 100/min per consumer → 200/min per consumer\n+ setting a")
    }

    @Test func `every revision can be reconstructed`() async throws {
        let opened = try await withHistory()
        #expect(try await opened.blueprints.blueprint(at: 0) == Blueprint())
        for (index, document) in Self.documents.enumerated() {
            #expect(try await opened.blueprints.blueprint(at: Int64(index + 1)) == Opened.part(document))
        }
        for revision in [Int64.min, -1, 5, .max] {
            let code = try await opened.code { _ = try await opened.blueprints.blueprint(at: revision) }
            #expect(code == "revision-unknown")
        }
        #expect(try await opened.code { _ = try await opened.blueprints.change(of: 0) } == "revision-unknown")
    }

    @Test func `two revisions are compared, in either direction`() async throws {
        let opened = try await withHistory()
        let there = try await opened.blueprints.differences(from: 1, to: 4)
        #expect(there.map(\.description) == ["+ setting a", "+ setting b"])
        let back = try await opened.blueprints.differences(from: 4, to: 2)
        #expect(
            back.map(\.description) == [
                "~ api orders: limit 100/min per consumer → 200/min per consumer", "~ setting a: value z → x",
                "- setting b",
            ])
    }

    @Test func `an older revision is made the current one as a revision of its own`() async throws {
        let opened = try await withHistory()
        let change = try await opened.blueprints.rollback(to: 2, for: ChangeRequest(actor: "eve", time: 9))
        #expect(change.revision == 5)
        let current = try await opened.blueprints.current()
        #expect(try current.blueprint == Opened.part(Self.documents[1]))
        #expect(current.records[orders]?.revision == 4)
        #expect(current.records[api]?.revision == 5)
        let newest = try #require(try await opened.blueprints.history(limit: 1).first)
        #expect(newest.source == .revision(2))
        #expect(newest.actor == "eve")
        #expect(try await opened.blueprints.blueprint(at: 4) == Opened.part(Self.documents[3]))
        #expect(try await !opened.blueprints.rollback(to: 2, for: Opened.ada).isWritten)
    }

    @Test func `rolling back gives objects their owners back`() async throws {
        let opened = try await Opened()
        let setting = ObjectReference(.setting, "a")
        _ = try await opened.blueprints.put(setting, "x", owner: .console, for: Opened.ada)
        _ = try await opened.blueprints.delete(setting, owner: .console, for: Opened.ada)
        try await opened.apply("settings: { a: x }")
        let change = try await opened.blueprints.rollback(to: 1, for: Opened.ada)
        #expect(change.description == "~ setting a: owner file gateway.yaml → console")
        #expect(try await opened.blueprints.current().records[setting]?.owner == .console)
        #expect(
            try await opened.blueprints.differences(from: 3, to: 4).map(\.ownerBefore) == [.file("gateway.yaml")])
        _ = try await opened.blueprints.rollback(to: 3, for: Opened.ada)
        #expect(try await opened.blueprints.current().records[setting]?.owner == .file("gateway.yaml"))
    }

    @Test func `a rollback that is not approved leaves everything`() async throws {
        let opened = try await withHistory()
        let before = try await opened.rows()
        await #expect(throws: Refusal.self) {
            _ = try await opened.blueprints.rollback(
                to: 1, for: ChangeRequest(actor: "ada", time: 1, approve: { _ in throw Refusal() }))
        }
        #expect(try await opened.rows() == before)
        #expect(try await opened.blueprints.current().revision == 4)
    }

    @Test func `what is pruned is forgotten, the rest stays whole`() async throws {
        let opened = try await withHistory()
        #expect(try await opened.blueprints.prune(keeping: 2) == 2)
        #expect(try await opened.blueprints.history().map(\.number) == [4, 3])
        #expect(try await opened.blueprints.blueprint(at: 3) == Opened.part(Self.documents[2]))
        for revision in [Int64(0), 1, 2] {
            let code = try await opened.code { _ = try await opened.blueprints.rollback(to: revision, for: Opened.ada) }
            #expect(code == "revision-unknown")
        }
        // The newest stays whatever is asked, and numbers go on.
        #expect(try await opened.blueprints.prune(keeping: .min) == 1)
        #expect(try await opened.apply("upstreams: {}").revision == 5)
        #expect(try await opened.blueprints.blueprint(at: 4) == Opened.part(Self.documents[3]))
    }

    @Test func `a change of more objects than a JSON array is read with can be taken back`() async throws {
        let opened = try await Opened()
        let contents = (0..<10_001).map { (object: ObjectReference(.consumer, "c\($0)"), content: JSON.string("x")) }
        let part = try Blueprint.readPart(Blueprint.document(of: contents))
        _ = try await opened.blueprints.apply(part, file: "consumers.yaml", for: Opened.ada)
        #expect(try await opened.blueprints.change(of: 1).objects.count == 10_001)
        #expect(try await opened.blueprints.rollback(to: 0, for: Opened.ada).objects.count == 10_001)
        #expect(try await opened.blueprints.rollback(to: 1, for: Opened.ada).objects.count == 10_001)
        #expect(try await opened.blueprints.current().blueprint == part)
    }
}

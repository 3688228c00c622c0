import Blueprint
import Codecs
import Crypto
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Storage
import Synchronization
import TestSupport
import Testing

@testable import ControlPlane

/// A note, as operations of this file take and tell it.
private struct Note: Described {
    var text = ""
    var count: Int64 = 0

    static let schema = Schema<Note>("a note", "A note.") {
        Field("text", \.text, .text(1...10), example: "milk", isRequired: true, "What it says.")
        Field("count", \.count, .integer(0...9), example: "2", isRequired: true, "How many.")
    }
}

/// Lets everybody in with one role.
private struct OpenDoor: RouterMiddleware {
    let role: Role?

    func handle(
        _ request: Request, context: ControlPlaneContext,
        next: @concurrent (Request, ControlPlaneContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.role = role
        return try await next(request, context)
    }
}

@Suite struct OperationTests {
    private func router(
        _ operations: [Operation], role: Role? = .owner, kept: KeptAnswers? = nil
    ) -> Router<ControlPlaneContext> {
        let router = Router<ControlPlaneContext>.controlPlane()
        let table = OperationTable(operations, kept: kept)
        table.addRoutes(to: router.group().add(middleware: OpenDoor(role: role)))
        table.addDescription(to: router, version: "1")
        return router
    }

    private static let color = OperationParameter<String>.query("color", .text(1...5), "A color.")

    private func operations(_ count: @escaping @Sendable () -> Int64) -> [Operation] {
        [
            Operation(
                "getNote", .get, "/notes/{name}", of: "notes", for: .viewer, "A note.",
                parameters: [
                    OperationParameter<String>.path("name", .text(1...9), "Its name.").described,
                    Self.color.described,
                ], answers: Shape<Note>.fields("Note"), tag: { EntityTag(revision: $0.count) }
            ) { call in
                _ = try call.value(Self.color)
                var note = Note()
                note.text = "milk"
                note.count = count()
                return note
            },
            Operation(
                "makeNote", .post, "/notes", of: "notes", for: .publisher, "Makes a note.", takes: Shape<Note>.fields(),
                answers: Shape<Note>.fields("Note")
            ) { _, note in
                var made = note
                made.count = count()
                guard made.count >= 0 else { throw Failure() }
                return made
            },
        ]
    }

    private func ask(
        _ router: Router<ControlPlaneContext>, _ method: HTTPRequest.Method, _ path: String,
        _ fields: HTTPFields = [:], _ body: String? = nil
    ) async throws -> (status: Int, fields: HTTPFields, json: JSONObject) {
        try await Application(router: router).test(.router) { http in
            var fields = fields
            if body != nil { fields[.contentType] = "application/json" }
            let answer = try await http.execute(
                uri: path, method: method, headers: fields, body: body.map { ByteBuffer(string: $0) })
            let json = (try? JSONReader.read(Array(answer.body.readableBytesView)))?.object ?? JSONObject()
            return (Int(answer.status.code), answer.headers, json)
        }
    }

    @Test("an operation that streams writes an event for each object, ends with them, and is described as such")
    func streams() async throws {
        let shape = Shape<JSONObject>.document("Tick", schema: ["type": "object"])
        let ticks = Operation("watchTicks", stream: "/ticks", of: "ticks", for: .viewer, "Ticks.", events: shape) { _ in
            AsyncStream { continuation in
                for number in Int64(1)...2 {
                    continuation.yield(ServerEvent(nil, ["tick": .number(JSONNumber(number))]))
                }
                continuation.finish()
            }
        }
        try await Application(router: router([ticks], role: .viewer)).test(.router) { client in
            let answer = try await client.execute(uri: "/api/ticks", method: .get)
            #expect(answer.headers[.contentType] == "text/event-stream")
            let lines = String(buffer: answer.body).split(separator: "\n").filter { $0.hasPrefix("data:") }
            #expect(lines == ["data: {\"tick\":1}", "data: {\"tick\":2}"])
            let description = try await client.execute(uri: "/api/openapi.json", method: .get)
            let text = String(buffer: description.body)
            #expect(text.contains("\"text/event-stream\":{\"schema\":{\"type\":\"object\""))
            #expect(text.contains("\"contentSchema\":{\"$ref\":\"#/components/schemas/Tick\"}"))
        }
        try await Application(router: router([ticks], role: nil)).test(.router) { client in
            let answer = try await client.execute(uri: "/api/ticks", method: .get)
            #expect(answer.status == .forbidden)
        }
    }

    @Test("an operation that takes a body and tells of it as it goes loses no event, and names each")
    func whole() async throws {
        let shape = Shape<JSONObject>.document("Count", schema: ["type": "object"])
        let counts = Operation(
            "watchCount", stream: "/count", of: "ticks", for: .viewer, "Counts.", takes: shape, events: shape
        ) { (_: OperationCall, body: JSONObject) in
            AsyncStream { continuation in
                for number in 1...(body["to"]?.int64 ?? 1) {
                    continuation.yield(ServerEvent("tick", ["tick": .number(JSONNumber(number))]))
                }
                continuation.finish()
            }
        }
        try await Application(router: router([counts], role: .viewer)).test(.router) { client in
            let answer = try await client.execute(
                uri: "/api/count", method: .post, headers: [.contentType: "application/json"],
                body: ByteBuffer(string: #"{"to":500}"#))
            let text = String(buffer: answer.body).replacing(": alive\n\n", with: "")
            #expect(text == (1...500).map { "event: tick\ndata: {\"tick\":\($0)}\n\n" }.joined())
        }
    }

    @Test func `only who has the role gets in, and who has none is told which`() async throws {
        for (role, status) in [(nil, 403), (Role.viewer, 403), (.publisher, 200), (.admin, 200)] as [(Role?, Int)] {
            let answer = try await ask(
                router(operations { 1 }, role: role), .post, "/api/notes", [:], #"{"text":"milk","count":1}"#)
            #expect(answer.status == status)
            if status == 403 { #expect(answer.json["detail"]?.string?.text.contains("publisher") == true) }
        }
    }

    @Test func `what nobody declared is refused by name`() async throws {
        let router = router(operations { 1 })
        #expect(try await ask(router, .get, "/api/notes/a?color=red").status == 200)
        for query in ["colour=red", "color=red&color=red", "color=", "color=crimson", "color=%zz"] {
            let answer = try await ask(router, .get, "/api/notes/a?\(query)")
            #expect(answer.status == 400 && answer.json["code"] == "parameter-invalid", "\(query)")
        }
        let answer = try await ask(router, .post, "/api/notes", [:], #"{"text":5,"count":"1","size":1}"#)
        let pointers = answer.json["errors"]?.array?.compactMap { $0.object?["pointer"]?.string?.text } ?? []
        #expect(answer.status == 400 && Set(pointers) == ["/text", "/count", "/size"])
    }

    @Test func `a state is told by its tag and asked for by it`() async throws {
        let router = router(operations { 7 })
        let read = try await ask(router, .get, "/api/notes/a")
        #expect(read.fields[.eTag] == "\"7\"")
        #expect(try await ask(router, .get, "/api/notes/a", [.ifNoneMatch: "\"6\", \"7\""]).status == 304)
        #expect(try await ask(router, .get, "/api/notes/a", [.ifNoneMatch: "\"6\""]).status == 200)
        #expect(try await ask(router, .get, "/api/notes/a", [.ifMatch: "\"6\""]).status == 412)
        #expect(try await ask(router, .get, "/api/notes/a", [.ifMatch: "7"]).status == 400)
        #expect(try await ask(router, .get, "/api/notes/a", [.ifMatch: "*", .ifNoneMatch: "*"]).status == 400)
    }

    @Test func `an answer is given again, and what nobody knows is said to be unknown`() async throws {
        let folder = try TemporaryFolder()
        let claim = try DataFolder.claim(folder.path)
        let store = try await Store(folder: claim, masterKey: try MasterKey.load(environment: nil, folder: claim))
        defer { try? store.close() }
        let made = Counter()
        let body = #"{"text":"milk","count":1}"#
        let name = try #require(HTTPField.Name("Idempotency-Key"))
        var kept = try await KeptAnswers(store: store) { 1_000 }
        let first = try await ask(
            router(operations(made.next), kept: kept), .post, "/api/notes", [name: "one"], body)
        // What rests tells nothing of what was asked, which may be a password.
        let digest = Array(SHA256.hash(data: Array("POST /api/notes\n\(body)".utf8)))
        let rows = try await store.read { try $0.query(Statement("SELECT question, body FROM kept_answers")) }
        #expect(rows.count == 1)
        for row in rows {
            #expect(try row.blob("question").firstRange(of: digest) == nil)
            #expect(try row.blob("body").firstRange(of: Array("milk".utf8)) == nil)
        }
        // Another process of the same data folder remembers it.
        kept = try await KeptAnswers(store: store) { 1_000 + KeptAnswers.lifetime }
        let again = try await ask(
            router(operations(made.next), kept: kept), .post, "/api/notes", [name: "one"], body)
        #expect(first.json["count"]?.int64 == 1 && again.json == first.json)
        // One that was under way when its process ended.
        try await store.write { transaction in
            _ = try transaction.execute(Statement("UPDATE kept_answers SET state = 'running', body = NULL"))
        }
        let running = try await ask(
            router(operations(made.next), kept: kept), .post, "/api/notes", [name: "one"], body)
        #expect(running.status == 409 && running.json["code"] == "idempotency-under-way")
        kept = try await KeptAnswers(store: store) { 1_000 }
        let unknown = try await ask(
            router(operations(made.next), kept: kept), .post, "/api/notes", [name: "one"], body)
        #expect(unknown.status == 409 && unknown.json["code"] == "idempotency-outcome-unknown")
        // One that failed in a way that nobody foresaw may have been done, and is not done again; a refusal was not done.
        kept = try await KeptAnswers(store: store) { 1_000 }
        let failing = operations { -1 }
        for (key, body, codes) in [
            ("two", body, [500, 409]), ("three", #"{"text":"","count":1}"#, [400, 400]),
        ] {
            for code in codes {
                let answer = try await ask(router(failing, kept: kept), .post, "/api/notes", [name: key], body)
                #expect(answer.status == code, "\(key)")
            }
        }
        // A day later it is another change.
        kept = try await KeptAnswers(store: store) { 1_001 + KeptAnswers.lifetime }
        let later = try await ask(
            router(operations(made.next), kept: kept), .post, "/api/notes", [name: "one"], body)
        #expect(later.status == 200 && later.json["count"]?.int64 == 2)
        let bad = try await ask(router(operations(made.next), kept: kept), .post, "/api/notes", [name: "a b"], body)
        #expect(bad.status == 400)
    }

    @Test func `another master key takes the kept answers along`() async throws {
        let folder = try TemporaryFolder()
        var claim = try DataFolder.claim(folder.path)
        var store = try await Store(folder: claim, masterKey: MasterKey.generate())
        let made = Counter()
        let name = try #require(HTTPField.Name("Idempotency-Key"))
        let body = #"{"text":"milk","count":1}"#
        let before = try await KeptAnswers(store: store) { 1_000 }
        _ = try await ask(router(operations(made.next), kept: before), .post, "/api/notes", [name: "one"], body)
        let next = MasterKey.generate()
        #expect(try await store.rotateMasterKey(to: next, records: KeptAnswers.sealedRecords, isFile: false) == 3)
        try store.close()
        claim = try DataFolder.claim(folder.path)
        store = try await Store(folder: claim, masterKey: next)
        defer { try? store.close() }
        let after = try await KeptAnswers(store: store) { 1_000 }
        let again = try await ask(router(operations(made.next), kept: after), .post, "/api/notes", [name: "one"], body)
        #expect(again.status == 200 && again.json["count"]?.int64 == 1)
    }

    @Test func `pages go on behind the last one and end`() throws {
        let list = ["a", "b", "c", "d", "e"]
        var seen: [String] = []
        var after: String?
        repeat {
            let page = PageRequest(after: after, limit: 2).page(of: list, id: \.self)
            seen += page.items
            after = page.next
        } while after != nil
        #expect(seen == list)
        #expect(PageRequest(after: "e", limit: 2).page(of: list, id: \.self).items.isEmpty)
        #expect(PageRequest(after: nil, limit: 5).page(of: list, id: \.self).next == nil)
    }
}

private struct Failure: Error {}

private final class Counter: Sendable {
    private let count = Mutex<Int64>(0)

    @Sendable func next() -> Int64 {
        count.withLock { count in
            count += 1
            return count
        }
    }
}

import Codecs
import Testing

@testable import Blueprint

/// Objects of every kind are listed, looked up and replaced without knowing their kind.
@Suite("Objects") struct ObjectsTests {
    private static let all = """
        listeners: { public: 0.0.0.0:8000 }
        issuers: { corporate: { issuer: https://login.example, keys: discovery } }
        upstreams: { orders: http://127.0.0.1:9001 }
        policies: { browser: { timeout: 5s } }
        apis: { orders: { path: /orders, upstream: orders, access: anonymous, policies: [browser] } }
        plans: { bronze: { limit: 1000/day, apis: [orders] } }
        consumers: { acme: { title: Acme Ltd., issuer: corporate } }
        credentials: { acme-key: acme }
        subscriptions: { acme-bronze: { consumer: acme, plan: bronze } }
        providers: { local: { kind: ollama } }
        models: { fast: { deployments: [{ provider: local, model: qwen3 }] } }
        prices: { qwen: { provider: local, model: qwen3, input: 0.10 } }
        budgets: { all: { amount: 25.00, models: [fast] } }
        settings: { public-address: https://api.example }
        """

    private func read(_ text: String) throws -> Blueprint {
        try Blueprint.read(try YAMLDocument.read(text))
    }

    @Test func `every kind can be listed, looked up, and read again from its objects`() throws {
        let blueprint = try read(Self.all)
        let objects = blueprint.objects
        #expect(objects.all.map(\.kind) == ObjectKind.allCases)
        let contents = objects.all.compactMap { object in objects[object].map { (object: object, content: $0) } }
        #expect(contents.count == 14)
        #expect(try Blueprint.read(Blueprint.document(of: contents)) == blueprint)
        #expect(objects[ObjectReference(.credential, "acme-key")] == ["consumer": "acme"])
        #expect(objects[ObjectReference(.credential, "acme")] == nil)
        #expect(objects.contains(ObjectReference(.plan, "bronze")))
        #expect(!objects.contains(ObjectReference(.plan, "acme")))
    }

    @Test(arguments: ObjectKind.allCases)
    func `an object of any kind can be put in and taken away`(kind: ObjectKind) throws {
        let blueprint = try read(Self.all)
        let object = try #require(blueprint.objects.all.first { $0.kind == kind })
        let without = blueprint.replacing([object], from: Blueprint())
        #expect(without.objects.all == blueprint.objects.all.filter { $0 != object })
        #expect(Blueprint().replacing([object], from: blueprint).objects.all == [object])
        #expect(without.replacing([object], from: blueprint) == blueprint)
    }

    @Test func `objects stand in the order of their names once something was replaced`() throws {
        let part = try Blueprint.readPart(try YAMLDocument.read("settings: { c: x, a: x }"))
        let more = try Blueprint.readPart(try YAMLDocument.read("settings: { b: x }"))
        let names = part.replacing(more.objects.all, from: more).objects.names(of: .setting)
        #expect(names == ["a", "b", "c"])
    }

    @Test func `a part may name what only the whole has`() throws {
        let document = try YAMLDocument.read("upstreams: {}\ncredentials:\n  acme-key: acme\n")
        let part = try Blueprint.readPart(document)
        let complaints = #expect(throws: DocumentComplaints.self) { try part.checkWhole(in: document) }
        #expect(complaints?.all.map(\.description) == ["line 3: there is no consumer \"acme\"; consumers lists them"])
        // Where the document does not list the object, the pointer is the object's own.
        let elsewhere = #expect(throws: DocumentComplaints.self) {
            try part.checkWhole(in: try YAMLDocument.read("upstreams: {}"))
        }
        #expect(elsewhere?.all.map(\.place.pointer) == ["/credentials/acme-key/consumer"])
    }

    @Test func `who names an object is told`() throws {
        let blueprint = try read(Self.all)
        let consumer = ObjectReference(.consumer, "acme")
        #expect(
            blueprint.namers(of: [consumer]) == [
                consumer: [ObjectReference(.credential, "acme-key"), ObjectReference(.subscription, "acme-bronze")]
            ])
        #expect(blueprint.namers(of: [ObjectReference(.listener, "public")]).isEmpty)
    }

    @Test func `a section that grew too large by parts is refused`() throws {
        let contents = (0...10_000).map { (object: ObjectReference(.setting, "s\($0)"), content: JSON.string("x")) }
        let part = try Blueprint.readPart(Blueprint.document(of: Array(contents.dropLast())))
        try part.checkWhole(in: Blueprint.document(of: []))
        let more = try Blueprint.readPart(Blueprint.document(of: contents.suffix(1)))
        let complaints = #expect(throws: DocumentComplaints.self) {
            try part.replacing(more.objects.all, from: more).checkWhole(in: Blueprint.document(of: []))
        }
        #expect(complaints?.all.map(\.message) == ["this has more than 10000 entries"])
    }

    @Test func `what differs between two canonical forms is what the schema says`() throws {
        let old = Policy.schema.write(
            try #require(try read("policies: { p: { timeout: 5s, origins: [https://a.example] } }").policies["p"]))
        let new = Policy.schema.write(
            try #require(try read("policies: { p: { timeout: 9s, limit: 1/s } }").policies["p"]))
        var complaints = DocumentComplaints()
        let before = try #require(Policy.schema.read(JSONDocument.read(old), &complaints))
        let after = try #require(Policy.schema.read(JSONDocument.read(new), &complaints))
        let found = FieldDifference.between(old, new)
        #expect(found.map(\.field).sorted() == ["limit", "origins", "timeout"])
        for difference in Policy.schema.difference(before, after) { #expect(found.contains(difference)) }
    }

    @Test func `twenty thousand consumers and credentials are checked, and what is missing is found`() throws {
        let count = 20_000
        var contents = (0..<count).map {
            (object: ObjectReference(.consumer, "c\($0)"), content: JSON.string("Somebody"))
        }
        for index in 0..<count {
            contents.append((ObjectReference(.credential, "k\(index)"), ["consumer": .string(ByteString("c\(index)"))]))
        }
        let blueprint = try Blueprint.read(Blueprint.document(of: contents))
        #expect(blueprint.credentials.names.count == count)
        let fewer = blueprint.replacing([ObjectReference(.consumer, "c7")], from: Blueprint())
        let complaints = #expect(throws: DocumentComplaints.self) {
            try fewer.checkWhole(in: Blueprint.document(of: []))
        }
        #expect(complaints?.all.map(\.place.pointer) == ["/credentials/k7/consumer"])
    }

    @Test func `of very many names that are not there a hundred are told one by one`() throws {
        let contents = (0..<1_000).map {
            (object: ObjectReference(.credential, "k\($0)"), content: ["consumer": "nobody"] as JSON)
        }
        let complaints = #expect(throws: DocumentComplaints.self) {
            try Blueprint.read(Blueprint.document(of: contents))
        }
        #expect(complaints?.all.count == 101)
        #expect(complaints?.all.last?.message == "900 more names that are named are not there")
    }

    /// Everybody who may apply a document may make it long; the nearest name is still told.
    @Test(.timeLimit(.minutes(1))) func `names that are not there among very many cost little`() throws {
        let known = (0..<100_000).map {
            (object: ObjectReference(.consumer, "consumer-\($0)"), content: "Somebody" as JSON)
        }
        let naming = (0..<200).map {
            (
                object: ObjectReference(.credential, "k\($0)"),
                content: ["consumer": .string(ByteString("consumre-\($0)"))] as JSON
            )
        }
        let complaints = #expect(throws: DocumentComplaints.self) {
            try Blueprint.read(Blueprint.document(of: known + naming))
        }
        #expect(complaints?.all.count == 101)
        #expect(complaints?.all.first?.message.contains("did you mean \"consumer-0\"?") == true)
    }
}

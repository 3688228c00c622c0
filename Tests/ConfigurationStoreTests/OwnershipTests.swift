import Blueprint
import Codecs
import ConfigurationStore
import Storage
import Testing

/// An object belongs to a file or to the console; the other side is told whose it is, and what others name stays.
@Suite("Ownership") struct OwnershipTests {
    @Test func `a file does not take over what belongs to the console, and is told whose it is`() async throws {
        let opened = try await Opened()
        _ = try await opened.blueprints.put(orders, "http://127.0.0.1:9001", owner: .console, for: Opened.ada)
        do {
            try await opened.apply(two)
            Issue.record("it was taken")
        } catch let error as ConfigurationError {
            #expect(error.code == "object-owned-by-other")
            #expect(
                error.message
                    == "upstream orders belongs to the console: change it there, delete it there first, or take it over"
                    + " (signet apply --take-over)")
        }
        #expect(try await opened.rows() == [1, 1, 1])
    }

    @Test func `a file takes over what it is told to, and owns it from then on`() async throws {
        let opened = try await Opened()
        _ = try await opened.blueprints.put(orders, "http://127.0.0.1:9001", owner: .console, for: Opened.ada)
        let change = try await opened.apply(two, takeOver: .allowed(except: nil))
        // Nothing of the upstream differs but whose it is.
        #expect(change.description == "~ upstream orders: owner console → file gateway.yaml\n+ api orders")
        #expect(try await opened.blueprints.current().records[orders]?.owner == .file("gateway.yaml"))
        let other = try await opened.code { try await opened.apply(two, file: "other.yaml") }
        #expect(other == "object-owned-by-other")
        // A rollback gives it back.
        _ = try await opened.blueprints.rollback(to: 1, for: Opened.ada)
        #expect(try await opened.blueprints.current().records[orders]?.owner == .console)
        #expect(try await opened.blueprints.current().blueprint.objects.all == [orders])
    }

    @Test func `one file's objects can be kept from whoever takes over`() async throws {
        let opened = try await Opened()
        try await opened.apply(two, file: "started.yaml")
        let kept = TakeOver.allowed(except: .file("started.yaml"))
        do {
            try await opened.apply(two, takeOver: kept)
            Issue.record("it was taken")
        } catch let error as ConfigurationError {
            #expect(
                error.description
                    == "upstream orders belongs to the file started.yaml, api orders belongs to the file started.yaml,"
                    + " which this server reads at each start: apply that file, or start without it"
                    + " [object-owned-by-other]")
        }
        let console = try await opened.code { _ = try await opened.put(two, takeOver: kept) }
        #expect(console == "object-owned-by-other")
        #expect(try await opened.rows() == [2, 1, 2])
    }

    @Test func `objects are put together, as one revision or not at all`() async throws {
        let opened = try await Opened()
        let change = try await opened.put(two, when: .absent)
        #expect(change.description == "+ upstream orders\n+ api orders")
        #expect(try await opened.rows() == [2, 1, 2])
        // One of them is there already: the other is not made either.
        let half = """
            upstreams: { further: http://127.0.0.1:9002 }
            apis: { orders: { path: /orders, upstream: further, access: anonymous } }
            """
        do {
            _ = try await opened.put(half, when: .absent)
            Issue.record("it was put")
        } catch let error as ConfigurationError {
            #expect(error.code == "revision-conflict")
            #expect(
                error.message
                    == "api orders is there already, at revision 1: choose another name, or change that one")
        }
        #expect(try await opened.rows() == [2, 1, 2])
        // Others stay, which a file's document would delete.
        _ = try await opened.put("settings: { a: x }")
        #expect(try await opened.blueprints.current().blueprint.objects.all.count == 3)
    }

    @Test func `the console takes over what it is told to`() async throws {
        let opened = try await Opened()
        try await opened.apply(two)
        #expect(try await opened.code { _ = try await opened.put(two) } == "object-owned-by-other")
        let allowed = TakeOver.allowed(except: nil)
        // What was changed, or deleted, since somebody looked is not taken.
        try await opened.apply(two.replacing("100/min", with: "200/min"))
        #expect(
            try await opened.code { _ = try await opened.put(two, takeOver: allowed, when: .unchanged(since: 1)) }
                == "revision-conflict")
        #expect(
            try await opened.code { _ = try await opened.put("settings: { a: x }", when: .unchanged(since: 2)) }
                == "revision-conflict")
        _ = try await opened.put(two, takeOver: allowed, when: .unchanged(since: 2))
        #expect(try await opened.blueprints.current().records.values.allSatisfy { $0.owner == .console })
    }

    @Test func `the console does not change or delete what belongs to a file`() async throws {
        let opened = try await Opened()
        try await opened.apply(two)
        for owner in [Owner.console, .file("other.yaml")] {
            let put = try await opened.code {
                _ = try await opened.blueprints.put(orders, "http://127.0.0.1:1", owner: owner, for: Opened.ada)
            }
            #expect(put == "object-owned-by-other")
            let delete = try await opened.code {
                _ = try await opened.blueprints.delete(api, owner: owner, for: Opened.ada)
            }
            #expect(delete == "object-owned-by-other")
        }
        #expect(try await opened.blueprints.current().revision == 1)
    }

    @Test func `a file owns exactly what it lists, and leaves what others own alone`() async throws {
        let opened = try await Opened()
        try await opened.apply(two)
        try await opened.apply("settings: { a: x }", file: "other.yaml")
        _ = try await opened.blueprints.put(ObjectReference(.setting, "b"), "y", owner: .console, for: Opened.ada)
        try await opened.apply("settings: {}", file: "other.yaml")
        let current = try await opened.blueprints.current()
        #expect(current.blueprint.objects.all == [orders, api, ObjectReference(.setting, "b")])
    }

    @Test func `objects of the console and of a file name each other`() async throws {
        let opened = try await Opened()
        _ = try await opened.blueprints.put(orders, "http://127.0.0.1:9001", owner: .console, for: Opened.ada)
        try await opened.apply("apis: { orders: { path: /orders, upstream: orders, access: anonymous } }")
        #expect(try await opened.blueprints.current().blueprint.apis.names == ["orders"])
    }

    @Test func `what others name is not deleted, and they are named`() async throws {
        let opened = try await Opened()
        _ = try await opened.blueprints.put(orders, "http://127.0.0.1:9001", owner: .console, for: Opened.ada)
        try await opened.apply("apis: { orders: { path: /orders, upstream: orders, access: anonymous } }")
        do {
            _ = try await opened.blueprints.delete(orders, owner: .console, for: Opened.ada)
            Issue.record("it was deleted")
        } catch let error as ConfigurationError {
            #expect(error.code == "object-in-use")
            #expect(error.message == "upstream orders is in use by api orders: change them first")
        }
        #expect(try await opened.blueprints.current().blueprint.objects.contains(orders))
    }

    @Test func `what a file lists no more is not deleted while others name it`() async throws {
        let opened = try await Opened()
        try await opened.apply(two)
        let plan = ObjectReference(.plan, "bronze")
        _ = try await opened.blueprints.put(
            plan, ["limit": "1000/day", "apis": ["orders"]], owner: .console, for: Opened.ada)
        #expect(try await opened.code { try await opened.apply("upstreams: {}") } == "object-in-use")
        // What it lists itself and forgot to change is told with its place.
        let forgotten = "apis: { orders: { path: /orders, upstream: orders, access: anonymous } }"
        #expect(try await opened.code { try await opened.apply(forgotten) } == "blueprint-refused")
        // Its own objects that name each other go together.
        _ = try await opened.blueprints.delete(plan, owner: .console, for: Opened.ada)
        #expect(try await opened.apply("upstreams: {}").description == "- upstream orders\n- api orders")
    }

    @Test func `an object is put only at the revision that was seen`() async throws {
        let opened = try await Opened()
        let setting = ObjectReference(.setting, "a")
        let blueprints = opened.blueprints
        func put(_ value: JSON, _ revision: Int64?) async throws -> String? {
            try await opened.code {
                _ = try await blueprints.put(setting, value, owner: .console, ifMatch: revision, for: Opened.ada)
            }
        }
        #expect(try await put("x", 1) == "revision-conflict")
        #expect(try await put("x", 0) == nil)
        #expect(try await put("y", 0) == "revision-conflict")
        #expect(try await put("y", 1) == nil)
        #expect(try await put("z", 1) == "revision-conflict")
        let stale = try await opened.code {
            _ = try await blueprints.delete(setting, owner: .console, ifMatch: 1, for: Opened.ada)
        }
        #expect(stale == "revision-conflict")
        #expect(try await blueprints.current().blueprint.settings["a"]?.value == "y")
        _ = try await blueprints.delete(setting, owner: .console, ifMatch: 2, for: Opened.ada)
        let gone = try await opened.code {
            _ = try await blueprints.delete(setting, owner: .console, for: Opened.ada)
        }
        #expect(gone == "object-unknown")
    }

    @Test func `an object that is the same already is not changed`() async throws {
        let opened = try await Opened()
        let setting = ObjectReference(.setting, "a")
        _ = try await opened.blueprints.put(setting, "x", owner: .console, for: Opened.ada)
        let change = try await opened.blueprints.put(setting, ["value": "x"], owner: .console, for: Opened.ada)
        #expect(!change.isWritten)
        #expect(try await opened.rows() == [1, 1, 1])
    }

    @Test func `an object that is not good is refused with pointers`() async throws {
        let opened = try await Opened()
        func pointers(_ object: ObjectReference, _ content: JSON) async throws -> [String] {
            do {
                _ = try await opened.blueprints.put(object, content, owner: .console, for: Opened.ada)
                return []
            } catch ConfigurationError.blueprintRefused(let complaints) {
                return complaints.all.map(\.place.pointer)
            }
        }
        #expect(try await pointers(ObjectReference(.setting, "A"), "x") == ["/settings/A"])
        #expect(try await pointers(orders, ["endpoints": ["ftp://x"]]) == ["/upstreams/orders/endpoints/0"])
        #expect(
            try await pointers(ObjectReference(.credential, "k"), ["consumer": "acme"])
                == ["/credentials/k/consumer"])
        #expect(try await opened.rows() == [0, 0, 0])
    }

    @Test func `what this version does not read stops whoever wants the whole, and nobody who replaces it`()
        async throws
    {
        let opened = try await Opened()
        try await opened.apply(two + "\nsettings: { a: x }")
        _ = try await opened.store.write { transaction in
            try transaction.execute(
                Statement("UPDATE configuration_objects SET content = '{\"colour\":1}' WHERE name = 'a'"))
        }
        let later = try await BlueprintStore(store: opened.store)
        #expect(try await opened.code { _ = try await later.current() } == "blueprint-refused")
        let put = try await opened.code {
            _ = try await later.put(ObjectReference(.setting, "b"), "x", owner: .console, for: Opened.ada)
        }
        #expect(put == "blueprint-refused")
        let change = try await later.apply(Opened.part(two), file: "gateway.yaml", for: Opened.ada)
        #expect(change.description == "- setting a")
        #expect(change.objects.first?.before == ["colour": 1])
        #expect(try await later.current().blueprint == Opened.part(two))
    }
}

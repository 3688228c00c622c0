import Codecs
import Testing

@testable import Blueprint

/// Documents are read whole or refused with every complaint and its place; what is read can be written and compared.
@Suite("Blueprint") struct BlueprintTests {
    private static let six = """
        upstreams: { orders: http://127.0.0.1:9001 }
        apis:
          orders:
            path: /orders
            upstream: orders
            access: { jwt: { issuer: built-in, audience: orders, scopes: [orders:read] } }
            limit: 100/min per consumer
        """

    private func read(_ text: String) throws(DocumentComplaints) -> Blueprint {
        try Blueprint.read(try YAMLDocument.read(text))
    }

    private func complaints(_ text: String) -> [String] {
        do throws(DocumentComplaints) {
            _ = try read(text)
            return []
        } catch {
            return error.description.split(separator: "\n").map(String.init)
        }
    }

    @Test func `the six lines are a whole document`() throws {
        let blueprint = try read(Self.six)
        let api = try #require(blueprint.apis["orders"])
        #expect(api.path == "/orders")
        #expect(api.limits == [Limit(count: 100, period: .minute, key: .consumer)])
        guard case .jwt(let rule)? = api.access else {
            Issue.record("no token rule")
            return
        }
        #expect(rule.issuers == ["built-in"])
        #expect(rule.audiences == ["orders"])
        #expect(rule.scopes == ["orders:read"])
        #expect(blueprint.upstreams["orders"]?.endpoints.map(\.url) == ["http://127.0.0.1:9001"])
    }

    @Test func `every complaint has its line`() {
        #expect(
            complaints(
                """
                upstreams: { orders: "ftp://x" }
                apis:
                  orders:
                    paht: /orders
                    upstream: order
                    limit: [100/minute, 5/s]
                    access: { jtw: {} }
                  open:
                    path: open
                    upstream: orders
                """) == [
                    #"line 1: "ftp://x" is not an http address without a path, such as http://127.0.0.1:9001"#,
                    "line 3: an API needs \"path\": The path that it is below.",
                    #"line 4: an API has no "paht"; did you mean "path"?"#,
                    "line 6: this must be how often in which time, such as 100/min per consumer",
                    #"line 7: "jtw" does not say who may call; did you mean jwt?"#,
                    #"line 9: "open" is not a path in canonical form, such as /orders"#,
                ])
        #expect(
            complaints(Self.six.replacing("upstream: orders", with: "upstream: order"))
                == [#"line 5: there is no upstream "order"; did you mean "orders"?"#])
        #expect(
            complaints(Self.six.replacing("issuer: built-in", with: "issuer: corporate"))
                == [#"line 6: there is no issuer "corporate"; issuers lists them"#])
    }

    @Test func `nothing is open by omission`() {
        #expect(
            complaints("upstreams: { a: http://h }\napis: { a: { path: /a, upstream: a } }").first?.contains(
                "does not say who may call") == true)
        #expect(
            complaints("apis: { a: { path: /a, access: anonymous } }").first?.contains("does not say who answers")
                == true)
    }

    @Test func `in JSON the place is a pointer`() throws {
        let json = try JSONReader.read(
            Array(#"{"apis":{"a/b":{"path":"/a"},"c":{"path":1}},"plans":{"p":"often"}}"#.utf8))
        let complaints = #expect(throws: DocumentComplaints.self) { try Blueprint.read(JSONDocument.read(json)) }
        #expect(complaints?.all.map(\.place.pointer) == ["/apis/a~1b", "/apis/c/path", "/plans/p"])
        #expect(complaints?.all.allSatisfy { $0.place.line == nil } == true)
    }

    @Test func `what is written is read as the same`() throws {
        let text = """
            listeners: { public: { address: 0.0.0.0:8443, tls: { certificates: [{ chain: a.pem, key: { env: KEY } }] } } }
            issuers: { corporate: { issuer: https://login.example, keys: discovery }, own: { issuer: x, keys: { inline: { keys: [{ kty: oct, n: 1 }] } } } }
            upstreams: { orders: { endpoints: [http://a, { url: http://b, weight: 3 }], balance: least-requests, health: /healthz } }
            policies: { browser: { origins: [https://app.example], response-headers: ["Cache-Control=no-store"] } }
            apis:
              orders:
                path: /orders
                upstream: orders
                access: { any: [api-key, { jwt: { issuer: [corporate, built-in], audience: orders, claims: [roles=clerk] } }, { all: [basic, anonymous] }] }
                limit: [100/min, 5/s per address]
                timeout: 1500ms
                maximum-body: 64KiB
                policies: browser
                routes: { write: { path: "/items/{id}", methods: POST, access: { api-key: X-Key } } }
                versions: { v1: { deprecated: 2026-06-01, sunset: 2027-01-01 }, v2: {} }
                default-version: v2
            plans: { bronze: { limit: 1000/day, apis: [orders] } }
            consumers: { acme: { title: "yes", enabled: false } }
            credentials: { acme-key: { consumer: acme, secret: { file: key } } }
            subscriptions: { s: { consumer: acme, plan: bronze, ends: 2027-01-01 } }
            settings: { public-address: https://api.example }
            """
        let blueprint = try read(text)
        let written = YAMLWriter.text(blueprint.json)
        #expect(try read(written) == blueprint, "\(written)")
        #expect(YAMLWriter.text(try read(written).json) == written)
        let json = try JSONReader.read(JSONWriter.write(blueprint.json))
        #expect(try Blueprint.read(JSONDocument.read(json)) == blueprint)
        #expect(blueprint.consumers["acme"]?.title == "yes")
        #expect(!written.contains("connect-timeout"), "a default is not written")
    }

    @Test func `what is open and what nobody uses is told`() throws {
        let text = """
            upstreams: { orders: http://a, spare: http://b }
            issuers: { old: { issuer: x, keys: { file: k } } }
            apis:
              open: { path: /open, upstream: orders, access: { any: [api-key, anonymous] } }
              free: { path: /free, upstream: orders, access: api-key }
              good: { path: /good, upstream: orders, access: api-key, limit: 1/s }
            """
        #expect(
            try read(text).advice.map { "\($0.object): \($0.text)" } == [
                "api open: Everybody may call it: its access is anonymous.",
                "api free: Nothing limits how often it is called.",
                "upstream spare: Nothing uses it.", "issuer old: Nothing uses it.",
            ])
    }

    @Test func `two are compared field by field`() throws {
        let old = try read(Self.six)
        let new = try read(Self.six.replacing("100/min", with: "200/min") + "\n    timeout: 5s")
        let difference = API.schema.difference(try #require(old.apis["orders"]), try #require(new.apis["orders"]))
        #expect(difference.map(\.field) == ["limit", "timeout"])
        #expect(difference.map(\.old) == [["100/min per consumer"], nil])
        #expect(difference.map(\.new) == [["200/min per consumer"], "5s"])
    }

    @Test func `a secret in a document is refused and not repeated`() {
        let found = complaints("consumers: { a: A }\ncredentials: { k: { consumer: a, secret: hunter2-hunter2 } }")
        #expect(
            found == [
                "line 2: a secret does not stand in a document: write { env: NAME }, { file: PATH } or { secret: NAME }"
            ])
        // Nor where the name of one should stand.
        let named = complaints("providers: { p: { kind: openai, keys: [{ secret: sk-Hunter2_hunter2 }] } }")
        #expect(named.count == 1 && named.allSatisfy { !$0.contains("unter2") })
    }

    @Test func `a stored secret is named, but not where it has several lines`() throws {
        let text = """
            providers:
              a: { kind: openai, keys: [{ secret: openai }, { env: KEY }, { secret: openai }] }
              b: { kind: mistral, keys: [{ secret: mistral }] }
            consumers: { c: C }
            credentials: { k: { consumer: c, secret: { secret: openai } } }
            """
        let blueprint = try read(text)
        #expect(blueprint.providers["a"]?.keys == [.stored("openai"), .environment("KEY"), .stored("openai")])
        #expect(
            blueprint.storedSecrets == [
                "openai": [ObjectReference(.credential, "k"), ObjectReference(.provider, "a")],
                "mistral": [ObjectReference(.provider, "b")],
            ])
        #expect(try Blueprint.read(try YAMLDocument.read(YAMLWriter.text(blueprint.json))) == blueprint)
        #expect(blueprint.mapFileNames { "/etc/" + $0 } == blueprint)
        // What the reader would take for an anchor, an alias or a tag is text all the same.
        let titles = try read(
            #"consumers: { c: "Acme \u0026Co, \u002Aall\u002A \u0021now, Café\u0026Bar \u0026\u0301" }"#)
        #expect(titles.consumers["c"]?.title == "Acme &Co, *all* !now, Café&Bar &\u{301}")
        #expect(try Blueprint.read(try YAMLDocument.read(YAMLWriter.text(titles.json))) == titles)
        let listener = complaints(
            "listeners: { l: { address: a.example:1, tls: { certificates: [{ chain: a, key: { secret: s } }] } } }")
        #expect(listener.count == 1 && listener[0].contains("write { env: NAME } or { file: PATH }"))
    }

    @Test(arguments: ["", " a", "a ", "a\n", "é", "a\u{7F}", String(repeating: "x", count: 4_097)])
    func `what cannot be a secret is refused and not repeated`(text: String) {
        var complaints = DocumentComplaints()
        let read = FieldType<String>.secretItself.read(JSONDocument.read(.string(ByteString(text))), &complaints)
        #expect(read == nil && complaints.all.count == 1)
        #expect(complaints.all.allSatisfy { $0.message.hasPrefix("this must be 1 to 4096 bytes of printable ASCII") })
    }

    @Test(arguments: ["a", "a b", "sk-~!", String(repeating: "x", count: 4_096)])
    func `what can be a secret is taken as it is`(text: String) {
        var complaints = DocumentComplaints()
        let read = FieldType<String>.secretItself.read(JSONDocument.read(.string(ByteString(text))), &complaints)
        #expect(read == text && complaints.all.isEmpty)
    }
}

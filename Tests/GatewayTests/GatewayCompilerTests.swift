import Blueprint
import Codecs
import JOSE
import NIOCore
import Telemetry
import Testing
import Tokens
import Traffic

@testable import Gateway

/// From a document to what requests are looked up in.
@Suite("Gateway compiler") struct GatewayCompilerTests {
    static let now: Int64 = 1_800_000_000

    static func surroundings(
        _ key: SigningKey? = nil, files: [String: String] = [:], environment: [String: String] = [:]
    ) throws -> Surroundings {
        let key = try key ?? SigningKey.generate(.es256, id: "k")
        return Surroundings(
            builtIn: TrustedIssuer(issuer: "https://own.example", keys: try KeySet([key.verificationKey])),
            readFile: { files[$0].map { Array($0.utf8) } }, environment: { environment[$0] }, now: { Self.now },
            fetchKeys: { _ in throw Unreachable() }, discoverKeys: { _ in throw Unreachable() })
    }

    private struct Unreachable: Error {}

    static func blueprint(_ text: String) throws -> Blueprint { try Blueprint.read(try YAMLDocument.read(text)) }

    private func complaints(
        _ text: String, files: [String: String] = [:], environment: [String: String] = [:]
    ) throws -> [String] {
        do {
            _ = try GatewayService.check(
                try Self.blueprint(text), in: try Self.surroundings(files: files, environment: environment))
            return []
        } catch let refused as ConfigurationComplaints {
            return refused.complaints.map(\.description)
        }
    }

    @Test func `the six lines are served`() throws {
        let six = """
            upstreams: { orders: http://127.0.0.1:9001 }
            apis:
              orders:
                path: /orders
                upstream: orders
                access: { jwt: { issuer: built-in, audience: orders, scopes: [orders:read] } }
                limit: 100/min per consumer
            """
        let loaded = try GatewayService.check(try Self.blueprint(six), in: try Self.surroundings())
        #expect(loaded.routes == 1)
        #expect(loaded.warnings.isEmpty)
    }

    static let api = "apis: { a: { path: /a, upstream: u, access: anonymous } }\n"
    static let upstream = "upstreams: { u: http://127.0.0.1:1 }\n"

    @Test(arguments: [
        (
            "issuers: { i: { issuer: x, keys: { file: gone.json } } }",
            "/issuers/i/keys: the key file gone.json cannot be read"
        ),
        ("issuers: { i: { issuer: x, keys: { file: bad.json } } }", "/issuers/i/keys: the key file bad.json is no use"),
        (
            "consumers: { c: Acme }\ncredentials: { k: { consumer: c, secret: { env: NONE } } }",
            "/credentials/k/secret: there is nothing in the environment variable NONE"
        ),
        (
            "consumers: { c: Acme }\ncredentials: { k: { consumer: c, secret: { secret: acme } } }",
            "/credentials/k/secret: there is no secret acme: signet secret put acme, or in the console"
        ),
        (
            "consumers: { c: Acme }\ncredentials: { k: { consumer: c, secret: { env: SHORT } } }",
            "/credentials/k/secret: what is in the environment variable SHORT is too short"
        ),
        (
            "consumers: { c: Acme }\ncredentials: { k: c }",
            "/credentials/k/secret: a credential needs its secret"
        ),
        (
            "consumers: { c: Acme }\ncredentials: { k: { consumer: c, secret: { env: LONG } }, l: { consumer: c, secret: { env: LONG } } }",
            "/credentials/l/secret: the credential k has the same secret"
        ),
        (
            "consumers: { c: { subjects: [ada] }, d: { subjects: [ada] } }",
            "/consumers/d/subjects: the subject ada is the consumer c already"
        ),
        ("settings: { public-address: ftp://x }", "/settings/public-address: the address ftp://x must be https://host"),
    ])
    func `what a good document names must be there`(addition: String, complaint: String) throws {
        let said = try complaints(
            Self.upstream + Self.api + addition, files: ["bad.json": "{}"],
            environment: ["SHORT": "abc", "LONG": "0123456789abcdef"])
        #expect(said.contains { $0.hasPrefix(complaint) }, "\(said)")
    }

    @Test func `APIs that want the same requests are refused, and others are not`() throws {
        let said = try complaints(
            Self.upstream + """
                apis:
                  a: { path: /a, methods: [GET, POST], upstream: u, access: anonymous }
                  b: { path: /a, methods: [POST], upstream: u, access: anonymous }
                  c: { path: /a, hosts: [c.example], upstream: u, access: anonymous }
                  d: { path: /a/d, upstream: u, access: anonymous }
                """)
        #expect(said.count == 1)
        #expect(said.first?.hasPrefix("/apis/b: /a/* of b is already served by a") == true, "\(said)")
    }

    @Test func `a private key in an issuer's file is refused`() throws {
        let key = try SigningKey.generate(.es256, id: "k")
        let said = try complaints(
            Self.upstream + Self.api + "issuers: { i: { issuer: x, keys: { file: k.json } } }",
            files: ["k.json": String(decoding: JSONWriter.write(.object(key.privateJWK)), as: UTF8.self)])
        #expect(said == ["/issuers/i/keys: the key file k.json holds a private key; give the gateway the public one"])
    }

    @Test func `a bad key of an issuer's set is passed over and named`() throws {
        let good = try #require(try SigningKey.generate(.rs256, id: "p").verificationKey.publicJWK)
        var bad = good
        bad["n"] = "AA"
        let text = Self.upstream + Self.api + "issuers: { i: { issuer: x, keys: { file: k.json } } }"
        func check(_ keys: [JSONObject]) throws -> PreparedConfiguration {
            let set = JSONWriter.text(["keys": .array(keys.map { .object($0) })])
            return try GatewayService.check(
                try Self.blueprint(text), in: try Self.surroundings(files: ["k.json": set]))
        }
        let mixed = try check([bad, good])
        #expect(mixed.warnings.map(\.pointer) == ["/issuers/i/keys"])
        #expect(mixed.warnings.first?.message.contains("key 0 of the set") == true)
        bad["d"] = "AA"
        #expect(throws: ConfigurationComplaints.self) { try check([bad, good]) }
    }

    @Test(arguments: ["{ issuer: built-in }", "{ audience: x }", "{}"])
    func `a token rule without audience or issuer is refused`(rule: String) {
        #expect(throws: DocumentComplaints.self) {
            try Self.blueprint(Self.upstream + "apis: { a: { path: /a, upstream: u, access: { jwt: \(rule) } } }")
        }
    }

    @Test func `a route asks its policies in the order of their phases`() throws {
        let prepared = try GatewayService.check(
            try Self.blueprint(
                """
                upstreams: { u: http://127.0.0.1:1 }
                policies: { p: { origins: [https://app.example], maximum-body: 1MiB } }
                plans: { gold: { limit: 9/s, apis: [a] } }
                apis:
                  a:
                    path: /a
                    upstream: u
                    policies: [p]
                    access: { jwt: { issuer: built-in, audience: a } }
                    limit: [1/s per consumer, 2/s per address]
                    versions: { v1: { sunset: 2999-01-01 } }
                """), in: try Self.surroundings())
        let phases = try #require(prepared.table.routes.first).policies.map(\.phase)
        #expect(phases == [.admit, .admit, .admit, .admit, .authenticate, .authorize, .throttle])
        let order = phases.compactMap { Phase.allCases.firstIndex(of: $0) }
        #expect(order == order.sorted())
    }

    @Test func `a limit that stays the same keeps its number, and others have their own`() {
        let numbers = LimitNumbers()
        let first = numbers.numbered(Limit(count: 1, period: .second), scope: "api a", name: "a")
        #expect(numbers.numbered(Limit(count: 1, period: .second), scope: "api a", name: "a").limit == first.limit)
        #expect(numbers.numbered(Limit(count: 2, period: .second), scope: "api a", name: "a").limit != first.limit)
        #expect(numbers.numbered(Limit(count: 1, period: .second), scope: "api b", name: "b").limit != first.limit)
    }

    @Test(
        arguments: [
            ("1970-01-01", 0), ("1970-01-02", 86_400), ("2000-02-29", 951_782_400), ("2027-01-01", 1_798_761_600),
            ("2100-03-01", 4_107_542_400),
        ] as [(String, Int64)])
    func `days begin where calendars say`(day: String, seconds: Int64) {
        #expect(CalendarDate.seconds(ofDay: day) == seconds)
    }

    @Test(arguments: ["2100-02-29", "2027-02-30", "2027-13-01", "2027-00-10", "x", "2027-1", "1969-12-31"])
    func `what is no day is none`(text: String) {
        #expect(CalendarDate.seconds(ofDay: text) == nil)
    }

    @Test func `a date in a field is as RFC 9110 writes it`() {
        #expect(
            String(decoding: CalendarDate.fieldValue(of: 784_111_777), as: UTF8.self) == "Sun, 06 Nov 1994 08:49:37 GMT"
        )
    }

    @Test(
        arguments: [
            ("", TimeAmount.seconds(60), .hours(1)), ("streams: true", nil, nil),
            ("idle-timeout: 5m", .seconds(60), .minutes(5)),
            ("streams: true, idle-timeout: 5m", .minutes(5), .minutes(5)),
            ("idle-timeout: 5m, routes: { r: { path: /r, idle-timeout: 7s } }", .seconds(60), .seconds(7)),
            ("idle-timeout: 5m, routes: { r: { path: /r, streams: true } }", .minutes(5), .minutes(5)),
        ] as [(String, TimeAmount?, TimeAmount?)])
    func `a tunnel and an answer that may pause have a time without traffic`(
        _ text: String, _ body: TimeAmount?, _ tunnel: TimeAmount?
    ) throws {
        let api = "apis: { a: { path: /a, upstream: u, access: { jwt: { issuer: built-in, audience: a } }, \(text) } }"
        let prepared = try GatewayService.check(
            try Self.blueprint(Self.upstream + api), in: try Self.surroundings())
        let routes = prepared.table.routes
        let rule = try #require(routes.first { $0.name == "r" } ?? routes.first).forwarding
        #expect(rule.bodyStall == body)
        #expect(rule.tunnelIdle == tunnel)
        // Whatever pauses are allowed, what lasts ends with its token.
        #expect(rule.mayLast == text.contains("streams"))
    }

    @Test(arguments: [("0", false), ("1", true), ("1000", true), ("1000001", false), ("all", false), ("", false)])
    func `the history keeps a number of revisions`(_ text: String, _ isGood: Bool) throws {
        let complaints = try complaints(Self.upstream + "settings: { kept-revisions: \"\(text)\" }")
        #expect(complaints.isEmpty == isGood)
        #expect(
            isGood || complaints.first?.hasPrefix("/settings/kept-revisions: kept-revisions must be a number") == true)
    }
}

import Codecs
import HTTPWire
import JOSE
import Testing
import Tokens

@testable import Gateway

/// A routes document is understood whole, or refused with every complaint and its line.
struct RoutesDocumentTests {
    private static let good = """
        issuers:
          local: { keys: built-in }
          partner:
            issuer: https://idp.example
            keys: { file: partner.jwk }
        upstreams:
          orders: { url: "http://127.0.0.1:9001" }
        routes:
          - name: orders
            path: /orders/*
            methods: [GET, POST]
            upstream: orders
            jwt: { issuer: partner, audience: [orders, all], types: [at+jwt], leeway: 5, require: [sub, {roles: user}], scopes: [read] }
          - name: open
            path: /open
            upstream: orders
            anonymous: true
        """

    private func compile(_ text: String, files: [String: [UInt8]] = [:]) throws -> RouteTable {
        let key = try SigningKey.generate(.es256, id: "k").verificationKey
        let builtIn = TrustedIssuer(issuer: "http://localhost:8080", keys: try KeySet([key]))
        var compiler = RouteTableCompiler(builtIn: builtIn) { files[$0] }
        return try compiler.compile(text)
    }

    /// RFC 7517 §5: as by every other way in.
    @Test func `a bad key of an issuer's set is passed over and named`() throws {
        let good = try #require(try SigningKey.generate(.rs256, id: "p").verificationKey.publicJWK)
        var bad = good
        bad["n"] = "AA"
        func compiler(_ keys: [JSONObject]) throws -> RouteTableCompiler {
            let set = JSONWriter.write(["keys": .array(keys.map { .object($0) })])
            return RouteTableCompiler(
                builtIn: TrustedIssuer(issuer: "http://localhost:8080", keys: try KeySet([VerificationKey]()))
            ) { _ in set }
        }
        var mixed = try compiler([bad, good])
        #expect(try mixed.compile(Self.good).count == 2)
        #expect(mixed.passedOver.map(\.line) == [3])
        #expect(mixed.passedOver.first?.message.contains("key 0 of the set") == true)
        bad["d"] = "AA"
        var burnt = try compiler([bad, good])
        #expect(throws: RouteComplaints.self) { try burnt.compile(Self.good) }
    }

    private func complaints(_ text: String) -> [String] {
        do {
            _ = try compile(text)
            return []
        } catch let complaints as RouteComplaints {
            return complaints.complaints.map { $0.description }
        } catch {
            return ["\(error)"]
        }
    }

    @Test func `a good document becomes a table with its policies`() throws {
        let key = try SigningKey.generate(.rs256, id: "p").verificationKey
        let jwk = JSONWriter.write(.object(try #require(key.publicJWK)))
        let table = try compile(Self.good, files: ["partner.jwk": jwk])
        guard case .route(let route) = match(table, "/orders/7", "GET") else {
            Issue.record("no route")
            return
        }
        #expect(route.name == "orders")
        let policy = try #require(route.bearer).verifier.policy
        #expect(policy.algorithms == [.rs256])
        #expect(policy.issuers == ["https://idp.example"])
        #expect(policy.audiences == ["orders", "all"])
        #expect(policy.leeway == 5)
        #expect(policy.scopes == ["read"])
        #expect(policy.requiredClaims.map { $0.name } == ["exp", "sub", "roles"])
    }

    @Test func `the address is a scheme and an authority, and is said once`() throws {
        let rest =
            "upstreams: { a: { url: http://127.0.0.1:1 } }\nroutes:\n  - { name: a, path: /a, upstream: a, anonymous: true }"
        #expect(try compile(rest).origin.configured == nil)
        for (written, known) in [
            ("https://api.example", "https://api.example"), ("https://API.example:443/", "https://api.example"),
            ("http://localhost:8000", "http://localhost:8000"),
        ] {
            let table = try compile("address: \(written)\n\(rest)")
            #expect(table.origin.configured == Array(known.utf8))
        }
        for written in [
            "api.example", "ftp://api.example", "https://", "https://api.example/v1", "https://api.example//",
            "https://a@api.example", "https://api.example?x", "'https://api.example#'",
        ] {
            #expect(
                complaints("address: \(written)\n\(rest)").first?.hasPrefix("line 1: the address") == true, "\(written)"
            )
        }
    }

    @Test func `every complaint is listed at once, each with its line`() {
        let text = """
            issuers:
              local: { keys: magic }
              partner: { keys: { file: nowhere.jwk }, issuer: "https://idp.example" }
            upstreams:
              tls: { url: "https://127.0.0.1" }
              path: { url: "http://127.0.0.1:80/api" }
            routes:
              - name: one
                path: /a
                upstream: missing
                anonymous: true
              - name: two
                path: b
                upstream: tls
                jwt: { issuer: local, audience: x }
              - name: three
                path: /c
                upstream: tls
            colour: blue
            """
        #expect(
            complaints(text) == [
                "line 2: issuer \"local\": keys is built-in or { file: … }, not \"magic\"",
                "line 3: the key file nowhere.jwk cannot be read",
                "line 5: the url https://127.0.0.1 must start with http:// (https to upstreams is not supported yet)",
                "line 6: the url http://127.0.0.1:80/api must be http://host:port without a path; the path is the client's",
                "line 8: route \"one\" names the upstream \"missing\", which is not listed",
                "line 12: the path must start with / and may end in /*, like /orders or /orders/*",
                "line 16: the route says nobody may pass: add jwt: { … }, or anonymous: true to let everybody in",
                "line 19: the document has no \"colour\"; it knows address, issuers, upstreams, routes",
            ])
    }

    @Test(arguments: [
        ("", "line 1: the document is empty"),
        ("routes: [", "line 2: this is not YAML"),
        ("routes: {}", "line 1: routes must be a list (- name: …)"),
        ("- 1", "line 1: the document must be a mapping (name: value)"),
        ("routes: []", "line 1: there are no routes; every request would be refused"),
        ("a: 1\na: 2", "line 1: a name stands twice: a"),
        ("upstreams: &u { a: { url: http://h } }\nroutes: *u", "line 1: anchors (&name) are not read"),
        ("upstreams:\n  a: *a", "line 2: aliases (*name) are not read"),
        ("? &a [*a, *a]\n: 1", "line 1: anchors (&name) are not read"),
    ])
    func `a text that is no routes document says why`(_ text: String, _ beginning: String) {
        #expect(complaints(text).first?.hasPrefix(beginning) == true, "\(complaints(text))")
    }

    @Test(arguments: [
        ("/a/../b", "not in canonical form"), ("/a//b", "not in canonical form"), ("/%7Ea", "not in canonical form"),
        ("/a?x=1", "not in canonical form"), ("/a/*/b", "must start with /"), ("", "must be text"),
    ])
    func `a path that no request could have is refused`(_ path: String, _ reason: String) {
        let text = """
            upstreams: { u: { url: "http://127.0.0.1:1" } }
            routes:
              - { name: r, path: "\(path)", upstream: u, anonymous: true }
            """
        #expect(complaints(text).contains { $0.hasPrefix("line 3: ") && $0.contains(reason) }, "\(complaints(text))")
    }

    @Test func `the same path and method twice is refused`() {
        let text = """
            upstreams: { u: { url: "http://127.0.0.1:1" } }
            routes:
              - { name: a, path: /x, methods: [GET], upstream: u, anonymous: true }
              - { name: b, path: /x, methods: [GET], upstream: u, anonymous: true }
              - { name: a, path: /y, upstream: u, anonymous: true }
            """
        #expect(
            complaints(text) == [
                "line 4: GET /x is already served by the route at line 3",
                "line 5: the name \"a\" is taken by the route at line 3",
            ])
    }

    @Test func `a token rule without audience or issuer is refused`() {
        let text = """
            issuers: { local: { keys: built-in } }
            upstreams: { u: { url: "http://127.0.0.1:1" } }
            routes:
              - { name: a, path: /x, upstream: u, jwt: { leeway: 500 } }
            """
        #expect(
            complaints(text) == [
                "line 4: leeway must be a whole number from 0 to 120",
                "line 4: jwt needs \"issuer\": the name of one of the issuers",
                "line 4: jwt needs \"audience\": without it, tokens meant for others would pass",
            ])
    }

    @Test func `exact beats prefix, long beats short, named methods beat all`() throws {
        let text = """
            upstreams: { u: { url: "http://127.0.0.1:1" } }
            routes:
              - { name: all, path: /*, upstream: u, anonymous: true }
              - { name: api, path: /api/*, upstream: u, anonymous: true }
              - { name: deep, path: /api/v1/*, upstream: u, anonymous: true }
              - { name: exact, path: /api/v1/x, methods: [GET], upstream: u, anonymous: true }
            """
        let table = try compile(text)
        for (path, method, name) in [
            ("/", "GET", "all"), ("/apifoo", "GET", "all"), ("/api", "GET", "api"), ("/api/v1/y", "GET", "deep"),
            ("/api/v1/x", "GET", "exact"), ("/api/v1/x", "HEAD", "exact"), ("/api/v1/x", "POST", "deep"),
        ] {
            guard case .route(let route) = match(table, path, method) else {
                Issue.record("no route for \(path)")
                continue
            }
            #expect(route.name == name, "\(method) \(path)")
        }
    }

    @Test func `a served path with another method says which methods it has`() throws {
        let table = try compile(
            Self.good.replacing("partner, audience", with: "local, audience")
                .replacing("  partner:\n    issuer: https://idp.example\n    keys: { file: partner.jwk }\n", with: ""))
        guard case .otherMethods(let methods) = match(table, "/orders", "DELETE") else {
            Issue.record("expected other methods")
            return
        }
        #expect(methods.map { String(decoding: $0, as: UTF8.self) } == ["GET", "POST"])
        guard case .none = match(table, "/nowhere", "GET") else {
            Issue.record("expected no route")
            return
        }
    }

    private func match(_ table: RouteTable, _ path: String, _ method: String) -> RouteTable.Match {
        guard let path = try? CanonicalPath(Array(path.utf8)) else { return .none }
        return Array(method.utf8).withUnsafeBytes { table.match(path, method: $0) }
    }
}

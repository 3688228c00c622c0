import Codecs
import ControlPlane
import Fetching
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Synchronization
import Testing

@testable import Studio

extension OnlineStudio {
    /// An online page whose server knows one issuer and fetches from a table.
    static func forTests(
        documents: [String: String] = [:], visitor: Visitor? = nil,
        asked: @escaping @Sendable (String) -> Void = { _ in }
    ) -> OnlineStudio {
        let connections = Connections(
            issuer: "https://own.example", ownKeys: { ["keys": [["kty": "EC", "kid": "own"]]] },
            fetch: { address in
                asked(address)
                guard let text = documents[address] else { throw FetchFailure.noSuchHost("nowhere.example") }
                return Array(text.utf8)
            },
            visitor: { _ in visitor },
            signIn: { _ in Response(status: .seeOther, headers: [.location: "/sign-in"]) },
            routes: { token in [["route": "orders", "passes": .bool(token.count > 3)]] })
        return OnlineStudio(
            connections, sameOrigin: SameOrigin(origin: "https://own.example"), clock: { 1_800_000_000 })
    }
}

/// What the online page asks of this server.
@Suite("Online Studio") struct OnlineStudioTests {
    private static let key =
        #"{"kty":"OKP","crv":"Ed25519","kid":"k1","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#

    private func post(
        _ path: String, _ body: String, to online: OnlineStudio, headers: HTTPFields = [.secFetchSite: "same-origin"]
    ) async throws -> (status: HTTPResponse.Status, json: JSONObject, headers: HTTPFields) {
        let router = Router.controlPlane()
        StudioPages.addRoutes(to: router, online: online)
        return try await Application(router: router).test(.router) { client in
            var headers = headers
            headers[.contentType] = "application/json"
            let response = try await client.execute(
                uri: path, method: .post, headers: headers, body: ByteBuffer(string: body))
            let json = try JSONReader.read(Array(response.body.readableBytesView)).object
            return (response.status, try #require(json), response.headers)
        }
    }

    @Test func `keys come from an address, or from where an issuer says`() async throws {
        let documents = [
            "https://a.example/keys": #"{"keys":[\#(Self.key)]}"#,
            "https://a.example/.well-known/openid-configuration":
                #"{"issuer":"https://a.example","jwks_uri":"https://a.example/keys"}"#,
        ]
        let online = OnlineStudio.forTests(documents: documents)
        let byAddress = try await post("/online/keys", #"{"address":"https://a.example/keys"}"#, to: online)
        #expect(byAddress.status == .ok)
        #expect(byAddress.json["keys"]?.array?.first?.object?["kid"] == "k1")
        #expect(byAddress.json["issuer"] == nil)
        #expect(byAddress.headers[.cacheControl] == "no-store")
        let byIssuer = try await post("/online/keys", #"{"issuer":"https://a.example"}"#, to: online)
        #expect(byIssuer.json["address"] == "https://a.example/keys")
        #expect(byIssuer.json["issuer"] == "https://a.example")
    }

    @Test func `this server's own keys are not fetched`() async throws {
        let answer = try await post("/online/keys", #"{"issuer":"https://own.example"}"#, to: .forTests())
        #expect(answer.status == .ok)
        #expect(answer.json["keys"]?.array?.first?.object?["kid"] == "own")
        #expect(answer.json["address"] == "https://own.example/.well-known/jwks.json")
    }

    @Test(
        arguments: [
            (#"{"issuer":"https://b.example"}"#, "metadata of"),
            (#"{"address":"https://a.example/private"}"#, "private key"),
            (#"{"address":"https://a.example/text"}"#, "not JSON"),
            (#"{"address":"https://a.example/nothing"}"#, "no host named"),
            (#"{"issuer":"b.example"}"#, "https address"),
        ])
    func `what is no key set is told, and whose fault it is`(question: String, says: String) async throws {
        let documents = [
            "https://b.example/.well-known/openid-configuration":
                #"{"issuer":"https://a.example","jwks_uri":"https://a.example/keys"}"#,
            "https://a.example/private": #"{"keys":[{"kty":"OKP","crv":"Ed25519","d":"AAAA","x":"AAAA"}]}"#,
            "https://a.example/text": "<html>",
        ]
        let answer = try await post("/online/keys", question, to: .forTests(documents: documents))
        #expect(answer.status == .badGateway)
        #expect(answer.json["code"] == "keys-not-fetched")
        #expect(
            answer.json["detail"]?.string?.text.contains(says) == true, "\(answer.json["detail"]?.string?.text ?? "")")
    }

    @Test(
        arguments: [
            [:], [.secFetchSite: "cross-site"], [.secFetchSite: "same-site"], [.origin: "https://evil.example"],
        ] as [HTTPFields])
    func `other sites' pages get nothing`(headers: HTTPFields) async throws {
        let asked = Mutex(0)
        let online = OnlineStudio.forTests(visitor: .init(name: "ada", isAdmin: true)) { _ in asked.withLock { $0 += 1 }
        }
        for (path, body) in [
            ("/online/keys", #"{"address":"https://a.example/keys"}"#), ("/online/routes", #"{"token":"abc.def.ghi"}"#),
        ] {
            let answer = try await post(path, body, to: online, headers: headers)
            #expect(answer.status == .forbidden)
            #expect(answer.json["code"] == "form-foreign")
        }
        #expect(asked.withLock { $0 } == 0)
    }

    @Test func `routes are told to admins alone`() async throws {
        let question = #"{"token":"abc.def.ghi"}"#
        #expect(try await post("/online/routes", question, to: .forTests()).json["code"] == "sign-in-first")
        let other = OnlineStudio.forTests(visitor: .init(name: "bob", isAdmin: false))
        #expect(try await post("/online/routes", question, to: other).json["code"] == "route-verdicts-admins-only")
        let admin = OnlineStudio.forTests(visitor: .init(name: "ada", isAdmin: true))
        let answer = try await post("/online/routes", question, to: admin)
        #expect(answer.json["routes"]?.array?.first?.object?["route"] == "orders")
        #expect(answer.headers[.cacheControl] == "no-store")
    }

    @Test func `one client asks ten times a minute`() async throws {
        let clock = Mutex<Int64>(1_800_000_000)
        let throttle = FetchThrottle { clock.withLock { $0 } }
        let one = try SocketAddress(ipAddress: "2001:db8::1", port: 1)
        let neighbour = try SocketAddress(ipAddress: "2001:db8::2", port: 1)
        let other = try SocketAddress(ipAddress: "198.51.100.1", port: 1)
        for _ in 0..<FetchThrottle.mostPerClient { try throttle.count(one) }
        #expect(throws: ProblemBody.self) { try throttle.count(neighbour) }
        try throttle.count(other)
        clock.withLock { $0 += 60 }
        try throttle.count(one)
    }
}

extension HTTPField.Name {
    fileprivate static var secFetchSite: Self { Self("Sec-Fetch-Site") ?? .origin }
}

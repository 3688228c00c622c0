import Codecs
import ControlPlane
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

struct Unforeseen: Error, CustomStringConvertible {
    var description: String { "canary-secret" }
}

struct Foreseen: ProblemConvertible {
    var problem: ProblemBody {
        ProblemBody(
            .serviceUnavailable, code: "closed-for-now", title: "Closed", detail: "Come back later.",
            headers: [.retryAfter: "7"])
    }
}

@Suite struct ProblemTests {
    private let router: Router<ControlPlaneContext>

    init() {
        router = .controlPlane()
        router.endpoint("/fine", [.get: { _, _ in .json(["answer": 42]) }])
        router.endpoint(
            "/own", [.get: { _, _ in Response(status: .ok, headers: [.cacheControl: "public, max-age=60"]) }])
        router.endpoint("/unforeseen", [.get: { _, _ in throw Unforeseen() }])
        router.endpoint("/foreseen", [.get: { _, _ in throw Foreseen() }])
        router.endpoint("/framework", [.get: { _, _ in throw HTTPError(.badRequest, message: "canary-secret") }])
        router.endpoint(
            "/body",
            [
                .post: { request, _ in
                    .json(.string(try await JSONRequestBody(of: request).string("name", atMost: 8)))
                }
            ])
    }

    private func ask(
        _ uri: String, _ method: HTTPRequest.Method = .get, headers: HTTPFields = [:], body: String? = nil
    ) async throws -> TestResponse {
        try await Application(router: router).test(.router) { client in
            try await client.execute(
                uri: uri, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) })
        }
    }

    private func problem(_ response: TestResponse) throws -> JSONObject {
        #expect(response.headers[.contentType] == "application/problem+json")
        let object = try #require(JSONReader.read(Array(response.body.readableBytesView)).object)
        #expect(object["status"] == .number(JSONNumber(Int64(response.status.code))))
        let code = try #require(object["code"]?.string)
        #expect(object["type"] == .string(ByteString("/problems/\(code)")))
        return object
    }

    @Test(arguments: ["/fine", "/nowhere", "/unforeseen", "/foreseen", "/body"])
    func `every answer carries the security headers, errors and 404s too`(uri: String) async throws {
        let response = try await ask(uri)
        let expected = [
            "x-content-type-options": "nosniff", "referrer-policy": "no-referrer",
            "cross-origin-opener-policy": "same-origin", "cross-origin-resource-policy": "same-origin",
            "permissions-policy": "camera=(), geolocation=(), microphone=()",
            "content-security-policy":
                "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "cache-control": "no-store",
        ]
        for (name, value) in expected {
            #expect(response.headers[try #require(HTTPField.Name(name))] == value, "\(name)")
        }
    }

    @Test func `a header that the answer set itself stays`() async throws {
        #expect(try await ask("/own").headers[.cacheControl] == "public, max-age=60")
    }

    @Test func `an unknown address is a problem body`() async throws {
        let response = try await ask("/nowhere")
        #expect(response.status == .notFound)
        #expect(try problem(response)["code"] == "not-found")
    }

    @Test func `a wrong method is a problem body that names the right ones`() async throws {
        let response = try await ask("/fine", .delete)
        #expect(response.status == .methodNotAllowed)
        #expect(response.headers[.allow] == "GET, HEAD")
        #expect(try problem(response)["code"] == "method-not-allowed")
        #expect(try await ask("/body", .get).headers[.allow] == "POST")
    }

    @Test func `HEAD gets the fields without the body, from errors too`() async throws {
        for uri in ["/fine", "/nowhere", "/foreseen"] {
            let get = try await ask(uri)
            let head = try await ask(uri, .head)
            #expect(head.status == get.status)
            #expect(head.body.readableBytes == 0)
            #expect(head.headers[.contentType] == get.headers[.contentType])
        }
    }

    @Test(arguments: ["/unforeseen", "/framework"])
    func `an error never tells its own text`(uri: String) async throws {
        let response = try await ask(uri)
        _ = try problem(response)
        #expect(!String(buffer: response.body).contains("canary"))
        #expect(response.status == (uri == "/unforeseen" ? .internalServerError : .badRequest))
    }

    @Test func `an error that knows its problem sends that one`() async throws {
        let response = try await ask("/foreseen")
        #expect(response.status == .serviceUnavailable)
        #expect(response.headers[.retryAfter] == "7")
        #expect(try problem(response)["code"] == "closed-for-now")
    }

    @Test(arguments: [
        (#"{"name":"Ada"}"#, ""), (#"{"name":"Ada","other":[1]}"#, ""),
        (#"{"name":}"#, "at byte 8"), (#"{"name":"a","name":"b"}"#, "name"), ("[]", "JSON object"), ("", "JSON"),
        ("{}", "`name` is missing"), (#"{"name":7}"#, "`name` must be a string, not a number"),
        (#"{"name":""}"#, "`name` is empty"), (#"{"name":"123456789"}"#, "`name` is longer than 8 bytes"),
        (#"{"name":"a",}"#, "at byte"), (String(repeating: "[", count: 40), "at byte"),
    ])
    func `a body is one strict JSON object, and complaints say where`(body: String, complaint: String) async throws {
        let response = try await ask("/body", .post, headers: [.contentType: "application/json"], body: body)
        if complaint.isEmpty {
            #expect(response.status == .ok)
        } else {
            #expect(response.status == .badRequest)
            let detail = try #require(try problem(response)["detail"]?.string?.text)
            #expect(detail.contains(complaint), "\(detail)")
        }
    }

    @Test(arguments: [
        ("application/json", true), ("Application/JSON; charset=UTF-8", true), ("application/json;charset=utf-8", true),
        ("text/plain", false), ("application/jsonp", false), ("application/json; charset=utf-16", false),
        ("application/x-www-form-urlencoded", false), ("application/json, text/plain", false),
    ])
    func `only JSON is read`(contentType: String, accepted: Bool) async throws {
        let response = try await ask("/body", .post, headers: [.contentType: contentType], body: #"{"name":"Ada"}"#)
        #expect(response.status == (accepted ? .ok : .unsupportedMediaType))
        if !accepted { #expect(try problem(response)["code"] == "content-type-unsupported") }
    }

    @Test func `a body over 64 KiB is refused`() async throws {
        let body = #"{"name":"\#(String(repeating: "x", count: 65_536))"}"#
        let response = try await ask("/body", .post, headers: [.contentType: "application/json"], body: body)
        #expect(response.status == .contentTooLarge)
        #expect(try problem(response)["code"] == "body-too-large")
    }
}

@Suite struct HealthTests {
    @Test func `health says live, and ready only when every check passes`() async throws {
        for works in [true, false] {
            let router = Router<ControlPlaneContext>.controlPlane()
            HealthEndpoints(checks: [
                HealthCheck("keys") {}, HealthCheck("database") { if !works { throw Unforeseen() } },
            ]).addRoutes(to: router)
            try await Application(router: router).test(.router) { client in
                #expect(try await client.execute(uri: "/healthz", method: .get).status == .ok)
                let ready = try await client.execute(uri: "/readyz", method: .get)
                #expect(ready.status == (works ? .ok : .serviceUnavailable))
                let text = String(buffer: ready.body)
                #expect(text.contains(works ? "ready" : "Not working now: database."))
                #expect(!text.contains("canary"))
            }
        }
    }
}

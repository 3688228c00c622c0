import Codecs
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import OAuth
import Testing

@testable import TokenService

@Suite struct CrossOriginTests {
    private func ask(
        _ signet: TestInstallation, _ method: HTTPRequest.Method, _ path: String, origin: String?,
        preflight: String? = nil
    ) async throws -> TestResponse {
        var headers: HTTPFields = [:]
        headers[.origin] = origin
        headers[.accessControlRequestMethod] = preflight
        if method == .post { headers[.contentType] = "application/x-www-form-urlencoded" }
        let fields = headers
        return try await Application(router: signet.router).test(.router) { http in
            try await http.execute(
                uri: path, method: method, headers: fields,
                body: method == .post ? ByteBuffer(string: "grant_type=refresh_token&client_id=app") : nil)
        }
    }

    @Test func `pages of a registered client may ask at the client's addresses, and no others`() async throws {
        let signet = try await TestInstallation.start()
        _ = try await signet.register("app") { $0.authentication = .none }
        let mine = "https://app.example"
        for path in ["/token", "/userinfo", "/revoke", "/par"] {
            let asked = try await ask(signet, .options, path, origin: mine, preflight: "POST")
            #expect(asked.status == .noContent)
            #expect(asked.headers[.accessControlAllowOrigin] == mine)
            #expect(asked.headers[.accessControlAllowHeaders]?.contains("Authorization") == true)
            #expect(asked.headers[.accessControlAllowCredentials] == nil)
            let answered = try await ask(signet, .post, path, origin: mine)
            #expect(answered.status.kind == .clientError)
            #expect(answered.headers[.accessControlAllowOrigin] == mine)
            #expect(answered.headers[.vary] == "Origin")
            for origin in ["https://evil.example", "null", "https://app.example:444"] {
                let foreign = try await ask(signet, .options, path, origin: origin, preflight: "POST")
                #expect(foreign.headers[.accessControlAllowOrigin] == nil)
                #expect(try await ask(signet, .post, path, origin: origin).headers[.accessControlAllowOrigin] == nil)
            }
        }
        for path in ["/authorize", "/sign-in", "/account", "/introspect", "/login", "/refresh", "/device"] {
            #expect(try await ask(signet, .get, path, origin: mine).headers[.accessControlAllowOrigin] == nil)
            let asked = try await ask(signet, .options, path, origin: mine, preflight: "POST")
            #expect(asked.status == .methodNotAllowed)
            #expect(asked.headers[.accessControlAllowOrigin] == nil)
        }
        _ = try await signet.manage(.post, "/clients/app/disable")
        #expect(try await ask(signet, .post, "/token", origin: mine).headers[.accessControlAllowOrigin] == nil)
    }

    @Test func `what is public anyway, any page may read`() async throws {
        let signet = try await TestInstallation.start()
        for path in ["/.well-known/openid-configuration", "/.well-known/jwks.json"] {
            let answer = try await ask(signet, .get, path, origin: "https://anybody.example")
            #expect(answer.headers[.accessControlAllowOrigin] == "*")
        }
    }
}

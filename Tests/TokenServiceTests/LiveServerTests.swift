import Codecs
import ControlPlane
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing
import Tokens

@testable import TokenService

@Suite struct LiveServerTests {
    @Test func `a session lives its life over real connections`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        let router = signet.router
        HealthEndpoints(checks: signet.service.healthChecks).addRoutes(to: router)
        let application = Application(router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)))
        try await application.test(.live) { client in
            let credentials: JSONObject = ["name": "ada", "password": .string(ByteString(TestInstallation.password))]
            let login = try await signet.post("/login", credentials, client)
            #expect(login.status == .ok)
            let refresh = try await signet.post(
                "/refresh", ["refresh_token": .string(ByteString(login.refresh))], client)
            #expect(refresh.status == .ok)
            let revoke = try await signet.post(
                "/revoke", ["token": .string(ByteString(login.access))], bearer: refresh.access, client)
            #expect(revoke.status == .ok)
            #expect(signet.gatewayRefuses(login.access) == .tokenRevoked)
            #expect(signet.gatewayRefuses(refresh.access) == nil)
            let logout = try await signet.post(
                "/logout", ["refresh_token": .string(ByteString(refresh.refresh))], client)
            #expect(logout.status == .noContent)
            #expect(signet.gatewayRefuses(refresh.access) == .tokenRevoked)

            for uri in ["/healthz", "/readyz", "/.well-known/jwks.json"] {
                #expect(try await client.execute(uri: uri, method: .get).status == .ok)
                #expect(try await client.execute(uri: uri, method: .head).status == .ok)
            }
            #expect(try await client.execute(uri: "/nowhere", method: .head).status == .notFound)
            #expect(try await client.execute(uri: "/login", method: .get).status == .methodNotAllowed)

            let long: JSONObject = ["name": .string(ByteString(String(repeating: "x", count: 100_000)))]
            #expect(try await signet.post("/login", long, client).status == .contentTooLarge)

            // The same address, so the same counter, whatever the client says about itself.
            for _ in 0..<5 {
                let wrong = try await signet.post("/login", ["name": "ada", "password": "wrong"], client)
                #expect(wrong.status == .unauthorized)
            }
            let throttled = try await signet.post("/login", credentials, client)
            #expect(throttled.status == .tooManyRequests)
        }
    }
}

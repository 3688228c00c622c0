import Codecs
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JOSE
import NIOCore
import Storage
import TestSupport
import Testing
import Tokens

@testable import TokenService

@Suite struct LoginTests {
    @Test func `a login answers with an access token that says everything RFC 9068 wants`() async throws {
        let signet = try await TestInstallation.start()
        let user = try await signet.addUser("ada", roles: ["user", "admin"])
        let answer = try await signet.login("ada")
        #expect(answer.status == .ok)
        #expect(answer.headers[.cacheControl] == "no-store")
        #expect(answer.json.members.map(\.name) == ["access_token", "token_type", "expires_in", "refresh_token"])
        #expect(answer.json["token_type"] == "Bearer")
        #expect(answer.json["expires_in"] == 300)
        #expect(signet.gatewayRefuses(answer.access) == nil)

        let parts = answer.access.split(separator: ".").map { Array($0.utf8) }
        let header = try #require(JSONReader.read(Base64URL.decode(parts[0])).object)
        #expect(header["typ"] == "at+jwt")
        #expect(header["alg"] == "ES256")
        #expect(header["kid"]?.string == signet.service.keySet.keys.first?.id)
        let claims = try #require(JSONReader.read(Base64URL.decode(parts[1])).object)
        #expect(
            Set(claims.members.map(\.name)) == [
                "iss", "sub", "preferred_username", "roles", "aud", "client_id", "sid", "auth_time", "exp",
                "iat", "jti",
            ])
        #expect(claims["iss"] == "http://localhost:8080")
        #expect(claims["sub"]?.string == ByteString(user.id))
        #expect(claims["auth_time"] == claims["iat"])
        #expect(claims["preferred_username"] == "ada")
        #expect(claims["roles"] == ["user", "admin"])
        #expect(claims["aud"] == "demo")
        #expect(claims["client_id"] == "first-party")
        #expect(claims["iat"]?.int64 == signet.time.now)
        #expect(claims["exp"]?.int64 == signet.time.now + 300)
        #expect(claims["jti"]?.string?.count == 22)
    }

    @Test func `the published keys verify a login's token, and hold no private part`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        let token = try await signet.login("ada").access
        try await Application(router: signet.router).test(.router) { client in
            let answer = try await client.execute(uri: "/.well-known/jwks.json", method: .get)
            #expect(answer.headers[.cacheControl] == "public, max-age=300")
            let body = Array(answer.body.readableBytesView)
            #expect(!body.holds("\"d\""))
            let keys = try KeySet(jwks: body)
            let verifier = TokenVerifier(keys: keys, policy: ClaimPolicy(algorithms: [.es256]))
            _ = try verifier.verify(Array(token.utf8), now: signet.time.now)
        }
    }

    @Test func `a wrong password, an unknown name and a disabled user get one answer after the same work`() async throws
    {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        try await signet.addUser("eve")
        _ = try await signet.store.write {
            try $0.execute(Statement("UPDATE users SET state = 'disabled' WHERE name = 'eve'"))
        }
        var bodies: [JSONObject] = []
        for (name, password) in [
            ("ada", "wrong"), ("nobody", "wrong"), ("nobody\u{0}", "wrong"), ("eve", TestInstallation.password),
            ("adb", TestInstallation.password),
        ] {
            let before = signet.service.passwords.startedCount
            let answer = try await signet.login(ByteString(name), password: password)
            #expect(answer.status == .unauthorized)
            #expect(answer.headers[.wwwAuthenticate] != nil)
            #expect(signet.service.passwords.startedCount - before == 1, "\(name)")
            bodies.append(answer.json)
        }
        #expect(Set(bodies).count == 1)
        #expect(bodies.first?["code"] == "credentials-wrong")
    }

    @Test func `a password over 256 bytes is refused before any work`() async throws {
        let signet = try await TestInstallation.start()
        let before = signet.service.passwords.startedCount
        let answer = try await signet.login("ada", password: String(repeating: "x", count: 257))
        #expect(answer.status == .badRequest)
        #expect(answer.json["detail"]?.string?.text.contains("`password`") == true)
        #expect(signet.service.passwords.startedCount == before)
    }

    @Test func `guessing meets growing waits, and a wait ends`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        for _ in 0..<5 { #expect(try await signet.login("ada", password: "wrong").status == .unauthorized) }
        var waits: [String] = []
        for _ in 0..<4 {
            let answer = try await signet.login("ada")
            #expect(answer.status == .tooManyRequests)
            #expect(answer.code == "login-throttled")
            let wait = try #require(answer.headers[.retryAfter])
            waits.append(wait)
            signet.time.advance(try #require(Int64(wait)))
            #expect(try await signet.login("ada", password: "wrong").status == .unauthorized)
        }
        #expect(waits == ["1", "2", "4", "8"])
        signet.time.advance(300)
        #expect(try await signet.login("ada").status == .ok)
        #expect(try await signet.login("ada", password: "wrong").status == .unauthorized)
    }

    @Test func `a name is one person's, however it is written`() async throws {
        let signet = try await TestInstallation.start()
        let ada = try await signet.addUser("Ada")
        for name: ByteString in ["Ada", "ada", "ADA"] {
            let access = try await signet.login(name).access
            #expect(try TestInstallation.claims(access)["sub"]?.string == ByteString(ada.id))
            #expect(try TestInstallation.claims(access)["preferred_username"] == "Ada")
            #expect(try await signet.manage(.post, "/users", ["name": .string(name)]).status == .conflict)
        }
        // All ways to write it are one account to guess at.
        for name: ByteString in ["Ada", "ada", "ADA", "aDa", "adA"] {
            #expect(try await signet.login(name, password: "wrong").status == .unauthorized)
        }
        #expect(try await signet.login("AdA", password: "wrong").status == .tooManyRequests)
    }

    @Test func `two people whom an earlier version knew by one name are told apart by its letters`() async throws {
        let signet = try await TestInstallation.start()
        let lower = try await signet.addUser("ada")
        let upper = try await signet.addUser("ADA")
        for (name, user) in [("ada", lower), ("ADA", upper)] as [(ByteString, UserRecord)] {
            let access = try await signet.login(name).access
            #expect(try TestInstallation.claims(access)["sub"]?.string == ByteString(user.id))
        }
        #expect(try await signet.login("Ada").status == .unauthorized)
    }

    @Test func `the tour's accounts exist once, with random or given passwords`() async throws {
        let signet = try await TestInstallation.start()
        let admin = try #require(try await signet.service.firstStart.makeAdmin())
        #expect(admin.name == "admin")
        #expect(admin.password.utf8.count == 24)
        #expect(try await signet.service.firstStart.makeAdmin() == nil)
        #expect(try await signet.login("admin", password: admin.password).status == .ok)

        let first = try await signet.service.firstStart.resetDemoUser(password: nil)
        #expect(try await signet.login("demo", password: first.password).status == .ok)
        let second = try await signet.service.firstStart.resetDemoUser(password: "mine")
        #expect(second.password == "mine")
        #expect(try await signet.login("demo", password: "mine").status == .ok)
        #expect(try await signet.login("demo", password: first.password).status == .unauthorized)
        await #expect(throws: FirstStart.PasswordError.self) {
            try await signet.service.firstStart.resetDemoUser(password: "")
        }
    }

    @Test(arguments: ["' OR '1'='1", "ada'--", "ada\u{0}", "ADB", "ada ", "%", "a_a", "ada\u{301}"])
    func `names that no user can have find nobody`(name: String) async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        #expect(try await signet.login(ByteString(name)).status == .unauthorized)
        #expect(try await signet.login("ada").status == .ok)
    }
}

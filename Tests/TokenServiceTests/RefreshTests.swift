import Codecs
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Storage
import TestSupport
import Testing
import Tokens

@testable import TokenService

@Suite struct RefreshTests {
    @Test func `each refresh spends its token and gives the next`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        var token = try await signet.login("ada").refresh
        for _ in 0..<5 {
            signet.time.advance(200)
            let answer = try await signet.refresh(token)
            #expect(answer.status == .ok)
            #expect(answer.refresh != token)
            #expect(answer.headers[.cacheControl] == "no-store")
            #expect(signet.gatewayRefuses(answer.access) == nil)
            token = answer.refresh
        }
    }

    @Test func `a spent token ends its family and everything that came of it`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        let login = try await signet.login("ada")
        let other = try await signet.login("ada")
        let next = try await signet.refresh(login.refresh)
        signet.time.advance(11)
        let reused = try await signet.refresh(login.refresh)
        #expect(reused.status == .badRequest)
        #expect(reused.code == "refresh-token-reused")
        #expect(reused.error == "invalid_grant")
        #expect(try await signet.refresh(next.refresh).code == "refresh-token-invalid")
        #expect(signet.gatewayRefuses(login.access) == .tokenRevoked)
        #expect(signet.gatewayRefuses(next.access) == .tokenRevoked)
        #expect(signet.gatewayRefuses(other.access) == nil)
        #expect(try await signet.refresh(other.refresh).status == .ok)
    }

    @Test func `fifty refreshes at once with one token all get its one successor`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        for _ in 0..<10 {
            let login = try await signet.login("ada")
            let answers = try await Application(router: signet.router).test(.router) { client in
                try await withThrowingTaskGroup(of: Answer.self) { group in
                    for _ in 0..<50 {
                        group.addTask {
                            try await signet.post(
                                "/refresh", ["refresh_token": .string(ByteString(login.refresh))], client)
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
            }
            #expect(answers.allSatisfy { $0.status == .ok })
            #expect(Set(answers.map(\.refresh)).count == 1)
            let successor = try #require(answers.first?.refresh)
            #expect(successor != login.refresh)
            #expect(try await signet.refresh(successor).status == .ok)
        }
    }

    @Test func `a session ends absolutely, however often it is refreshed`() async throws {
        let signet = try await TestInstallation.start { $0.sessionLifetime = 1_000 }
        try await signet.addUser("ada")
        var answer = try await signet.login("ada")
        for _ in 0..<3 {
            signet.time.advance(300)
            answer = try await signet.refresh(answer.refresh)
            #expect(answer.status == .ok)
        }
        // At 900 of 1,000 seconds the access token may not outlive the session.
        #expect(answer.json["expires_in"] == 100)
        signet.time.advance(100)
        #expect(try await signet.refresh(answer.refresh).code == "refresh-token-invalid")
    }

    @Test func `an unused refresh token expires`() async throws {
        let signet = try await TestInstallation.start { $0.refreshTokenLifetime = 50 }
        try await signet.addUser("ada")
        let token = try await signet.login("ada").refresh
        signet.time.advance(50)
        #expect(try await signet.refresh(token).code == "refresh-token-invalid")
    }

    @Test func `a disabled user cannot refresh`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        let token = try await signet.login("ada").refresh
        _ = try await signet.store.write { try $0.execute(Statement("UPDATE users SET state = 'disabled'")) }
        #expect(try await signet.refresh(token).code == "refresh-token-invalid")
    }

    @Test(arguments: ["x", "sgr_", "sgr_AAAA", "sgr_" + String(repeating: "A", count: 43), "sgr_\u{0}"])
    func `a token that nobody gave out is refused`(token: String) async throws {
        let signet = try await TestInstallation.start()
        let answer = try await signet.refresh(token)
        #expect(answer.status == .badRequest)
        #expect(answer.code == "refresh-token-invalid")
        #expect(answer.error == "invalid_grant")
    }

    @Test func `a logout ends the session at once, and again does nothing`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        let login = try await signet.login("ada")
        for _ in 0..<2 { #expect(try await signet.logout(login.refresh).status == .noContent) }
        #expect(signet.gatewayRefuses(login.access) == .tokenRevoked)
        #expect(try await signet.refresh(login.refresh).code == "refresh-token-invalid")
        #expect(try await signet.logout("sgr_unknown").status == .noContent)
    }

    @Test func `a lost reply is given again for ten seconds, to the same client alone`() async throws {
        let signet = try await TestInstallation.start()
        let user = try await signet.addUser("ada")
        let app = try await signet.register("app")
        let thief = try await signet.register("thief")
        func refresh(_ token: String, as client: TestClient) async throws -> Answer {
            try await signet.form(
                "/token", [("grant_type", "refresh_token"), ("refresh_token", ByteString(token))], as: client)
        }
        let first = try await signet.exchange(try await signet.code(for: app, user: user), as: app)
        // Neither another client nor our own front door touches it.
        #expect(try await refresh(first.refresh, as: thief).error == "invalid_grant")
        #expect(try await signet.refresh(first.refresh).code == "refresh-token-invalid")
        let second = try await refresh(first.refresh, as: app)
        #expect(second.status == .ok)
        signet.time.advance(10)
        let again = try await refresh(first.refresh, as: app)
        #expect(again.refresh == second.refresh)
        #expect(again.access != second.access)
        #expect(try await refresh(first.refresh, as: thief).error == "invalid_grant")
        // A clock that was set back opens nothing again, and the family is over.
        signet.time.advance(-60)
        #expect(try await refresh(first.refresh, as: app).error == "invalid_grant")
        #expect(try await refresh(second.refresh, as: app).error == "invalid_grant")
        signet.time.advance(60)
        #expect(signet.gatewayRefuses(again.access) == .tokenRevoked)
    }

    @Test func `a successor is stored sealed, and forgotten when nobody can get it any more`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        let first = try await signet.login("ada")
        let second = try await signet.refresh(first.refresh)
        let bytes = signet.folder.bytes(of: "signet.db") + signet.folder.bytes(of: "signet.db-wal")
        #expect(!bytes.holds(second.refresh))
        func sealedCount() async throws -> Int {
            try await signet.store.read {
                try $0.query(Statement("SELECT 1 FROM refresh_tokens WHERE sealed_successor IS NOT NULL")).count
            }
        }
        #expect(try await sealedCount() == 1)
        signet.time.advance(10)
        try await signet.service.sweep()
        #expect(try await sealedCount() == 1)
        signet.time.advance(1)
        try await signet.service.sweep()
        #expect(try await sealedCount() == 0)
    }

    @Test func `a refresh narrows the scope and never widens it`() async throws {
        let signet = try await TestInstallation.start()
        let user = try await signet.addUser("ada")
        let app = try await signet.register("app")
        let first = try await signet.exchange(
            try await signet.code(for: app, user: user, scope: ["openid", "profile"]), as: app)
        func refresh(_ token: String, scope: ByteString) async throws -> Answer {
            try await signet.form(
                "/token",
                [("grant_type", "refresh_token"), ("refresh_token", ByteString(token)), ("scope", scope)], as: app)
        }
        #expect(try await refresh(first.refresh, scope: "openid email").error == "invalid_scope")
        let less = try await refresh(first.refresh, scope: "openid")
        #expect(try TestInstallation.claims(less.access)["scope"] == "openid")
        #expect(less.json["scope"] == "openid")
        let all = try await refresh(less.refresh, scope: "openid profile")
        #expect(try TestInstallation.claims(all.access)["scope"] == "openid profile")
    }

    @Test func `the token endpoint refuses in its own form`() async throws {
        let signet = try await TestInstallation.start()
        let app = try await signet.register("app")
        for token in ["nothing", OpaqueToken(.refresh).text] {
            let answer = try await signet.form(
                "/token", [("grant_type", "refresh_token"), ("refresh_token", ByteString(token))], as: app)
            #expect(answer.status == .badRequest)
            #expect(answer.json.members.map(\.name) == ["error", "error_description"])
            #expect(answer.error == "invalid_grant")
        }
    }
}

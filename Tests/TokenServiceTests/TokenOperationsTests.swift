import Codecs
import ControlPlane
import HTTPTypes
import OAuth
import Storage
import Testing
import Tokens

@testable import TokenService

@Suite struct TokenOperationsTests {
    private func ids(_ signet: TestInstallation, _ query: String = "") async throws -> [String] {
        let answer = try await signet.manage(.get, "/tokens\(query)")
        #expect(answer.status == .ok)
        return (answer.json["tokens"]?.array ?? []).compactMap { $0.object?["id"]?.string?.text }
    }

    @Test func `what was given is found by its user, its client, its session and the sid of a token`() async throws {
        let signet = try await TestInstallation.start()
        let ada = try await signet.addUser("ada")
        let bob = try await signet.addUser("bob")
        let shop = try await signet.register("shop")
        let desk = try await signet.register("desk")
        let adas = try await signet.exchange(try await signet.code(for: shop, user: ada), as: shop)
        _ = try await signet.exchange(try await signet.code(for: desk, user: ada), as: desk)
        _ = try await signet.exchange(try await signet.code(for: shop, user: bob), as: shop)
        let all = try await ids(signet)
        #expect(all.count == 3)
        #expect(all == all.sorted())
        #expect(try await ids(signet, "?user=ada").count == 2)
        #expect(try await ids(signet, "?client=shop").count == 2)
        let both = try await ids(signet, "?user=ada&client=shop")
        #expect(both.count == 1)
        let sid = try #require(try TestInstallation.claims(adas.access)["sid"]?.string?.text)
        #expect(try await ids(signet, "?session=\(sid)") == both)
        let told = try await signet.manage(.get, "/tokens?session=\(sid)").json["tokens"]?.array?.first?.object
        #expect(told?["user"] == "ada")
        #expect(told?["client"] == "shop")
        #expect(told?["session"]?.string?.text == sid)
        #expect(told?["bound"] == false)
        let browser = try await signet.store.read { try FamilyRecord.find(id: both[0], in: $0) }?.grant.browserSession
        #expect(try await ids(signet, "?session=\(browser ?? "none")") == both)
        #expect(try await signet.manage(.get, "/tokens?user=nobody").code == "user-unknown")
        // What has ended is not there.
        _ = try await signet.manage(.post, "/sessions/\(both[0])/end")
        #expect(try await ids(signet, "?session=\(sid)").isEmpty)
        #expect(try await ids(signet).count == 2)
    }

    @Test func `pages go on where the one before ended, whatever is asked for`() async throws {
        let signet = try await TestInstallation.start()
        let ada = try await signet.addUser("ada")
        let shop = try await signet.register("shop")
        for _ in 0..<5 { _ = try await signet.exchange(try await signet.code(for: shop, user: ada), as: shop) }
        for filter in ["", "&user=ada", "&client=shop"] {
            var found: [String] = []
            var after: String? = ""
            while let last = after {
                let query = "?limit=2\(filter)" + (last.isEmpty ? "" : "&after=\(last)")
                found += try await ids(signet, query)
                after = try await signet.manage(.get, "/tokens\(query)").json["next"]?.string?.text
            }
            #expect(found.count == 5, "\(filter)")
            #expect(Set(found).count == 5, "\(filter)")
        }
    }

    @Test func `one token is refused by its id, others of its session are not, and the log tells who did it`()
        async throws
    {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        let first = try await signet.login("ada")
        let second = try await signet.refresh(first.refresh)
        let id = try #require(try TestInstallation.claims(first.access)["jti"]?.string?.text)
        #expect(signet.gatewayRefuses(first.access) == nil)
        let revoked = try await signet.manage(.post, "/tokens/\(id)/revoke")
        #expect(revoked.status == .ok)
        #expect(revoked.json["kind"] == "token")
        #expect(signet.gatewayRefuses(first.access) == .tokenRevoked)
        #expect(signet.gatewayRefuses(second.access) == nil)
        // It is remembered until no token of this id could be good any more.
        let latest = signet.time.now + signet.service.configuration.longestTokenLifetime
        #expect(revoked.json["expires"]?.int64 == latest)
        let events = try await signet.manage(.get, "/audit?newest=true&limit=1").json["events"]?.array ?? []
        #expect(events.first?.object?["kind"] == "token-revoked")
        #expect(events.first?.object?["actor"] == "operator")
        #expect(events.first?.object?["detail"]?.string?.text == id)
    }

    @Test func `what is refused is told kind after kind, page by page`() async throws {
        let signet = try await TestInstallation.start()
        let ada = try await signet.addUser("ada")
        let shop = try await signet.register("shop")
        _ = try await signet.exchange(try await signet.code(for: shop, user: ada), as: shop)
        for id in ["b", "a", "c"] { _ = try await signet.manage(.post, "/tokens/\(id)/revoke") }
        _ = try await signet.manage(.post, "/clients/shop/revoke")
        _ = try await signet.manage(.post, "/users/ada/sign-out")
        var found: [String] = []
        var after: String? = ""
        while let last = after {
            let place = last.isEmpty ? "" : "&after=\(last.replacing(" ", with: "%20"))"
            let answer = try await signet.manage(.get, "/revocations?limit=2\(place)")
            found += (answer.json["revocations"]?.array ?? []).map { row in
                let kind = row.object?["kind"]?.string?.text ?? ""
                return ["token", "client", "subject"].contains(kind)
                    ? "\(kind) \(row.object?["id"]?.string?.text ?? "")" : kind
            }
            after = answer.json["next"]?.string?.text
        }
        #expect(found == ["token a", "token b", "token c", "session", "subject \(ada.id)", "client shop"])
    }
}

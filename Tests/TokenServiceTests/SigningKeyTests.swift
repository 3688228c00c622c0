import Codecs
import ControlPlane
import Hummingbird
import HummingbirdTesting
import JOSE
import NIOCore
import OAuth
import Storage
import Synchronization
import Testing
import Tokens

@testable import TokenService

@Suite struct SigningKeyTests {
    private func kid(_ token: String) throws -> ByteString? {
        let header = token.split(separator: ".").first.map { Array($0.utf8) } ?? []
        return try JSONReader.read(try Base64URL.decode(header)).object?["kid"]?.string
    }

    private func published(_ signet: TestInstallation) async throws -> [ByteString] {
        try await signet.get("/.well-known/jwks.json").json["keys"]?.array?.compactMap { $0.object?["kid"]?.string }
            ?? []
    }

    @Test func `a key is published before it signs and after it did, and every token stays good`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        let old = try await signet.login("ada").access
        let first = try #require(try kid(old))
        #expect(try await published(signet) == [first])
        let configuration = signet.service.configuration

        signet.time.advance(configuration.keyLifetime - configuration.keyAnnouncement - 1)
        try await signet.service.sweep()
        #expect(try await published(signet) == [first])
        signet.time.advance(1)
        try await signet.service.sweep()
        let both = try await published(signet)
        #expect(both.count == 2)
        let second = try #require(both.first { $0 != first })
        let before = try await signet.login("ada").access
        #expect(try kid(before) == first)

        signet.time.advance(configuration.keyAnnouncement)
        // Just before the switch: this token lives into the time of the next key.
        let last = try await signet.login("ada").access
        try await signet.service.sweep()
        let next = try await signet.login("ada").access
        #expect(try kid(next) == second)
        #expect(signet.gatewayRefuses(last) == nil)
        #expect(signet.gatewayRefuses(next) == nil)
        #expect(try await signet.get("/userinfo", bearer: last).code == "scope-openid-missing")

        signet.time.advance(configuration.longestTokenLifetime + 1)
        try await signet.service.sweep()
        #expect(try await published(signet) == [second])
    }

    @Test func `after an emergency no token of an earlier key is good anywhere`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        let told = Mutex<[Int]>([])
        try await signet.service.subscribeToKeys { keys in { told.withLock { $0.append(keys.keys.count) } } }
        let session = try await signet.login("ada")
        try await signet.service.keyring.rotate(.es256, .immediate, by: .server)
        #expect(signet.gatewayRefuses(session.access) == nil)
        try await signet.service.keyring.rotate(.es256, .emergency, by: .server)
        #expect(signet.gatewayRefuses(session.access) == .keyUnknown)
        #expect(try await signet.revoke(session.access, bearer: session.access).status == .unauthorized)
        let refreshed = try await signet.refresh(session.refresh)
        #expect(refreshed.status == .ok)
        #expect(signet.gatewayRefuses(refreshed.access) == nil)
        #expect(told.withLock { $0 } == [1, 2, 1])
    }

    @Test func `keys that a subscriber cannot take over are not made, and nothing is revoked for them`() async throws {
        struct Refusal: Error {}
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        let session = try await signet.login("ada")
        let only = try #require(try kid(session.access))
        try await signet.service.subscribeToKeys { keys in
            guard keys.keys.map(\.id) == [only] else { throw Refusal() }
            return {}
        }
        for rotation in [SigningKeyring.Rotation.announced, .immediate, .emergency] {
            await #expect(throws: Refusal.self) {
                try await signet.service.keyring.rotate(.es256, rotation, by: .server)
            }
        }
        #expect(try await published(signet) == [only])
        #expect(signet.gatewayRefuses(session.access) == nil)
        #expect(try await signet.store.read { try SigningKeyRecord.all(in: $0).count } == 1)
        #expect(try await signet.store.read { try RevocationRecord.all(in: $0).count } == 0)
    }

    @Test func `whoever still has a stolen key among the published ones hears that it is revoked, for good`()
        async throws
    {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        let session = try await signet.login("ada")
        let stolen = try #require(try kid(session.access))
        let (before, heard) = (signet.service.keySet, signet.service.revocations.listen())
        try await signet.service.keyring.rotate(.es256, .emergency, by: .server)
        func refuses(_ signet: TestInstallation) -> RejectionCode? {
            let verifier = TokenVerifier(
                keys: before, policy: ClaimPolicy(algorithms: [.es256], issuers: [TestInstallation.issuer]))
            do throws(TokenRejection) {
                _ = try verifier.verify(
                    Array(session.access.utf8), now: 1_800_000_000, revocations: signet.service.revocations.snapshot)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(refuses(signet) == .tokenRevoked)
        var told: [[RevocationRecord]] = []
        for await records in heard {
            told.append(records)
            if told.count == 2 { break }
        }
        #expect(told.last?.map(\.kind) == [.key])
        #expect(told.last?.map(\.identity) == [TokenIdentity(issuer: TestInstallation.issuer, id: stolen)])
        let (folder, time) = (signet.folder, signet.time)
        try signet.store.close()
        // A thief's token lives as long as the thief likes.
        time.advance(10 * 365 * 86_400)
        let again = try await TestInstallation.start(in: folder, time: time)
        #expect(refuses(again) == .tokenRevoked)
    }

    @Test(arguments: Client.signingAlgorithms)
    func `a client's tokens are signed as it asked`(algorithm: SignatureAlgorithm) async throws {
        let signet = try await TestInstallation.start()
        let user = try await signet.addUser("ada")
        try await signet.service.keyring.provide(algorithm, by: .server)
        let app = try await signet.register("app") {
            $0.idTokenAlgorithm = algorithm
            $0.accessTokenAlgorithm = algorithm
            $0.grants = [.authorizationCode, .refreshToken, .clientCredentials, .tokenExchange]
        }
        let answer = try await signet.exchange(try await signet.code(for: app, user: user), as: app)
        #expect(answer.status == .ok)
        let keys = try KeySet(
            publicJWKS: JSONWriter.write(.object(try await signet.get("/.well-known/jwks.json").json)))
        let access = try TokenVerifier(
            keys: keys, policy: ClaimPolicy(algorithms: [algorithm], types: ["at+jwt"], audiences: ["demo"])
        ).verify(Array(answer.access.utf8), now: signet.time.now)
        #expect(access.claims.subject == ByteString(user.id))
        let policy = ClaimPolicy.idToken(
            issuer: TestInstallation.issuer, clientID: "app", nonce: nil, algorithms: [algorithm])
        let text = answer.json["id_token"]?.string?.text ?? ""
        #expect(
            try TokenVerifier(keys: keys, policy: policy).verify(Array(text.utf8), now: signet.time.now)
                .claims.subject == ByteString(user.id))
        // Our own addresses know it, too.
        let introspected = try await signet.form("/introspect", [("token", ByteString(answer.access))], as: app)
        #expect(introspected.json["active"] == true)
        let refreshed = try await signet.form(
            "/token", [("grant_type", "refresh_token"), ("refresh_token", ByteString(answer.refresh))], as: app)
        #expect(try kid(refreshed.access) == (try kid(answer.access)))
    }

    @Test func `keys survive a restart, each in its place`() async throws {
        let time = TestClock()
        let first = try await TestInstallation.start(time: time)
        try await first.addUser("ada")
        try await first.service.keyring.rotate(.es256, .announced, by: .server)
        try await first.service.keyring.provide(.ed25519, by: .server)
        let known = first.service.keyring.keys.records.map(\.id)
        let folder = first.folder
        try first.store.close()
        let second = try await TestInstallation.start(in: folder, time: time)
        #expect(second.service.keyring.keys.records.map(\.id) == known)
        #expect(second.service.keyring.keys.signing == [.es256, .ed25519])
    }

    @Test func `of many rotations at once each is whole`() async throws {
        let signet = try await TestInstallation.start()
        // Each has an account of its own: one that many try at once is slowed down.
        for number in 0..<20 { try await signet.addUser(ByteString("ada-\(number)")) }
        let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
            for number in 0..<20 {
                group.addTask {
                    try await signet.service.keyring.rotate(.es256, .immediate, by: .server)
                    return try await signet.login(ByteString("ada-\(number)"))
                }
            }
            return try await group.reduce(into: [Answer]()) { $0.append($1) }
        }
        #expect(answers.map(\.status) == Array(repeating: .ok, count: 20), "\(answers.compactMap(\.code))")
        #expect(answers.map { signet.gatewayRefuses($0.access) } == Array(repeating: nil, count: 20))
        #expect(signet.service.keyring.keys.records.count == 21)
        #expect(signet.service.keyring.keys.records.filter { $0.state == .current }.count == 1)
    }

    @Test func `a key that was changed on the disk is refused at the start`() async throws {
        let first = try await TestInstallation.start()
        try await first.service.keyring.rotate(.es256, .immediate, by: .server)
        let folder = first.folder
        _ = try await first.store.write { transaction in
            try transaction.execute(Statement("UPDATE signing_keys SET id = id || 'x' WHERE state = 'retired'"))
        }
        try first.store.close()
        await #expect(throws: StoreError.self) { _ = try await TestInstallation.start(in: folder) }
    }
}

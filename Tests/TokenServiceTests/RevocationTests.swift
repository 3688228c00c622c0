import Codecs
import ControlPlane
import HTTPTypes
import JOSE
import OAuth
import Storage
import Synchronization
import TestSupport
import Testing
import Tokens

@testable import TokenService

@Suite struct RevocationTests {
    @Test func `one's own access token is refused as soon as the revocation is acknowledged`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        let login = try await signet.login("ada")
        let other = try await signet.login("ada")
        #expect(try await signet.revoke(login.access, bearer: login.access).status == .ok)
        #expect(signet.gatewayRefuses(login.access) == .tokenRevoked)
        #expect(signet.gatewayRefuses(other.access) == nil)
        // The bearer is the revoked token itself now.
        let again = try await signet.revoke(other.access, bearer: login.access)
        #expect(again.status == .unauthorized)
        #expect(again.code == "token-revoked")
        #expect(again.headers[.wwwAuthenticate]?.contains("invalid_token") == true)
    }

    @Test func `a refresh token given to revoke ends its session`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        let login = try await signet.login("ada")
        let other = try await signet.login("ada")
        #expect(try await signet.revoke(login.refresh, bearer: other.access).status == .ok)
        #expect(signet.gatewayRefuses(login.access) == .tokenRevoked)
        #expect(try await signet.refresh(login.refresh).code == "refresh-token-invalid")
    }

    @Test func `another user may not revoke, an admin may`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        try await signet.addUser("eve")
        let root = try await signet.addUser("root", roles: ["admin"], serverRole: .owner)
        let ada = try await signet.login("ada")
        let eve = try await signet.login("eve")
        // Not what an admin holds for some application.
        let ordinary = try await signet.login("root")
        for (token, bearer) in [(ada.access, eve), (ada.refresh, eve), (ada.access, ordinary)] {
            let answer = try await signet.revoke(token, bearer: bearer.access)
            #expect(answer.status == .forbidden)
            #expect(answer.code == "revocation-forbidden")
        }
        #expect(signet.gatewayRefuses(ada.access) == nil)
        let admin = try await signet.managementToken(of: root, by: try await signet.registerConsole())
        #expect(try await signet.revoke(ada.access, bearer: admin).status == .ok)
        #expect(signet.gatewayRefuses(ada.access) == .tokenRevoked)
    }

    @Test func `a client that is disabled, revoked or deleted holds no good token, also of no session`() async throws {
        let signet = try await TestInstallation.start()
        let user = try await signet.addUser("ada")
        for action in ["disable", "revoke", "delete"] {
            let app = try await signet.register(ByteString(action)) {
                $0.grants = [.authorizationCode, .refreshToken, .clientCredentials]
                $0.scope = Scope(["openid", "orders"])
            }
            let own = try await signet.form("/token", [("grant_type", "client_credentials")], as: app)
            let session = try await signet.exchange(try await signet.code(for: app, user: user), as: app)
            #expect(signet.gatewayRefuses(own.access) == nil)
            let answer =
                action == "delete"
                ? try await signet.manage(.delete, "/clients/delete")
                : try await signet.manage(.post, "/clients/\(action)/\(action)")
            #expect(answer.status == .ok)
            #expect(signet.gatewayRefuses(own.access) == .tokenRevoked)
            #expect(signet.gatewayRefuses(session.access) == .tokenRevoked)
            signet.time.advance(1)
            let later = try await signet.form("/token", [("grant_type", "client_credentials")], as: app)
            #expect(later.status == (action == "revoke" ? .ok : .unauthorized))
            if action == "revoke" { #expect(signet.gatewayRefuses(later.access) == nil) }
        }
        // It holds after a restart, too.
        let folder = signet.folder
        let kept = signet.service.revocations.snapshot
        try signet.store.close()
        let again = try await TestInstallation.start(in: folder, time: signet.time)
        let claims = try Claims(["iss": "http://localhost:8080", "client_id": "disable", "iat": 1_800_000_000])
        #expect(kept.revokes(claims))
        #expect(again.service.revocations.snapshot.revokes(claims))
    }

    @Test func `a revocation is heard and looked at also when the changes before it are forgotten`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        let ada = try await signet.login("ada")
        let before = signet.service.revocations.snapshot.generation
        var heard = signet.service.revocations.listen().makeAsyncIterator()
        #expect(await heard.next()?.isEmpty == true)
        _ = try await signet.store.write { transaction in
            for number in 0...10_000 { try transaction.changed(ChangeTopic("others"), "\(number)") }
        }
        #expect(try await signet.manage(.post, "/users/ada/sign-out").status == .ok)
        #expect(signet.gatewayRefuses(ada.access) == .tokenRevoked)
        #expect(signet.service.revocations.snapshot.generation != before)
        #expect(await heard.next()?.isEmpty == false)
    }

    @Test func `signing a user out everywhere revokes what they hold, and no more`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        try await signet.addUser("bob")
        let ada = try await signet.login("ada")
        let bob = try await signet.login("bob")
        #expect(try await signet.manage(.post, "/users/ada/sign-out").status == .ok)
        #expect(signet.gatewayRefuses(ada.access) == .tokenRevoked)
        #expect(signet.gatewayRefuses(bob.access) == nil)
        #expect(try await signet.refresh(ada.refresh).status == .badRequest)
        // In the very same second.
        #expect(signet.gatewayRefuses(try await signet.login("ada").access) == nil)
    }

    @Test func `what is no token of ours is acknowledged and changes nothing`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        let login = try await signet.login("ada")
        let stranger = TokenSigner(key: try SigningKey.generate(.es256))
        let foreign = try stranger.sign(
            claims: ["iss": "http://localhost:8080", "sub": "x", "sid": "x", "jti": "x", "exp": 1_900_000_000],
            type: "at+jwt")
        for token in ["x", "a.b.c", foreign, "sgr_" + String(repeating: "A", count: 43)] {
            #expect(try await signet.revoke(token, bearer: login.access).status == .ok)
        }
        let stored = try await signet.store.read { try RevocationRecord.all(in: $0).count }
        #expect(stored == 0)
    }

    @Test func `without a good bearer token nobody revokes anything`() async throws {
        let signet = try await TestInstallation.start()
        try await signet.addUser("ada")
        let login = try await signet.login("ada")
        let none = try await signet.revoke(login.access, bearer: nil)
        #expect(none.status == .unauthorized)
        #expect(none.code == "token-missing")
        #expect(none.headers[.wwwAuthenticate] == "Bearer realm=\"signet\"")
        #expect(try await signet.revoke(login.access, bearer: "rubbish").status == .unauthorized)
        #expect(try await signet.revoke(login.access, bearer: login.refresh).status == .unauthorized)
        signet.time.advance(400)
        #expect(try await signet.revoke(login.access, bearer: login.access).code == "token-expired")
        #expect(signet.gatewayRefuses(try await signet.refresh(login.refresh).access) == nil)
    }

    @Test func `revocations and ended sessions survive a restart, until they do not matter`() async throws {
        let folder = try TemporaryFolder()
        let time = TestClock()
        var signet = try await TestInstallation.start(in: folder, time: time)
        try await signet.addUser("ada")
        let revoked = try await signet.login("ada")
        let loggedOut = try await signet.login("ada")
        let kept = try await signet.login("ada")
        _ = try await signet.revoke(revoked.access, bearer: revoked.access)
        _ = try await signet.logout(loggedOut.refresh)
        try signet.store.close()

        signet = try await TestInstallation.start(in: folder, time: time)
        #expect(signet.gatewayRefuses(revoked.access) == .tokenRevoked)
        #expect(signet.gatewayRefuses(loggedOut.access) == .tokenRevoked)
        #expect(signet.gatewayRefuses(kept.access) == nil)
        #expect(try await signet.refresh(loggedOut.refresh).code == "refresh-token-invalid")
        #expect(try await signet.refresh(kept.refresh).status == .ok)
        try signet.store.close()

        time.advance(300 + 3_600 + 1)
        signet = try await TestInstallation.start(in: folder, time: time)
        #expect(try await signet.store.read { try RevocationRecord.all(in: $0).count } == 0)
        #expect(signet.gatewayRefuses(revoked.access) == .tokenExpired)
    }

    @Test func `a store that takes no write means 503, never an acknowledgement`() async throws {
        let folder = try TemporaryFolder()
        let signet = try await TestInstallation.start(in: folder)
        try await signet.addUser("ada")
        let login = try await signet.login("ada")
        _ = try await signet.store.write { try $0.query(Statement("PRAGMA query_only = ON")) }
        let answer = try await signet.revoke(login.access, bearer: login.access)
        #expect(answer.status == .serviceUnavailable)
        #expect(answer.code == "store-unavailable")
        #expect(answer.headers[.retryAfter] != nil)
        #expect(signet.gatewayRefuses(login.access) == nil)
        for answer in [
            try await signet.login("ada"), try await signet.refresh(login.refresh),
            try await signet.logout(login.refresh),
        ] {
            #expect(answer.status == .serviceUnavailable)
        }
        try signet.store.close()
        let healed = try await TestInstallation.start(in: folder)
        #expect(try await healed.refresh(login.refresh).status == .ok)
    }
}

@Suite struct RevocationFeedTests {
    private let signet: TestInstallation
    private var feed: RevocationFeed { signet.service.revocations }

    init() async throws { signet = try await TestInstallation.start() }

    private func revoke(_ numbers: Int...) async throws {
        try await signet.store.write { transaction in
            for number in numbers { try record(number).insert(in: transaction) }
        }
    }

    @Test func `a revocation is stored only when every subscriber knows, and none ever goes back`() async throws {
        try await revoke(0)
        let delivered = DeliveredSnapshots()
        let everything = try (0...100).map { try claims($0) }
        try await feed.subscribe { snapshot in
            {
                try? await Task.sleep(for: .milliseconds(1))
                delivered.append(snapshot)
            }
        }
        #expect(delivered.last.revokes(everything[0]))
        try await withThrowingTaskGroup { group in
            for number in 1...100 {
                let target = everything[number]
                group.addTask {
                    try await revoke(number)
                    #expect(delivered.last.revokes(target))
                }
            }
            try await group.waitForAll()
        }
        let counts = delivered.all.map { snapshot in everything.count { snapshot.revokes($0) } }
        #expect(counts.last == 101)
        #expect(counts == counts.sorted())
    }

    @Test func `whoever revokes and is cancelled still tells everybody`() async throws {
        let reached = Mutex(false)
        let target = try claims(1)
        try await feed.subscribe { snapshot in
            {
                guard snapshot.revokes(target) else { return }
                do {
                    try await Task.sleep(for: .milliseconds(5))
                    reached.withLock { $0 = true }
                } catch {
                    // Cancelled: the test fails below.
                }
            }
        }
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await revoke(1)
        }
        try await task.value
        #expect(reached.withLock { $0 })
    }

    @Test func `a listener hears everything that is revoked, then what comes, each once and in order`() async throws {
        try await revoke(1, 2)
        let stream = feed.listen()
        for number in 3...20 { try await revoke(number) }
        var heard: [[ByteString]] = []
        for await records in stream {
            heard.append(records.map(\.identity.id).sorted())
            if heard.count == 19 { break }
        }
        #expect(heard.first == ["1", "2"])
        #expect(heard.dropFirst().map { $0 } == (3...20).map { [ByteString("\($0)")] })
    }

    @Test func `a listener that does not keep up is ended`() async throws {
        let stream = feed.listen()
        for number in 0..<1_100 { try await revoke(number) }
        var count = 0
        for await _ in stream { count += 1 }
        #expect(count == 1_024)
    }

    @Test func `what has expired is forgotten, and what is revoked again is remembered for longer`() async throws {
        try await revoke(1)
        func sweep(_ time: Int64) async throws {
            try await signet.store.write { try RevocationRecord.deleteExpired(before: time, in: $0) }
        }
        try await sweep(100)
        #expect(feed.snapshot.revokes(try claims(1)))
        try await signet.store.write { try record(1, expires: 200).insert(in: $0) }
        try await signet.store.write { try record(1, expires: 150).insert(in: $0) }
        try await sweep(200)
        #expect(feed.snapshot.revokes(try claims(1)))
        try await sweep(201)
        #expect(!feed.snapshot.revokes(try claims(1)))
    }

    @Test func `of two revocations of a subject the wider one holds, whichever comes first`() async throws {
        for (id, order) in [("a", [nil, 50]), ("b", [50, nil]), ("c", [40, 50, 30])] as [(ByteString, [Int64?])] {
            for until in order {
                try await signet.store.write { transaction in
                    try RevocationRecord(
                        kind: .subject, identity: TokenIdentity(issuer: "i", id: id), issuedUntil: until, expires: 100
                    ).insert(in: transaction)
                }
            }
            let later = try Claims(["iss": "i", "sub": .string(id), "iat": 51])
            let earlier = try Claims(["iss": "i", "sub": .string(id), "iat": 50])
            #expect(feed.snapshot.revokes(later) == (id != "c"))
            #expect(feed.snapshot.revokes(earlier))
        }
    }
}

private func record(_ number: Int, expires: Int64 = 100) -> RevocationRecord {
    RevocationRecord(
        kind: .token, identity: TokenIdentity(issuer: "i", id: ByteString("\(number)")), expires: expires)
}

private func claims(_ number: Int) throws -> Claims {
    try Claims(["iss": "i", "jti": .string(ByteString("\(number)"))])
}

/// What a slow subscriber was given, in order.
private final class DeliveredSnapshots: Sendable {
    private let snapshots = Mutex<[RevocationSnapshot]>([])

    var all: [RevocationSnapshot] { snapshots.withLock { $0 } }
    var last: RevocationSnapshot { all.last ?? .empty }

    func append(_ snapshot: RevocationSnapshot) {
        snapshots.withLock { $0.append(snapshot) }
    }
}

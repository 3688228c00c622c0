import Codecs
import ControlPlane
import Hummingbird
import NIOCore
import Storage

/// Who is logged in at a browser: opens a session there, finds it again, and ends it with all that came of it.
struct BrowserLogin: Sendable {
    private let store: Store
    private let sessions: Sessions
    private let clock: @Sendable () -> Int64

    init(_ parts: AuthorizationParts) {
        store = parts.store
        sessions = parts.sessions
        clock = parts.clock
    }

    /// The live session of a request's browser.
    func session(of request: Request) async throws -> BrowserSessionRecord? {
        guard let cookie = BrowserCookies.read(BrowserCookies.session, .browserSession, from: request) else {
            return nil
        }
        let now = clock()
        return try await store.read { try BrowserSessionRecord.find(cookie, now: now, in: $0) }
    }

    /// Opens a session for a user, whatever the browser had before. What came of an earlier session of the same user
    /// goes on with the new one; what came of anybody else's ends with it.
    /// - Parameters:
    ///   - methods: how the user proved who they are (`amr`, RFC 8176).
    ///   - address: where they are.
    /// - Returns: the field that sets the cookie.
    func open(
        for user: UserRecord, methods: [ByteString], _ request: Request, address: SocketAddress?
    ) async throws -> String {
        let cookie = OpaqueToken(.browserSession)
        let now = clock()
        let agent = (request.headers[.userAgent] ?? "").utf8.filter { $0 >= 0x20 && $0 < 0x7F }.prefix(160)
        let record = BrowserSessionRecord(
            id: BrowserSessionRecord.makeID(), userID: user.id, authenticated: now, methods: methods,
            agent: ByteString(utf8: Array(agent)), created: now, seen: now,
            expires: now + BrowserSessionRecord.lifetime)
        let earlier = BrowserCookies.read(BrowserCookies.session, .browserSession, from: request)
        let revoked = try await store.write { database -> [RevocationRecord] in
            try record.insert(cookie, in: database)
            let signedIn = AuditEvent(
                .signedIn, by: AuditActor(.person(user.id), at: address), user: user.id,
                detail: ([ByteString(record.id)] + methods).map(\.text).joined(separator: " "))
            try signedIn.insert(now: now, in: database)
            guard let earlier, let known = try BrowserSessionRecord.find(earlier, now: now, in: database) else {
                return []
            }
            if known.userID == user.id {
                try FamilyRecord.move(fromBrowserSession: known.id, to: record.id, in: database)
            }
            return try sessions.endBrowserSession(known.id, in: database)
        }
        await sessions.publish(revoked, reason: "somebody else signed in at its browser")
        return BrowserCookies.set(BrowserCookies.session, cookie.text, lifetime: BrowserSessionRecord.lifetime)
    }

    /// Ends a session and what was given out during it. Returns when every judge of tokens knows.
    func end(_ session: BrowserSessionRecord, by actor: AuditActor) async throws {
        let now = clock()
        let revoked = try await store.write { database in
            try AuditEvent(.signedOut, by: actor, user: session.userID, detail: session.id)
                .insert(now: now, in: database)
            return try sessions.endBrowserSession(session.id, in: database)
        }
        await sessions.publish(revoked, reason: "its owner signed out")
    }
}

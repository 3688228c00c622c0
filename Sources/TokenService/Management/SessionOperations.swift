import Blueprint
import Codecs
import ControlPlane
import HTTPTypes
import OAuth
import Storage

/// Where people are signed in, and ending that.
struct SessionOperations: Sendable {
    let users: UserOperations
    let sessions: Sessions
    let clock: @Sendable () -> Int64

    private static let name = OperationParameter<String>.path("name", .text(1...64), "What the user logs in with.")
    private static let id = OperationParameter<String>.path("id", .text(1...128), "The session's id.")

    var all: [Operation] {
        [
            Operation(
                "listSessions", list: "/users/{name}/sessions", of: "users", for: .viewer,
                "Where a user is signed in, and the clients' sessions that came of it.", member: "sessions",
                parameters: [Self.name.described], items: .fields("Session"), refusals: [404]
            ) { call, page in page.page(of: try await sessions(of: try await users.user(call)), id: \.id) },
            Operation(
                "endSession", .post, "/sessions/{id}/end", of: "users", for: .admin,
                "Ends a session; one at a browser with everything that came of it.", parameters: [Self.id.described],
                answers: .fields("EndedSession"), refusals: [404], run: end),
        ]
    }

    private func sessions(of user: UserRecord) async throws -> [SessionDocument] {
        let now = clock()
        let (browsers, families) = try await sessions.store.read { transaction in
            (
                try BrowserSessionRecord.live(ofUser: user.id, now: now, in: transaction),
                try FamilyRecord.live(ofUser: user.id, now: now, in: transaction)
            )
        }
        let ofBrowsers = browsers.map { session in
            var document = SessionDocument()
            document.id = session.id
            document.agent = session.agent.text
            document.authenticated = session.authenticated
            document.seen = session.seen
            document.expires = session.expires
            return document
        }
        let ofClients = families.map { family in
            var document = SessionDocument()
            document.id = family.id
            document.kind = .client
            document.client = family.grant.clientID.text
            document.scope = family.grant.scope.text.text
            document.authenticated = family.grant.authenticated
            document.expires = family.expires
            return document
        }
        return ofBrowsers + ofClients
    }

    /// Ends a session at a browser, with what came of it, or one of a client.
    private func end(_ call: OperationCall) async throws -> EndedSession {
        let id = try call.required(Self.id)
        let now = clock()
        let revoked = try await sessions.store.write { transaction -> [RevocationRecord]? in
            let browser = try BrowserSessionRecord.find(id: id, in: transaction)
            let family = try FamilyRecord.find(id: id, in: transaction).flatMap { $0.isLive ? $0 : nil }
            guard let user = browser?.userID ?? family?.grant.userID else { return nil }
            try AuditEvent(.sessionEnded, by: call.actor, user: user, detail: id).insert(now: now, in: transaction)
            return try sessions.endBrowserSession(id, in: transaction)
                + (family.map { try sessions.end($0, in: transaction) } ?? [])
        }
        guard let revoked else { throw ProblemOf.noSuchSession }
        await sessions.publish(revoked, reason: "the operator ended it")
        var ended = EndedSession()
        ended.id = id
        return ended
    }
}

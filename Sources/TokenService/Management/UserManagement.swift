import Codecs
import ControlPlane
import Hummingbird
import JOSE
import OAuth
import Storage

/// Making users and changing them, as JSON over HTTP. Who may ask is decided by the door it stands behind.
struct UserManagement: Sendable {
    let store: Store
    let sessions: Sessions
    let passwords: PasswordHashing
    let reset: PasswordReset
    let clock: @Sendable () -> Int64

    /// How long the names of a user's roles and groups may be together, in bytes.
    static let mostBytesOfRoles = 2_048

    func addRoutes(to router: some RouterMethods<ControlPlaneContext>) {
        router.endpoint(
            "/users",
            [
                .get: { [self] _, _ in
                    let users = try await store.read { try UserRecord.all(in: $0) }
                    return .json(["users": .array(users.map(describe))])
                },
                .post: { [self] request, context in try await create(request, context) },
            ])
        router.endpoint("/users/{name}", [.get: { [self] _, context in .json(describe(try await user(context))) }])
        router.endpoint(
            "/users/{name}/password", [.post: { [self] request, context in try await setPassword(request, context) }])
        router.endpoint(
            "/users/{name}/sessions",
            [.get: { [self] _, context in .json(try await sessions(of: try await user(context))) }])
        router.endpoint("/sessions/{id}/end", [.post: { [self] _, context in try await endSession(context) }])
        router.endpoint(
            "/users/{name}/reset-link",
            [
                .post: { [self] _, context in
                    let link = try await reset.link(for: try await user(context), by: context.actor)
                    return .json(["link": .string(ByteString(link))])
                }
            ])
        router.endpoint(
            "/users/{name}/server-role",
            [.post: { [self] request, context in try await setServerRole(request, context) }])
        router.endpoint(
            "/users/{name}/sign-out", [.post: { [self] _, context in try await signOut(context) }])
        for (name, isActive) in [("enable", true), ("disable", false)] {
            router.endpoint(
                RouterPath("/users/{name}/\(name)"),
                [.post: { [self] _, context in try await setActive(isActive, context) }])
        }
    }

    private func create(_ request: Request, _ context: ControlPlaneContext) async throws -> Response {
        let body = try await JSONRequestBody(of: request)
        let name = try body.string("name", atMost: 64)
        guard UserRecord.isName(name) else { throw ProblemOf.badUserName }
        let (password, isMade) = try password(of: body)
        let (roles, groups) = (try body.strings("roles"), try body.strings("groups"))
        // They stand in tokens, and those in header fields and cookies.
        guard (roles + groups).reduce(0, { $0 + $1.count + 3 }) <= Self.mostBytesOfRoles else {
            throw ProblemOf.tooManyRoles
        }
        let user = UserRecord(
            id: UserRecord.makeID(), name: name, roles: roles, groups: groups,
            profile: body.object["profile"]?.object ?? JSONObject(), password: try await passwords.hash(password.bytes),
            isActive: true, isServerAdmin: try Self.isAdmin(body.object["server_role"]))
        let now = clock()
        let isNew = try await store.write { transaction in
            guard try !UserRecord.isTaken(name, in: transaction) else { return false }
            try user.insert(now: now, in: transaction)
            try AuditEvent(.userCreated, by: context.actor, user: user.id, detail: name.text)
                .insert(now: now, in: transaction)
            if user.isServerAdmin {
                try AuditEvent(.serverRoleChanged, by: context.actor, user: user.id, detail: "admin")
                    .insert(now: now, in: transaction)
            }
            return true
        }
        guard isNew else { throw ProblemOf.userNameTaken }
        return .json(told(user, isMade ? password : nil))
    }

    /// A new password ends everything that was begun with the old one.
    private func setPassword(_ request: Request, _ context: ControlPlaneContext) async throws -> Response {
        let user = try await user(context)
        let (password, isMade) = try password(of: await JSONRequestBody(of: request))
        let hash = try await passwords.hash(password.bytes)
        let now = clock()
        let revoked = try await store.write { transaction in
            try UserRecord.setPassword(hash, ofUser: user.id, now: now, in: transaction)
            try AuditEvent(.passwordChanged, by: context.actor, user: user.id).insert(now: now, in: transaction)
            return try sessions.endAll(ofUser: user.id, now: now, in: transaction)
        }
        await sessions.publish(revoked, reason: "the user's password was changed")
        return .json(told(user, isMade ? password : nil))
    }

    private func setActive(_ isActive: Bool, _ context: ControlPlaneContext) async throws -> Response {
        let user = try await user(context)
        let now = clock()
        let revoked = try await store.write { transaction in
            try UserRecord.setActive(isActive, ofUser: user.id, now: now, in: transaction)
            try AuditEvent(isActive ? .userEnabled : .userDisabled, by: context.actor, user: user.id)
                .insert(now: now, in: transaction)
            return isActive ? [] : try sessions.endAll(ofUser: user.id, now: now, in: transaction)
        }
        await sessions.publish(revoked, reason: "the user was disabled")
        return .json(describe(try await self.user(context)))
    }

    /// Makes a user an admin of this server, or takes that away.
    private func setServerRole(_ request: Request, _ context: ControlPlaneContext) async throws -> Response {
        let user = try await user(context)
        let body = try await JSONRequestBody(of: request)
        guard let member = body.object["server_role"] else { throw ProblemOf.badServerRole }
        let isAdmin = try Self.isAdmin(member)
        let now = clock()
        try await store.write { transaction in
            try UserRecord.setServerAdmin(isAdmin, ofUser: user.id, now: now, in: transaction)
            try AuditEvent(.serverRoleChanged, by: context.actor, user: user.id, detail: isAdmin ? "admin" : "none")
                .insert(now: now, in: transaction)
        }
        return .json(describe(try await self.user(context)))
    }

    /// Reads `server_role`: `admin`, or null for none.
    private static func isAdmin(_ role: JSON?) throws(ProblemBody) -> Bool {
        switch role {
        case nil, .null?: return false
        case "admin"?: return true
        default: throw ProblemOf.badServerRole
        }
    }

    /// Where a user is signed in, and what came of it.
    private func sessions(of user: UserRecord) async throws -> JSON {
        let now = clock()
        let (browsers, families) = try await store.read { transaction in
            (
                try BrowserSessionRecord.live(ofUser: user.id, now: now, in: transaction),
                try FamilyRecord.live(ofUser: user.id, now: now, in: transaction)
            )
        }
        let ofBrowsers = browsers.map { session -> JSON in
            [
                "id": .string(ByteString(session.id)), "kind": "browser", "agent": .string(session.agent),
                "authenticated": .number(JSONNumber(session.authenticated)),
                "seen": .number(JSONNumber(session.seen)), "expires": .number(JSONNumber(session.expires)),
            ]
        }
        let ofClients = families.map { family -> JSON in
            [
                "id": .string(ByteString(family.id)), "kind": "client", "client": .string(family.grant.clientID),
                "scope": .string(family.grant.scope.text),
                "authenticated": .number(JSONNumber(family.grant.authenticated)),
                "expires": .number(JSONNumber(family.expires)),
            ]
        }
        return ["sessions": .array(ofBrowsers + ofClients)]
    }

    /// Ends a session at a browser, with what came of it, or one of a client.
    private func endSession(_ context: ControlPlaneContext) async throws -> Response {
        let id = context.parameters.get("id") ?? ""
        let now = clock()
        let revoked = try await store.write { transaction -> [RevocationRecord]? in
            let browser = try BrowserSessionRecord.find(id: id, in: transaction)
            let family = try FamilyRecord.find(id: id, in: transaction).flatMap { $0.isLive ? $0 : nil }
            guard let user = browser?.userID ?? family?.grant.userID else { return nil }
            try AuditEvent(.sessionEnded, by: context.actor, user: user, detail: id)
                .insert(now: now, in: transaction)
            return try sessions.endBrowserSession(id, in: transaction)
                + (family.map { try sessions.end($0, in: transaction) } ?? [])
        }
        guard let revoked else { throw ProblemOf.noSuchSession }
        await sessions.publish(revoked, reason: "the operator ended it")
        return .json(["id": .string(ByteString(id)), "ended": true])
    }

    private func signOut(_ context: ControlPlaneContext) async throws -> Response {
        let user = try await user(context)
        let now = clock()
        let revoked = try await store.write { transaction in
            try AuditEvent(.userSignedOut, by: context.actor, user: user.id).insert(now: now, in: transaction)
            return try sessions.endAll(ofUser: user.id, now: now, in: transaction)
        }
        await sessions.publish(revoked, reason: "the user was signed out everywhere")
        return .json(describe(user))
    }

    private func user(_ context: ControlPlaneContext) async throws -> UserRecord {
        let name = ByteString(context.parameters.get("name") ?? "")
        guard let user = try await store.read({ try UserRecord.find(name: name, in: $0) }) else {
            throw ProblemOf.noSuchUser
        }
        return user
    }

    /// The password that was given, or a random one of 144 bits that is shown once.
    private func password(of body: JSONRequestBody) throws -> (password: ByteString, isMade: Bool) {
        guard body.object["password"] != nil else {
            return (ByteString(Base64URL.encode(RandomBytes.make(count: 18))), true)
        }
        return (try body.string("password", atMost: PasswordHashing.maximumPasswordBytes), false)
    }

    private func describe(_ user: UserRecord) -> JSON {
        [
            "id": .string(ByteString(user.id)), "name": .string(user.name),
            "roles": .array(user.roles.map { .string($0) }), "groups": .array(user.groups.map { .string($0) }),
            "profile": .object(user.profile), "active": .bool(user.isActive),
            "server_role": user.isServerAdmin ? "admin" : .null,
        ]
    }

    private func told(_ user: UserRecord, _ password: ByteString?) -> JSON {
        guard case .object(var members) = describe(user) else { return .null }
        if let password { members["password"] = .string(password) }
        return .object(members)
    }
}

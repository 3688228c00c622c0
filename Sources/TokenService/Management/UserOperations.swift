import Blueprint
import Codecs
import ControlPlane
import HTTPTypes
import JOSE
import OAuth
import Storage

/// Making users and changing them.
struct UserOperations: Sendable {
    let store: Store
    let sessions: Sessions
    let passwords: PasswordHashing
    let reset: PasswordReset
    let clock: @Sendable () -> Int64

    private static let name = OperationParameter<String>.path("name", .text(1...64), "What the user logs in with.")
    private static let tag: @Sendable (UserDocument) -> EntityTag = { user in
        var known = user
        known.password = nil
        return EntityTag(of: UserDocument.schema.write(known))
    }

    var all: [Operation] {
        [
            Operation(
                "listUsers", list: "/users", of: "users", for: .viewer, "Every user, by name.", member: "users",
                items: .fields("User")
            ) { _, page in
                let users = try await store.read { transaction in
                    try UserRecord.page(after: page.after, limit: page.limit + 1, in: transaction)
                }
                return page.page(ofOneMore: users.map(Self.describe)) { $0.name.lowercased() }
            },
            Operation(
                "createUser", .post, "/users", of: "users", for: .admin,
                "Makes a user. A password that is made is in the answer this once.", takes: .fields("UserCreation"),
                answers: .fields("User"), run: create),
            Operation(
                "getUser", .get, "/users/{name}", of: "users", for: .viewer, "One user.",
                parameters: [Self.name.described], answers: .fields("User"), refusals: [404], tag: Self.tag
            ) { Self.describe(try await user($0)) },
            Operation(
                "replaceUser", .put, "/users/{name}", of: "users", for: .admin,
                "Replaces what is known of a user: roles, groups and profile.", parameters: [Self.name.described],
                takes: .fields("UserChange"), answers: .fields("User"), refusals: [404], tag: Self.tag, run: replace),
            Operation(
                "setUserPassword", .post, "/users/{name}/password", of: "users", for: .admin,
                "Sets a password and ends everything begun with the old one.", parameters: [Self.name.described],
                takes: .fields("PasswordChange"), answers: .fields("User"), refusals: [404], run: setPassword),
            Operation(
                "setServerRole", .post, "/users/{name}/server-role", of: "users", for: .owner,
                "Says what a user may do with this server. It counts from the next request on.",
                parameters: [Self.name.described], takes: .fields("ServerRoleChange"), answers: .fields("User"),
                refusals: [404], run: setServerRole),
            Operation(
                "makeResetLink", .post, "/users/{name}/reset-link", of: "users", for: .admin,
                "A link with which the user sets a new password, once within half an hour.",
                parameters: [Self.name.described], answers: .fields("ResetLink"), refusals: [404]
            ) { call in
                let user = try await user(call)
                try Self.requireRank(of: call, over: user)
                var document = ResetLinkDocument()
                document.link = try await reset.link(for: user, by: call.actor)
                return document
            },
            Operation(
                "signUserOut", .post, "/users/{name}/sign-out", of: "users", for: .admin,
                "Ends every session of a user and revokes their tokens.", parameters: [Self.name.described],
                answers: .fields("User"), refusals: [404], run: signOut),
            switching("enableUser", "enable", to: true, "Lets a disabled user log in again."),
            switching("disableUser", "disable", to: false, "Lets a user log in no more, and ends all their sessions."),
        ]
    }

    private func switching(_ operation: String, _ verb: String, to isActive: Bool, _ summary: String) -> Operation {
        Operation(
            operation, .post, "/users/{name}/\(verb)", of: "users", for: .admin, summary,
            parameters: [Self.name.described], answers: .fields("User"), refusals: [404]
        ) { try await setActive(isActive, $0) }
    }

    private func create(_ call: OperationCall, _ wanted: UserCreation) async throws -> UserDocument {
        if wanted.serverRole != nil, call.role < .owner { throw ProblemOf.ownersOnly }
        let name = ByteString(wanted.name)
        let (password, isMade) = Self.password(wanted.password)
        let user = UserRecord(
            id: UserRecord.makeID(), name: name, roles: wanted.roles.map { ByteString($0) },
            groups: wanted.groups.map { ByteString($0) }, profile: wanted.profile,
            password: try await passwords.hash(password.bytes), isActive: true, serverRole: wanted.serverRole)
        let now = clock()
        let isNew = try await store.write { transaction in
            guard try !UserRecord.isTaken(name, in: transaction) else { return false }
            try user.insert(now: now, in: transaction)
            try AuditEvent(.userCreated, by: call.actor, user: user.id, detail: name.text)
                .insert(now: now, in: transaction)
            if let role = user.serverRole {
                try AuditEvent(.serverRoleChanged, by: call.actor, user: user.id, detail: role.rawValue)
                    .insert(now: now, in: transaction)
            }
            return true
        }
        guard isNew else { throw ProblemOf.userNameTaken }
        return Self.told(user, isMade ? password : nil)
    }

    private func replace(_ call: OperationCall, _ wanted: UserChange) async throws -> UserDocument {
        let known = try await user(call)
        try Self.requireRank(of: call, over: known)
        let now = clock()
        try await store.write { transaction in
            guard let user = try UserRecord.find(id: known.id, in: transaction) else { throw ProblemOf.noSuchUser }
            try call.precondition.require(Self.tag(Self.describe(user)))
            try UserRecord.setKnown(
                roles: wanted.roles.map { ByteString($0) }, groups: wanted.groups.map { ByteString($0) },
                profile: wanted.profile, ofUser: user.id, now: now, in: transaction)
            try AuditEvent(.userChanged, by: call.actor, user: user.id).insert(now: now, in: transaction)
        }
        return Self.describe(try await user(call))
    }

    /// A new password ends everything that was begun with the old one.
    private func setPassword(_ call: OperationCall, _ wanted: PasswordChange) async throws -> UserDocument {
        let user = try await user(call)
        try Self.requireRank(of: call, over: user)
        let (password, isMade) = Self.password(wanted.password)
        let hash = try await passwords.hash(password.bytes)
        let now = clock()
        let revoked = try await store.write { transaction in
            try UserRecord.setPassword(hash, ofUser: user.id, now: now, in: transaction)
            try AuditEvent(.passwordChanged, by: call.actor, user: user.id).insert(now: now, in: transaction)
            return try sessions.endAll(ofUser: user.id, now: now, in: transaction)
        }
        await sessions.publish(revoked, reason: "the user's password was changed")
        return Self.told(user, isMade ? password : nil)
    }

    private func setActive(_ isActive: Bool, _ call: OperationCall) async throws -> UserDocument {
        let user = try await user(call)
        try Self.requireRank(of: call, over: user)
        let now = clock()
        let revoked = try await store.write { transaction in
            try UserRecord.setActive(isActive, ofUser: user.id, now: now, in: transaction)
            try AuditEvent(isActive ? .userEnabled : .userDisabled, by: call.actor, user: user.id)
                .insert(now: now, in: transaction)
            return isActive ? [] : try sessions.endAll(ofUser: user.id, now: now, in: transaction)
        }
        await sessions.publish(revoked, reason: "the user was disabled")
        return Self.describe(try await self.user(call))
    }

    private func setServerRole(_ call: OperationCall, _ wanted: ServerRoleChange) async throws -> UserDocument {
        let user = try await user(call)
        let now = clock()
        try await store.write { transaction in
            try UserRecord.setServerRole(wanted.serverRole, ofUser: user.id, now: now, in: transaction)
            try AuditEvent(
                .serverRoleChanged, by: call.actor, user: user.id, detail: wanted.serverRole?.rawValue ?? "none"
            ).insert(now: now, in: transaction)
        }
        return Self.describe(try await self.user(call))
    }

    private func signOut(_ call: OperationCall) async throws -> UserDocument {
        let user = try await user(call)
        let now = clock()
        let revoked = try await store.write { transaction in
            try AuditEvent(.userSignedOut, by: call.actor, user: user.id).insert(now: now, in: transaction)
            return try sessions.endAll(ofUser: user.id, now: now, in: transaction)
        }
        await sessions.publish(revoked, reason: "the user was signed out everywhere")
        return Self.describe(user)
    }

    func user(_ call: OperationCall) async throws -> UserRecord {
        let name = ByteString(try call.required(Self.name))
        guard let user = try await store.read({ try UserRecord.find(name: name, in: $0) }) else {
            throw ProblemOf.noSuchUser
        }
        return user
    }

    /// Whoever could log in as somebody has their role: only who has it as well may change how they log in.
    private static func requireRank(of call: OperationCall, over user: UserRecord) throws(ProblemBody) {
        if let role = user.serverRole, role > call.role { throw ProblemOf.ownersOnly }
    }

    /// The password that was given, or a random one of 144 bits that is shown once.
    private static func password(_ given: String?) -> (password: ByteString, isMade: Bool) {
        given.map { (ByteString($0), false) }
            ?? (ByteString(Base64URL.encode(RandomBytes.make(count: 18))), true)
    }

    private static func describe(_ user: UserRecord) -> UserDocument {
        var document = UserDocument()
        document.id = user.id
        document.name = user.name.text
        document.roles = user.roles.map(\.text)
        document.groups = user.groups.map(\.text)
        document.profile = user.profile
        document.isActive = user.isActive
        document.serverRole = user.serverRole
        return document
    }

    private static func told(_ user: UserRecord, _ password: ByteString?) -> UserDocument {
        var document = describe(user)
        document.password = password?.text
        return document
    }
}

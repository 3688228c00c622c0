import Codecs
import ControlPlane
import JOSE
import OAuth
import Storage

/// Somebody who can log in.
struct UserRecord: Sendable {
    /// `usr_` and 128 random bits: the `sub` of tokens. It never changes and is never used again.
    let id: String
    /// What the user types to log in, as it was written at first. Names that differ in case alone are one name.
    let name: ByteString
    /// What the user may be to applications, for example `clerk`. Nothing in this server asks for it.
    let roles: [ByteString]
    /// What the user belongs to, for example `staff`.
    var groups: [ByteString] = []
    /// What is known of the person, by the names of OpenID Connect Core §5.1: `name`, `email`, `email_verified` ….
    var profile = JSONObject()
    /// The password's self-describing hash.
    let password: String
    /// Whether the user may log in and refresh.
    let isActive: Bool
    /// What the user may do with this server; nil is nothing. No claim says it, so that no claim can be mistaken for it.
    var serverRole: Role?

    static func makeID() -> String {
        idPrefix + Base64URL.encode(RandomBytes.make(count: 16))
    }

    /// How every user's id begins, and no client's.
    static let idPrefix = "usr_"

    /// Whether a text can be a user's name: 1 to 64 ASCII letters, digits and `. _ - @ +`. Nothing in that set looks
    /// like something else of the set in another Unicode form, so a name means one account.
    static func isName(_ name: ByteString) -> Bool {
        (1...64).contains(name.count) && name.bytes.allSatisfy { nameBytes.contains($0) }
    }

    private static let nameBytes = Set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-@+".utf8)

    static func find(name: ByteString, in transaction: Transaction) throws(StoreError) -> UserRecord? {
        // Other texts are no name of anybody; asking with them could only meet what the store refuses, such as NUL.
        guard isName(name) else { return nil }
        let found = try transaction.query(
            Statement("SELECT * FROM users WHERE lower(name) = ?", .text(folded(name).text))
        ).map { row throws(StoreError) in try UserRecord(row) }
        // Databases of earlier versions may know two people by one name: then it must be written exactly.
        return found.count == 1 ? found.first : found.first { $0.name == name }
    }

    /// Whether somebody is known by a name, in whatever case.
    static func isTaken(_ name: ByteString, in transaction: Transaction) throws(StoreError) -> Bool {
        try !transaction.query(
            Statement("SELECT 1 FROM users WHERE lower(name) = ? LIMIT 1", .text(folded(name).text))
        ).isEmpty
    }

    /// A name in lower case: what counts when two names are compared. Names are ASCII.
    static func folded(_ name: ByteString) -> ByteString {
        ByteString(utf8: name.bytes.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 })
    }

    static func find(id: String, in transaction: Transaction) throws(StoreError) -> UserRecord? {
        try transaction.query(
            Statement("SELECT * FROM users WHERE id = ?", .text(id))
        ).first.map { row throws(StoreError) in try UserRecord(row) }
    }

    /// Users by their folded names: those behind one, so many at most.
    static func page(
        after name: String?, limit: Int, in transaction: Transaction
    ) throws(StoreError) -> [UserRecord] {
        try transaction.query(
            Statement(
                "SELECT * FROM users WHERE lower(name) > ? ORDER BY lower(name) LIMIT ?", .text(name ?? ""),
                .integer(Int64(limit)))
        ).map { row throws(StoreError) in try UserRecord(row) }
    }

    /// Replaces what is known of a user.
    static func setKnown(
        roles: [ByteString], groups: [ByteString], profile: JSONObject, ofUser id: String, now: Int64,
        in transaction: Transaction
    ) throws(StoreError) {
        try transaction.execute(
            Statement(
                "UPDATE users SET roles = ?, groups = ?, profile = ?, changed = ? WHERE id = ?",
                .text(StoredList.text(roles)), .text(StoredList.text(groups)),
                .text(JSONWriter.text(.object(profile))), .integer(now), .text(id)))
    }

    static func setActive(
        _ isActive: Bool, ofUser id: String, now: Int64, in transaction: Transaction
    ) throws(StoreError) {
        try transaction.execute(
            Statement(
                "UPDATE users SET state = ?, changed = ? WHERE id = ?", .text(isActive ? "active" : "disabled"),
                .integer(now), .text(id)))
    }

    static func setServerRole(
        _ role: Role?, ofUser id: String, now: Int64, in transaction: Transaction
    ) throws(StoreError) {
        try transaction.execute(
            Statement(
                "UPDATE users SET server_role = ?, changed = ? WHERE id = ?", stored(role), .integer(now), .text(id)))
    }

    private static func stored(_ role: Role?) -> StoreValue { role.map { .text($0.rawValue) } ?? .null }

    static func exist(in transaction: Transaction) throws(StoreError) -> Bool {
        try !transaction.query(Statement("SELECT 1 FROM users LIMIT 1")).isEmpty
    }

    func insert(now: Int64, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(
            Statement(
                """
                INSERT INTO users
                    (id, name, roles, groups, profile, password, state, server_role, created, changed)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                .text(id), .text(name.text), .text(StoredList.text(roles)), .text(StoredList.text(groups)),
                .text(JSONWriter.text(.object(profile))), .text(password),
                .text(isActive ? "active" : "disabled"), Self.stored(serverRole), .integer(now), .integer(now)))
    }

    static func setPassword(
        _ password: String, ofUser id: String, now: Int64, in transaction: Transaction
    ) throws(StoreError) {
        try transaction.execute(
            Statement(
                "UPDATE users SET password = ?, changed = ? WHERE id = ?", .text(password), .integer(now), .text(id)))
    }

    /// What rules for claims may draw on.
    var attributes: ClaimRule.Attributes {
        ClaimRule.Attributes(name: name, roles: roles, groups: groups, profile: profile)
    }

    /// The claims about the user that an access token has for the clients of others: what was agreed to.
    func accessClaims(for scope: Scope) -> [(name: ByteString, value: JSON)] {
        let needed: [(claim: ByteString, scope: ByteString)] = [
            ("preferred_username", "profile"), ("roles", "roles"), ("groups", "groups"),
        ]
        return accessClaims.filter { claim in
            needed.contains { $0.claim == claim.name && scope.contains($0.scope) }
        }
    }

    /// The claims about the user that an access token has for our own front door (RFC 9068 §2.2.3.1).
    var accessClaims: [(name: ByteString, value: JSON)] {
        var claims: [(name: ByteString, value: JSON)] = [
            ("preferred_username", .string(name)), ("roles", .array(roles.map { .string($0) })),
        ]
        if !groups.isEmpty { claims.append(("groups", .array(groups.map { .string($0) }))) }
        return claims
    }

    /// The claims about the person that a scope opens (OpenID Connect Core §5.4).
    func claims(for scope: Scope) -> JSONObject {
        var claims = JSONObject()
        if scope.contains("profile") {
            claims["preferred_username"] = .string(name)
            for claim in Self.profileClaims { claims[claim] = profile[claim] }
        }
        for (name, members) in Self.scopedClaims where scope.contains(name) {
            for claim in members { claims[claim] = profile[claim] }
        }
        if scope.contains("roles") { claims["roles"] = .array(roles.map { .string($0) }) }
        if scope.contains("groups") { claims["groups"] = .array(groups.map { .string($0) }) }
        return claims
    }

    private static let profileClaims: [ByteString] = [
        "name", "family_name", "given_name", "middle_name", "nickname", "profile", "picture", "website", "gender",
        "birthdate", "zoneinfo", "locale", "updated_at",
    ]

    private static let scopedClaims: [(scope: ByteString, claims: [ByteString])] = [
        ("email", ["email", "email_verified"]),
        ("phone", ["phone_number", "phone_number_verified"]),
        ("address", ["address"]),
    ]
}

extension UserRecord {
    private init(_ row: Row) throws(StoreError) {
        guard let profile = (try? JSONReader.read(Array(try row.text("profile").utf8)))?.object else {
            throw StoreError(.unexpectedValue, "the stored profile of a user is not a JSON object")
        }
        self.init(
            id: try row.text("id"), name: ByteString(try row.text("name")),
            roles: try StoredList.read(row.text("roles")), groups: try StoredList.read(row.text("groups")),
            profile: profile, password: try row.text("password"), isActive: try row.text("state") == "active",
            serverRole: try row.optionalText("server_role").flatMap { Role(rawValue: $0) })
    }
}

import Codecs
import OAuth
import Storage

/// An authorization code as it rests: what was agreed to, and how whoever presents it must prove to have begun it.
struct AuthorizationCodeRecord: Sendable {
    /// How long a code lives, in seconds.
    static let lifetime: Int64 = 60
    /// How long a spent code is remembered, so that its replay ends what came of it.
    static let memory: Int64 = 86_400

    let grant: Grant
    /// The browser session in which it was made.
    let browserSession: String
    /// The address that the answer went to.
    let redirectURI: ByteString
    let challenge: CodeChallenge
    let nonce: ByteString?

    func insert(_ code: OpaqueToken, now: Int64, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(
            Statement(
                """
                INSERT INTO authorization_codes (hash, state, client_id, user_id, redirect_uri, challenge, scope,
                    audiences, nonce, authenticated, methods, browser_session, key_thumbprint, expires)
                VALUES (?, 'live', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                .blob(code.hash), .text(grant.clientID.text), .text(grant.userID), .text(redirectURI.text),
                .text(challenge.text.text), .text(grant.scope.text.text), .text(StoredList.text(grant.audiences)),
                nonce.map { .text($0.text) } ?? .null, .integer(grant.authenticated),
                .text(StoredList.text(grant.methods)), .text(browserSession),
                grant.keyThumbprint.map { .text($0.text) } ?? .null, .integer(now + Self.lifetime)))
    }

    /// Spends a code of one client: of any number of callers at once, exactly one gets true.
    static func spend(
        _ code: OpaqueToken, client: ByteString, now: Int64, in transaction: Transaction
    ) throws(StoreError) -> Bool {
        try transaction.execute(
            Statement(
                """
                UPDATE authorization_codes SET state = 'spent'
                WHERE hash = ? AND state = 'live' AND client_id = ? AND expires > ?
                """,
                .blob(code.hash), .text(client.text), .integer(now))) == 1
    }

    /// Notes what came of a code.
    static func note(family: String, of code: OpaqueToken, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(
            Statement("UPDATE authorization_codes SET family_id = ? WHERE hash = ?", .text(family), .blob(code.hash)))
    }

    /// What is known of a code, and the family that came of it; nil when nobody knows it.
    static func find(
        _ code: OpaqueToken, in transaction: Transaction
    ) throws(StoreError) -> (record: AuthorizationCodeRecord, family: String?)? {
        let rows = try transaction.query(
            Statement("SELECT * FROM authorization_codes WHERE hash = ?", .blob(code.hash)))
        guard let row = rows.first else { return nil }
        return (try AuthorizationCodeRecord(row), try row.optionalText("family_id"))
    }

    static func deleteExpired(before time: Int64, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(Statement("DELETE FROM authorization_codes WHERE expires < ?", .integer(time)))
    }
}

extension AuthorizationCodeRecord {
    private init(_ row: Row) throws(StoreError) {
        guard let challenge = CodeChallenge(ByteString(try row.text("challenge"))) else {
            throw StoreError(.unexpectedValue, "a stored code challenge is not one")
        }
        let browserSession = try row.text("browser_session")
        self.init(
            grant: Grant(
                userID: try row.text("user_id"), clientID: ByteString(try row.text("client_id")),
                scope: try StoredList.scope(row.text("scope")),
                audiences: try StoredList.read(row.text("audiences")),
                authenticated: try row.integer("authenticated"),
                methods: try StoredList.read(row.text("methods")),
                browserSession: browserSession,
                keyThumbprint: try row.optionalText("key_thumbprint").map { ByteString($0) }),
            browserSession: browserSession, redirectURI: ByteString(try row.text("redirect_uri")),
            challenge: challenge, nonce: try row.optionalText("nonce").map { ByteString($0) })
    }
}

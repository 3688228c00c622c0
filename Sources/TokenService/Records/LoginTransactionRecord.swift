import Codecs
import JOSE
import Storage

/// Somebody on the way in at a browser: where they want to go, kept here and not in the browser, and the one browser that
/// may go on with it.
struct LoginTransactionRecord: Sendable {
    /// How long somebody may take to answer, in seconds.
    static let lifetime: Int64 = 1_800

    /// Where it leads once somebody is logged in.
    enum Goal: Sendable {
        /// To the answer to a client's request.
        case authorization(client: ByteString, parameters: String)
        /// To a page of our own.
        case page(String)
    }

    let goal: Goal
    /// Who was logged in when it began: a login of that session is older than the request, whatever the clock says.
    let earlierSession: String?
    /// Whose password was right, while their second factor is due.
    var halfLoggedIn: String?
    /// What a passkey has to sign.
    var challenge: [UInt8]

    init(_ goal: Goal, earlierSession: String?) {
        self.goal = goal
        self.earlierSession = earlierSession
        challenge = Self.makeChallenge()
    }

    static func makeChallenge() -> [UInt8] { RandomBytes.make(count: 32) }

    func insert(
        _ transaction: OpaqueToken, browser: OpaqueToken, now: Int64, in database: Transaction
    ) throws(StoreError) {
        let (client, parameters, path): (StoreValue, String, String) =
            switch goal {
            case .authorization(let client, let parameters): (.text(client.text), parameters, "")
            case .page(let path): (.null, "", path)
            }
        try database.execute(
            Statement(
                """
                INSERT INTO login_transactions (hash, browser, client_id, parameters, return_path, earlier_session,
                    challenge, expires)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
                .blob(transaction.hash), .blob(browser.hash), client, .text(parameters), .text(path),
                earlierSession.map { .text($0) } ?? .null, .blob(challenge), .integer(now + Self.lifetime)))
    }

    /// The transaction that this browser began; nil for another browser, and when it is over.
    static func find(
        _ transaction: OpaqueToken, browser: OpaqueToken, now: Int64, in database: Transaction
    ) throws(StoreError) -> LoginTransactionRecord? {
        try database.query(
            Statement(
                "SELECT * FROM login_transactions WHERE hash = ? AND browser = ? AND expires > ?",
                .blob(transaction.hash), .blob(browser.hash), .integer(now))
        ).first.map { row throws(StoreError) in try LoginTransactionRecord(row) }
    }

    /// Notes whose password was right.
    static func note(
        halfLoggedIn user: String, of transaction: OpaqueToken, in database: Transaction
    ) throws(StoreError) {
        try database.execute(
            Statement(
                "UPDATE login_transactions SET user_id = ? WHERE hash = ?", .text(user), .blob(transaction.hash)))
    }

    /// Uses a challenge up.
    /// - Returns: whether it was the present one: of several answers to it, one goes on.
    static func spend(
        challenge: [UInt8], of transaction: OpaqueToken, in database: Transaction
    ) throws(StoreError) -> Bool {
        try database.execute(
            Statement(
                "UPDATE login_transactions SET challenge = ? WHERE hash = ? AND challenge = ?",
                .blob(makeChallenge()), .blob(transaction.hash), .blob(challenge))) == 1
    }

    /// - Returns: whether it was there: of several answers to one page, one goes on.
    static func delete(_ transaction: OpaqueToken, in database: Transaction) throws(StoreError) -> Bool {
        try database.execute(
            Statement("DELETE FROM login_transactions WHERE hash = ?", .blob(transaction.hash))) == 1
    }

    static func deleteExpired(before time: Int64, in database: Transaction) throws(StoreError) {
        try database.execute(Statement("DELETE FROM login_transactions WHERE expires < ?", .integer(time)))
    }
}

extension LoginTransactionRecord {
    private init(_ row: Row) throws(StoreError) {
        if let client = try row.optionalText("client_id") {
            goal = .authorization(client: ByteString(client), parameters: try row.text("parameters"))
        } else {
            goal = .page(try row.text("return_path"))
        }
        earlierSession = try row.optionalText("earlier_session")
        halfLoggedIn = try row.optionalText("user_id")
        challenge = try row.blob("challenge")
    }
}

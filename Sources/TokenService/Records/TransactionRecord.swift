import Codecs
import Storage

/// An authorization under way: what a client asked, kept here and not in the browser, and the one browser that may go on
/// with it.
struct TransactionRecord: Sendable {
    /// How long somebody may take to answer, in seconds.
    static let lifetime: Int64 = 1_800

    let clientID: ByteString
    /// The parameters of the request, as a form.
    let parameters: String
    /// Who was logged in when it began: a login of that session is older than the request, whatever the clock says.
    let earlierSession: String?

    func insert(
        _ transaction: OpaqueToken, browser: OpaqueToken, now: Int64, in database: Transaction
    ) throws(StoreError) {
        try database.execute(
            Statement(
                """
                INSERT INTO authorization_transactions (hash, browser, client_id, parameters, earlier_session, expires)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
                .blob(transaction.hash), .blob(browser.hash), .text(clientID.text), .text(parameters),
                earlierSession.map { .text($0) } ?? .null, .integer(now + Self.lifetime)))
    }

    /// The transaction that this browser began; nil for another browser, and when it is over.
    static func find(
        _ transaction: OpaqueToken, browser: OpaqueToken, now: Int64, in database: Transaction
    ) throws(StoreError) -> TransactionRecord? {
        try database.query(
            Statement(
                """
                SELECT client_id, parameters, earlier_session FROM authorization_transactions
                WHERE hash = ? AND browser = ? AND expires > ?
                """,
                .blob(transaction.hash), .blob(browser.hash), .integer(now))
        ).first.map { row throws(StoreError) in
            TransactionRecord(
                clientID: ByteString(try row.text("client_id")), parameters: try row.text("parameters"),
                earlierSession: try row.optionalText("earlier_session"))
        }
    }

    /// - Returns: whether it was there: of several answers to one page, one goes on.
    static func delete(_ transaction: OpaqueToken, in database: Transaction) throws(StoreError) -> Bool {
        try database.execute(
            Statement("DELETE FROM authorization_transactions WHERE hash = ?", .blob(transaction.hash))) == 1
    }

    static func deleteExpired(before time: Int64, in database: Transaction) throws(StoreError) {
        try database.execute(
            Statement("DELETE FROM authorization_transactions WHERE expires < ?", .integer(time)))
    }
}

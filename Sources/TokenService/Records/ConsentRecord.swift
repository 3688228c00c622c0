import Codecs
import OAuth
import Storage

/// What a user allowed a client, so as not to be asked again.
enum ConsentRecord {
    static func find(
        user: String, client: ByteString, in transaction: Transaction
    ) throws(StoreError) -> Scope? {
        try transaction.query(
            Statement(
                "SELECT scope FROM consents WHERE user_id = ? AND client_id = ?", .text(user), .text(client.text))
        ).first.map { row throws(StoreError) in try StoredList.scope(row.text("scope")) }
    }

    static func delete(user: String, client: ByteString, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(
            Statement("DELETE FROM consents WHERE user_id = ? AND client_id = ?", .text(user), .text(client.text)))
    }

    /// Adds to what was allowed before.
    static func add(
        _ scope: Scope, user: String, client: ByteString, now: Int64, in transaction: Transaction
    ) throws(StoreError) {
        let known = try find(user: user, client: client, in: transaction) ?? .none
        try transaction.execute(
            Statement(
                """
                INSERT INTO consents (user_id, client_id, scope, granted) VALUES (?, ?, ?, ?)
                ON CONFLICT (user_id, client_id) DO UPDATE SET scope = excluded.scope, granted = excluded.granted
                """,
                .text(user), .text(client.text), .text(known.union(scope).text.text), .integer(now)))
    }
}

import Codecs
import Storage

/// An authorization request that a client pushed and a browser will name (RFC 9126), known by the hash of its name.
struct PushedRequestRecord: Sendable {
    /// How long the browser may take to come, in seconds.
    static let lifetime: Int64 = 90

    let clientID: ByteString
    /// The parameters of the request, as a form.
    let parameters: String

    func insert(_ name: OpaqueToken, now: Int64, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(
            Statement(
                "INSERT INTO pushed_requests (hash, client_id, parameters, expires) VALUES (?, ?, ?, ?)",
                .blob(name.hash), .text(clientID.text), .text(parameters), .integer(now + Self.lifetime)))
    }

    /// Takes a request away, for the one browser that gets it; nil when it is unknown, over, taken or another client's.
    static func take(
        _ name: OpaqueToken, client: ByteString, now: Int64, in transaction: Transaction
    ) throws(StoreError) -> PushedRequestRecord? {
        try transaction.query(
            Statement(
                """
                DELETE FROM pushed_requests WHERE hash = ? AND client_id = ? AND expires > ?
                RETURNING client_id, parameters
                """,
                .blob(name.hash), .text(client.text), .integer(now))
        ).first.map { row throws(StoreError) in
            PushedRequestRecord(
                clientID: ByteString(try row.text("client_id")), parameters: try row.text("parameters"))
        }
    }

    static func deleteExpired(before time: Int64, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(Statement("DELETE FROM pushed_requests WHERE expires < ?", .integer(time)))
    }
}

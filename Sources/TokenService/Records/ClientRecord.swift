import Codecs
import OAuth
import Storage
import Tokens

/// A registered client as it rests: its document, and the hash of its secret.
struct ClientRecord: Sendable {
    let client: Client
    /// The SHA-256 of the secret, where the client has one.
    let secretHash: [UInt8]?
    /// Whether it may do anything at all.
    let isActive: Bool

    /// Stores a new client.
    /// - Returns: false when there is one of this id already, which then stays as it is.
    func insert(now: Int64, in transaction: Transaction) throws(StoreError) -> Bool {
        let count = try transaction.execute(
            Statement(
                """
                INSERT INTO clients (id, state, document, secret, created, changed) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO NOTHING
                """,
                .text(client.id.text), .text(state), .text(document), secret, .integer(now), .integer(now)))
        return try Self.told(client.id, count, in: transaction)
    }

    /// Replaces a client.
    /// - Returns: whether there was one of this id.
    func update(now: Int64, in transaction: Transaction) throws(StoreError) -> Bool {
        let count = try transaction.execute(
            Statement(
                "UPDATE clients SET state = ?, document = ?, secret = ?, changed = ? WHERE id = ?",
                .text(state), .text(document), secret, .integer(now), .text(client.id.text)))
        return try Self.told(client.id, count, in: transaction)
    }

    /// - Returns: whether there was one of this id.
    static func delete(_ id: ByteString, in transaction: Transaction) throws(StoreError) -> Bool {
        try told(
            id, try transaction.execute(Statement("DELETE FROM clients WHERE id = ?", .text(id.text))), in: transaction)
    }

    /// Tells whoever follows the clients of one that changed.
    /// - Returns: whether it did.
    private static func told(_ id: ByteString, _ count: Int, in transaction: Transaction) throws(StoreError) -> Bool {
        guard count == 1 else { return false }
        try transaction.changed(.clients, id.text)
        return true
    }

    /// The client of this id; nil when there is none.
    static func find(_ id: ByteString, in transaction: Transaction) throws(StoreError) -> ClientRecord? {
        try transaction.query(
            Statement("SELECT id, state, document, secret FROM clients WHERE id = ?", .text(id.text))
        ).first.map { row throws(StoreError) in try ClientRecord(row) }
    }

    /// All clients, by id.
    static func all(in transaction: Transaction) throws(StoreError) -> [ClientRecord] {
        try transaction.query(Statement("SELECT id, state, document, secret FROM clients ORDER BY id"))
            .map { row throws(StoreError) in try ClientRecord(row) }
    }

    /// Takes private parts and shared secrets out of stored documents: earlier versions kept what they were given.
    static func forgetPrivateKeys(now: Int64, in transaction: Transaction) throws(StoreError) {
        for row in try transaction.query(Statement("SELECT id, document FROM clients WHERE document LIKE '%jwks%'")) {
            let id = try row.text("id")
            guard var document = (try? JSONReader.read(Array(try row.text("document").utf8)))?.object,
                let jwks = document["jwks"]
            else { continue }
            // What is no key set at all was of no use, and would not be read any more.
            let keys = Client.publishedKeys(jwks)
            guard keys?.contains(where: PrivateMembers.areIn) ?? true else { continue }
            let known = (keys ?? []).map(PrivateMembers.removed(from:)).filter { $0["kty"] != "oct" }
            document["jwks"] = ["keys": .array(known.map { .object($0) })]
            try transaction.execute(
                Statement(
                    "UPDATE clients SET document = ?, changed = ? WHERE id = ?",
                    .text(JSONWriter.text(.object(document))),
                    .integer(now), .text(id)))
            try transaction.changed(.clients, id)
        }
    }

    private var state: String { isActive ? "active" : "disabled" }
    private var document: String { JSONWriter.text(.object(client.document)) }
    private var secret: StoreValue { secretHash.map { .blob($0) } ?? .null }
}

extension ChangeTopic {
    /// The registered clients, each by its id.
    static let clients = ChangeTopic("clients")
}

extension ClientRecord {
    private init(_ row: Row) throws(StoreError) {
        let id = try row.text("id")
        guard let document = (try? JSONReader.read(Array(try row.text("document").utf8)))?.object,
            let client = try? Client(document: document, id: ByteString(id))
        else { throw StoreError(.unexpectedValue, "the stored client \(id) cannot be read") }
        let secretHash: [UInt8]? = if case .blob(let hash) = try row.value("secret") { hash } else { nil }
        self.init(client: client, secretHash: secretHash, isActive: try row.text("state") == "active")
    }
}

import Codecs
import Crypto
import HTTPTypes
public import Storage

/// A name that a caller gives to one change, so that sending it again does it once (draft-ietf-httpapi-idempotency-key).
struct IdempotencyKey: Sendable {
    let text: String

    /// - Returns: nil where the request brings none.
    /// - Throws: 400 for a key that is none: 1 to 255 visible ASCII characters, which count as they stand, quotation marks too.
    init?(_ fields: HTTPFields) throws(ProblemBody) {
        guard let name = HTTPField.Name("Idempotency-Key"), let text = fields[name] else { return nil }
        guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .badParameter("Idempotency-Key", "it must have 1 to 255 visible ASCII characters")
        }
        self.text = text
    }
}

/// The answers to changes that were asked for with an idempotency key, for a day. They rest sealed: a secret that is shown
/// once may be in them.
public struct KeptAnswers: Sendable {
    /// How long an answer is kept, in seconds.
    static let lifetime: Int64 = 86_400

    private let store: Store
    private let clock: @Sendable () -> Int64

    /// Brings the table forward. What was under way when the process ended is marked so: nobody knows whether it was done.
    public init(store: Store, clock: @escaping @Sendable () -> Int64) async throws {
        try await Self.prepare(store)
        self.store = store
        self.clock = clock
        try await store.write { transaction in
            _ = try transaction.execute(
                Statement("UPDATE kept_answers SET state = 'unknown' WHERE state = 'running'"))
        }
    }

    /// Brings the table forward, for whoever works on it without the operations.
    public static func prepare(_ store: Store) async throws {
        try await store.migrate(feature: "operations", migrations)
    }

    static let migrations = [
        Migration(
            "01-kept-answers",
            [
                """
                CREATE TABLE kept_answers (
                    id {text} NOT NULL PRIMARY KEY, question {bytes} NOT NULL, state {text} NOT NULL, tag {text},
                    body {bytes}, expires {integer} NOT NULL
                ) {table}
                """,
                "CREATE INDEX kept_answers_by_end ON kept_answers (expires)",
            ])
    ]

    /// A change as it was asked for.
    struct Question: Sendable {
        /// The key, for this caller alone.
        let id: String
        /// What was asked under it. It rests sealed: a password may be in what it is the digest of.
        let digest: [UInt8]

        init(key: IdempotencyKey, actor: AuditActor, method: String, target: String, body: JSONObject) {
            let caller =
                switch actor.identity {
                case .nobody: "nobody"
                case .operator: "operator"
                case .person(let id, _): "person \(id)"
                case .client(let id): "client \(id.text)"
                }
            id = Base64URL.encode(Array(SHA256.hash(data: Array("\(caller)\n\(key.text)".utf8))))
            let content = JSONWriter.write(.object(body))
            digest = Array(SHA256.hash(data: Array("\(method) \(target)\n".utf8) + content))
        }
    }

    /// What stands under a key.
    private enum Found: Sendable {
        case nothing
        case answer(OperationAnswer)
        case running
        case unknown
        case other
    }

    /// Does what is asked, once: the second time the first answer is given again.
    ///
    /// What was refused is not kept: nothing was done, and it may be asked again. After any other error nobody knows.
    func answer(
        _ question: Question, _ perform: () async throws -> OperationAnswer
    ) async throws -> OperationAnswer {
        switch try await begin(question) {
        case .nothing: break
        case .answer(let answer): return answer
        case .running: throw ProblemBody.underWay
        case .unknown: throw ProblemBody.outcomeUnknown
        case .other: throw ProblemBody.keyReused
        }
        do {
            let answer = try await perform()
            try await keep(answer, for: question)
            return answer
        } catch {
            let refusal = error as? ProblemBody ?? (error as? any ProblemConvertible)?.problem
            if refusal?.status.kind == .clientError {
                try await forget(question)
            } else {
                try await doubt(question)
            }
            throw error
        }
    }

    private func begin(_ question: Question) async throws -> Found {
        let now = clock()
        return try await store.write { transaction in
            try transaction.execute(Statement("DELETE FROM kept_answers WHERE expires < ?", .integer(now)))
            let rows = try transaction.query(
                Statement("SELECT * FROM kept_answers WHERE id = ?", .text(question.id)))
            guard let row = rows.first else {
                try transaction.execute(
                    Statement(
                        "INSERT INTO kept_answers (id, question, state, expires) VALUES (?, ?, 'running', ?)",
                        .text(question.id),
                        .blob(
                            try Self.column(SealedQuestions.self, transaction).seal(question.digest, row: question.id)),
                        .integer(now + Self.lifetime)))
                return .nothing
            }
            let asked = try Self.column(SealedQuestions.self, transaction).open(
                try row.blob("question"), row: question.id)
            guard asked == question.digest else { return .other }
            switch try row.text("state") {
            case "running": return .running
            case "done":
                let body = try Self.column(SealedAnswers.self, transaction).open(try row.blob("body"), row: question.id)
                guard let json = (try? JSONReader.read(body))?.object else { return .unknown }
                let tag = try row.optionalText("tag").flatMap { EntityTag($0[...]) }
                return .answer(OperationAnswer(json: json, tag: tag, isReplayed: true))
            default: return .unknown
            }
        }
    }

    private func keep(_ answer: OperationAnswer, for question: Question) async throws {
        try await store.write { transaction in
            let body = JSONWriter.write(.object(answer.json))
            let sealed = try Self.column(SealedAnswers.self, transaction).seal(body, row: question.id)
            _ = try transaction.execute(
                Statement(
                    "UPDATE kept_answers SET state = 'done', tag = ?, body = ? WHERE id = ?",
                    answer.tag.map { .text($0.text) } ?? .null, .blob(sealed), .text(question.id)))
        }
    }

    private func doubt(_ question: Question) async throws {
        try await store.write { transaction in
            _ = try transaction.execute(
                Statement(
                    "UPDATE kept_answers SET state = 'unknown' WHERE id = ? AND state = 'running'", .text(question.id)))
        }
    }

    private func forget(_ question: Question) async throws {
        try await store.write { transaction in
            _ = try transaction.execute(Statement("DELETE FROM kept_answers WHERE id = ?", .text(question.id)))
        }
    }

    private static func column(_ records: any SealedRecords.Type, _ transaction: Transaction) -> SealedColumn {
        SealedColumn(records.purpose, masterKey: transaction.masterKey)
    }

    /// Everything here that is sealed with the master key.
    public static let sealedRecords: [any SealedRecords.Type] = [SealedQuestions.self, SealedAnswers.self]
}

private enum SealedQuestions: SealedRecords {
    static let purpose: StaticString = "kept-question"

    static func all(in transaction: Transaction) throws(StoreError) -> [(row: String, sealed: [UInt8])] {
        try transaction.query(Statement("SELECT id, question FROM kept_answers"))
            .map { row throws(StoreError) in (try row.text("id"), try row.blob("question")) }
    }

    static func replace(_ sealed: [UInt8], row: String, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(
            Statement("UPDATE kept_answers SET question = ? WHERE id = ?", .blob(sealed), .text(row)))
    }
}

private enum SealedAnswers: SealedRecords {
    static let purpose: StaticString = "kept-answer"

    static func all(in transaction: Transaction) throws(StoreError) -> [(row: String, sealed: [UInt8])] {
        try transaction.query(Statement("SELECT id, body FROM kept_answers WHERE body IS NOT NULL"))
            .map { row throws(StoreError) in (try row.text("id"), try row.blob("body")) }
    }

    static func replace(_ sealed: [UInt8], row: String, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(
            Statement("UPDATE kept_answers SET body = ? WHERE id = ?", .blob(sealed), .text(row)))
    }
}

extension ProblemBody {
    fileprivate static let underWay = ProblemBody(
        .conflict, code: "idempotency-under-way", title: "Under way",
        detail: "The request with this idempotency key is being carried out. Ask again in a moment.",
        headers: [.retryAfter: "1"])

    fileprivate static let outcomeUnknown = ProblemBody(
        .conflict, code: "idempotency-outcome-unknown", title: "Nobody knows whether it was done",
        detail:
            "The server stopped or failed while it carried out the request with this idempotency key. Look whether it was "
            + "done before you ask again with another key.")

    fileprivate static let keyReused = ProblemBody(
        .unprocessableContent, code: "idempotency-key-reused", title: "This key stands for another request",
        detail: "Another request was sent with this idempotency key. Use a new key for each change.")
}

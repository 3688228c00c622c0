public import Blueprint
import Codecs
import Dialects
import NIOCore
import Synchronization

/// Answers requests for language models in the dialects of OpenAI and Anthropic, by whichever provider the blueprint names
/// for the caller's model.
public final class ModelGateway: Sendable {
    /// The clocks that it goes by.
    public struct Clock: Sendable {
        /// Seconds since 1970.
        public var seconds: @Sendable () -> Int64
        /// Milliseconds since 1970.
        public var milliseconds: @Sendable () -> Int64

        /// Clocks.
        public init(
            seconds: @escaping @Sendable () -> Int64, milliseconds: @escaping @Sendable () -> Int64
        ) {
            self.seconds = seconds
            self.milliseconds = milliseconds
        }
    }

    /// The most bytes of a request.
    static let largestRequest = 32 << 20

    let clients: ProviderClients
    let clock: Clock
    let ledger: SpendLedger
    private let record: @Sendable (ModelRecord, Bool) -> Void
    private let current = Mutex(ModelCatalogue())

    /// A gateway without models.
    /// - Parameters:
    ///   - ledger: what is spent is reserved in it and noted.
    ///   - record: is told of each request once it is over, and whether there is a model of its name.
    public init(
        clients: ProviderClients, clock: Clock, ledger: SpendLedger,
        record: @escaping @Sendable (ModelRecord, _ isKnown: Bool) -> Void
    ) {
        self.clients = clients
        self.clock = clock
        self.ledger = ledger
        self.record = record
    }

    /// The models that there are.
    public var catalogue: ModelCatalogue { current.withLock { $0 } }

    /// Answers by these models from now on. Requests that are under way keep theirs.
    public func install(_ catalogue: ModelCatalogue) { current.withLock { $0 = catalogue } }

    func tell(_ record: ModelRecord) { self.record(record, catalogue.models[record.model] != nil) }

    /// Answers one request.
    /// - Parameter offer: the models that its API offers.
    /// - Throws: what the exchange throws; `CancellationError` when the caller is gone.
    public func answer(_ exchange: ModelExchange, offer: ModelOffer) async throws {
        switch ModelPath(exchange.path) {
        case .chat(let dialect) where exchange.method == "POST":
            var request = ConversationRequest(self, exchange, offer, dialect)
            try await request.answer()
        case .tokenCount where exchange.method == "POST":
            var request = TokenCountRequest(self, exchange, offer)
            try await request.answer()
        case .embeddings where exchange.method == "POST":
            var request = EmbeddingsCall(self, exchange, offer)
            try await request.answer()
        case .models where exchange.method == "GET" || exchange.method == "HEAD":
            try await listModels(exchange, offer)
        case .chat, .tokenCount, .embeddings: try await refusePath(exchange, status: 405, "POST")
        case .models: try await refusePath(exchange, status: 405, "GET, HEAD")
        case nil: try await refusePath(exchange, status: 404, nil)
        }
    }

    /// A model that a caller may use.
    /// - Throws: `unknownModel`, `forbiddenModel`.
    func model(
        _ name: ByteString, in catalogue: ModelCatalogue, for caller: ModelCaller, offer: ModelOffer
    ) throws(ModelError) -> CatalogueModel {
        let text = name.text
        guard let model = catalogue.models[text], offer.includes(text) else {
            throw ModelError(.unknownModel, "there is no such model here")
        }
        guard caller.mayUse(text) else {
            throw ModelError(.forbiddenModel, "the token does not open this model")
        }
        return model
    }

    private func listModels(_ exchange: ModelExchange, _ offer: ModelOffer) async throws {
        let dialect: CallerDialect = exchange.field("anthropic-version") == nil ? .openAI : .anthropic
        let entries = catalogue.names.filter { offer.includes($0) && exchange.caller.mayUse($0) }
            .map { ModelEntry(id: ByteString($0), created: 0, owner: "signet") }
        let body = dialect.encode(models: entries)
        try await exchange.send(body, status: 200, fields: [(dialect.requestNameField, exchange.trace)])
    }

    private func refusePath(_ exchange: ModelExchange, status: Int, _ methods: String?) async throws {
        let words =
            methods.map { "this path is served with \($0) only" }
            ?? "nothing is served at this path; there are /v1/chat/completions, /v1/embeddings, /v1/messages and /v1/models"
        let body = JSONWriter.write([
            "error": [
                "message": .string(ByteString("\(words) (trace \(exchange.trace))")),
                "type": "invalid_request_error",
                "param": .null, "code": "unknown_url",
            ]
        ])
        var fields = [
            ("x-signet-code", ModelProblem.pathUnknown.rawValue),
            (CallerDialect.openAI.requestNameField, exchange.trace),
        ]
        if let methods { fields.append(("allow", methods)) }
        try await exchange.send(body, status: status, fields: fields)
    }
}

/// What is asked for, by the path behind the place of the models.
enum ModelPath: Equatable {
    case chat(CallerDialect)
    case embeddings
    case tokenCount
    case models

    init?(_ path: String) {
        switch path {
        case "/v1/chat/completions": self = .chat(.openAI)
        case "/v1/messages": self = .chat(.anthropic)
        case "/v1/messages/count_tokens": self = .tokenCount
        case "/v1/embeddings": self = .embeddings
        case "/v1/models": self = .models
        default: return nil
        }
    }
}

extension ModelOffer {
    func includes(_ model: String) -> Bool {
        switch self {
        case .all: true
        case .some(let names): names.contains(model)
        }
    }
}

extension ModelExchange {
    /// Sends a whole answer of JSON.
    func send(_ body: [UInt8], status: Int, fields: [(name: String, value: String)]) async throws {
        let head = ModelAnswerHead(
            status: status, fields: [("content-type", "application/json")] + fields, length: body.count)
        try await begin(head, ByteBuffer(bytes: body))
    }

    /// The whole body.
    /// - Throws: `tooLarge`.
    func wholeBody(limit: Int) async throws -> [UInt8] {
        let tooLarge = ModelError(.tooLarge, ByteString("the request has more than \(limit >> 20) MiB"))
        if let bodyLength, bodyLength > Int64(limit) { throw tooLarge }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(clamping: bodyLength ?? 0))
        while let piece = try await nextPiece() {
            guard bytes.count + piece.readableBytes <= limit else { throw tooLarge }
            bytes += piece.readableBytesView
        }
        return bytes
    }
}

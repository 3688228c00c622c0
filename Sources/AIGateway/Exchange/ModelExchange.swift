public import Codecs
public import NIOCore

/// One request for a model and its answer, as the gateway in front of it hands it over.
public struct ModelExchange: Sendable {
    /// The method; methods are case-sensitive.
    public var method: String
    /// The canonical path behind the place of the models, without query: `/v1/…`.
    public var path: String
    /// How long the body is; nil when only its end will tell.
    public var bodyLength: Int64?
    /// The value of the first field with a name in lower case.
    public var field: @Sendable (String) -> String?
    /// The next piece of the body; nil at its end.
    public var nextPiece: @Sendable () async throws -> ByteBuffer?
    /// Begins the answer, with the first piece of its body.
    public var begin: @Sendable (ModelAnswerHead, ByteBuffer?) async throws -> Void
    /// Sends a further piece. Returns when the client takes more.
    public var write: @Sendable (ByteBuffer) async throws -> Void
    /// Ends the answer, for whoever has something to do afterwards that the client need not wait for.
    public var finish: @Sendable () async throws -> Void
    /// Tells the gateway's own record what is known so far.
    public var told: @Sendable (ModelRecord) -> Void
    /// Who is asking.
    public var caller: ModelCaller
    /// The API.
    public var api: String
    /// The request's trace, in 32 hexadecimal digits.
    public var trace: String

    /// An exchange.
    public init(
        method: String, path: String, bodyLength: Int64?, caller: ModelCaller, api: String,
        trace: String,
        field: @escaping @Sendable (String) -> String?,
        nextPiece: @escaping @Sendable () async throws -> ByteBuffer?,
        begin: @escaping @Sendable (ModelAnswerHead, ByteBuffer?) async throws -> Void,
        write: @escaping @Sendable (ByteBuffer) async throws -> Void,
        finish: @escaping @Sendable () async throws -> Void,
        told: @escaping @Sendable (ModelRecord) -> Void
    ) {
        self.method = method
        self.path = path
        self.bodyLength = bodyLength
        self.caller = caller
        self.api = api
        self.trace = trace
        self.field = field
        self.nextPiece = nextPiece
        self.begin = begin
        self.write = write
        self.finish = finish
        self.told = told
    }
}

/// The head of an answer.
public struct ModelAnswerHead: Sendable {
    /// 200 to 599.
    public var status: Int
    /// Field lines, names in lower case.
    public var fields: [(name: String, value: String)]
    /// How many bytes the body has; nil when only its end will tell.
    public var length: Int?
}

/// Who asks for a model.
public struct ModelCaller: Sendable {
    /// The consumer that the operator configured.
    public var consumer: String?
    /// The user (`sub`).
    public var subject: String?
    /// The OAuth client.
    public var client: String?
    /// What the token says of the claims that budgets and models are given by.
    public var claims: JSONObject

    /// A caller.
    public init(
        consumer: String? = nil, subject: String? = nil, client: String? = nil,
        claims: JSONObject = JSONObject()
    ) {
        self.consumer = consumer
        self.subject = subject
        self.client = client
        self.claims = claims
    }

    /// Whether the token lets its holder use a model. The claim `models` is a list of names, or names with spaces
    /// between; without it, all. Anything else in it opens nothing.
    func mayUse(_ model: String) -> Bool {
        guard let claim = claims["models"] else { return true }
        return claim.names?.contains(ByteString(model)) ?? false
    }
}

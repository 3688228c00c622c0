public import Codecs
public import Telemetry

/// Answers requests with code that waits: a destination of routes beside upstreams.
///
/// It is called once for each request, after every policy of the route let it pass, in a task that runs on the event
/// loop of the client's connection: what it does between two suspensions must not block, or it leaves the loop with an
/// executor preference of its own. The parts of the exchange may be used from anywhere.
///
/// When it returns, the answer is complete. What it throws becomes an answer of 500 to 504 while nothing was sent
/// (`AsyncExchangeFailure` says which one, anything else is a 500), and ends the connection after that. When the client
/// is gone, or the route's time is over, its task is cancelled and the parts of the exchange throw.
public typealias AsyncDestination = @Sendable (AsyncExchange) async throws -> Void

/// One request and its answer, for an `AsyncDestination`.
public struct AsyncExchange: Sendable {
    /// What is asked for: exactly the head that an upstream of this route would be sent.
    public let head: AsyncRequestHead
    /// What comes with it.
    public let body: AsyncRequestBody
    /// Where the answer goes.
    public let answer: AsyncAnswer
    /// The client's address as text: the peer's, or what a trusted proxy of the listener says.
    public let client: String
    /// Whether the client's connection is encrypted, by the same judgement.
    public let isEncrypted: Bool
    /// The request's place in its trace; the client finds it in refusals and the operator in the access log.
    public let trace: TraceContext
    /// Who is asking, as the route's access found out; nil of nobody in particular.
    public let caller: CallerIdentity?
    /// What the caller's token says of the claims that the route's destination asks for.
    public let claims: JSONObject
}

/// Says what a client is told whose destination failed before the answer began.
public struct AsyncExchangeFailure: Error, Sendable {
    /// 500 to 599.
    public let status: Int
    /// The stable public code.
    public let code: String
    /// One sentence, fit for the outside.
    public let detail: String
    /// What the operator is told and the client is not.
    public var inside: String?
    /// Further fields of the answer, such as `Retry-After`.
    public var fields: [(String, [UInt8])] = []

    /// A failure.
    public init(status: Int, code: String, detail: String, inside: String? = nil) {
        self.status = min(max(status, 500), 599)
        self.code = code
        self.detail = detail
        self.inside = inside
    }
}

/// Why a part of an exchange did not do what it was asked.
public enum AsyncExchangeError: Error, Sendable {
    /// The client is gone, the route's time is over, or the exchange has ended.
    case over
    /// The answer has begun already, or has not begun.
    case outOfOrder
    /// The answer's head is none that could be sent.
    case malformedHead
    /// The body is not as long as the head said.
    case wrongLength
    /// Somebody else began to wait for the same thing.
    case replaced
}

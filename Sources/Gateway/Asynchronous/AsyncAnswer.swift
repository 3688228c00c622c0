import HTTPWire
public import NIOCore
public import Telemetry

/// Where an `AsyncDestination` writes its answer: a head, pieces of a body, an end. From several tasks at once it is
/// nobody's answer.
public struct AsyncAnswer: Sendable {
    let delivery: DeliveryReference
    let method: RequestMethod
    /// The date that an answer without one gets, as the field has it.
    let date: [UInt8]

    /// Begins the answer.
    /// - Parameters:
    ///   - piece: the first piece of its body: head and piece leave in one write.
    /// - Throws: `AsyncExchangeError`; `CancellationError` when the task is cancelled.
    public func begin(_ head: AsyncAnswerHead, with piece: ByteBuffer? = nil) async throws {
        var fields = head.fields
        if !fields.contains(where: { $0.name.withUnsafeBytes { $0.isName(Array("date".utf8)) } }) {
            fields.append((Array("Date".utf8), date))
        }
        var bytes: [UInt8] = []
        HeadWriter.answer(
            status: head.status, fields: fields, length: head.status == 204 ? nil : head.length, keepAlive: true,
            version: .http11, into: &bytes)
        var scanner = ResponseHeadScanner(to: method)
        let read = try? bytes.withUnsafeBytes { bytes throws(WireDefect) in try scanner.scan(bytes) }
        guard let read, read.status == head.status else { throw AsyncExchangeError.malformedHead }
        let buffer = ByteBuffer(bytes: bytes)
        let wait = SingleWait<Void>()
        delivery.run { $0.begin(read, buffer, with: piece, wait) }
        try await wait.value()
    }

    /// Sends a piece of the body. Returns when the client takes more, so a slow client makes a slow writer. Of an answer
    /// that has no body (to HEAD, 204, 304) nothing is sent.
    /// - Throws: as `begin`.
    public func write(_ piece: ByteBuffer) async throws {
        let wait = SingleWait<Void>()
        delivery.run { $0.write(piece, wait) }
        try await wait.value()
    }

    /// Tells the exchange's record whom the destination asked in its turn, how often it asked somebody, and why it refused or
    /// failed where it answers so itself.
    public func tell(asked name: String?, attempts: Int, model: ModelFacts? = nil, reason: AnswerReason? = nil) {
        delivery.run { $0.tell(name, attempts, model, reason) }
    }

    /// Ends the answer now and not when the destination returns: for one that has something to do afterwards that the
    /// client need not wait for. From here on the exchange is over.
    /// - Throws: as `begin`.
    public func finish() async throws {
        let wait = SingleWait<Void>()
        delivery.run { $0.finish(wait) }
        try await wait.value()
    }
}

/// Why a destination refused or failed, with an answer of its own: for the operator, who finds it by the trace.
public struct AnswerReason: Sendable {
    /// The stable reason.
    public let code: String
    /// One sentence; holds nothing of what was said.
    public let detail: String

    /// A reason.
    public init(code: String, detail: String) {
        self.code = code
        self.detail = detail
    }
}

/// The head of an answer.
public struct AsyncAnswerHead: Sendable {
    /// 200 to 599.
    public var status: Int
    /// Field lines. One that is no legal field line or speaks of the connection or the framing is left out.
    public var fields: [(name: [UInt8], value: [UInt8])]
    /// How many bytes the body has, of an answer to HEAD what GET would get; nil when only its end will tell.
    public var length: Int?

    /// A head.
    public init(status: Int, fields: [(name: [UInt8], value: [UInt8])] = [], length: Int? = nil) {
        self.status = status
        self.fields = fields
        self.length = length
    }
}

/// An exchange's delivery, to be reached from everywhere: on its loop at once, from elsewhere with a hop.
struct DeliveryReference: Sendable {
    let eventLoop: any EventLoop
    let bound: NIOLoopBound<AsyncDelivery>

    func run(_ body: @escaping @Sendable (AsyncDelivery) -> Void) {
        if eventLoop.inEventLoop {
            body(bound.value)
        } else {
            eventLoop.execute { body(bound.value) }
        }
    }
}

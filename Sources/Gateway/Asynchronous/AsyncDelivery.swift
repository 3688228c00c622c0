import Edge
import HTTPWire
import NIOCore
import Telemetry
import Traffic

/// A request on its way through an `AsyncDestination`: the exchange's side of it, on the exchange's loop.
final class AsyncDelivery: ExchangeObserver {
    private let request: GatewayExchange
    private let loop: GatewayLoop
    private let rule: ForwardingRule
    /// What this request alone changes of the rule.
    private let changes: ForwardingChanges
    private let begunAt = NIODeadline.now()
    private var task: Task<Void, Never>?
    private var isOver = false
    /// Whether it is over because the answer is complete.
    private var isComplete = false

    private var kept: ByteBuffer?
    private var bodyEnded = false
    private var reader: SingleWait<ByteBuffer?>?
    private var requestBytes: Int64 = 0

    private var writer: SingleWait<Void>?
    private var bodyFraming = BodyFraming.none
    private var responseBytes: Int64 = 0
    private var firstByteAt: NIODeadline?

    /// Whom the destination asked in its turn, and how often it asked somebody.
    private var asked: (name: String?, attempts: Int, model: ModelFacts?) = (nil, 0, nil)
    /// Why the destination's own answer is a refusal.
    private var reason: AnswerReason?

    /// When the destination last did something.
    private var movedAt: NIODeadline

    private var exchange: Exchange { request.exchange }

    init(
        _ request: GatewayExchange, by rule: ForwardingRule, changes: ForwardingChanges, on loop: GatewayLoop
    ) {
        self.request = request
        self.rule = rule
        self.changes = changes
        self.loop = loop
        movedAt = begunAt
        super.init()
    }

    /// Gives the request to the destination.
    /// - Parameter addLines: adds the request's own lines to its head.
    func start(_ destination: @escaping AsyncDestination, adding addLines: (inout [UInt8]) -> Void) {
        let isEncrypted = exchange.isEncrypted
        var written: [UInt8] = []
        exchange.withHeadBytes { bytes in
            HeadWriter.request(
                exchange.head, bytes, path: changes.path ?? exchange.path, rewrite: rule.rewrite,
                peer: exchange.client, isEncrypted: isEncrypted, dropping: changes.dropped, into: &written,
                adding: addLines)
        }
        let head: AsyncRequestHead
        do { head = try AsyncRequestHead(written: written) } catch {
            fail(.destinationFailed(inside: "the head for the destination is malformed"))
            return
        }
        let reference = DeliveryReference(
            eventLoop: loop.eventLoop, bound: NIOLoopBound(self, eventLoop: loop.eventLoop))
        let parts = AsyncExchange(
            head: head, body: AsyncRequestBody(delivery: reference),
            answer: AsyncAnswer(
                delivery: reference, method: head.requestMethod, date: CalendarDate.fieldValue(of: request.now)),
            client: String(decoding: exchange.client, as: UTF8.self), isEncrypted: isEncrypted,
            trace: request.hop.outgoing, caller: request.identity.caller,
            claims: request.identity.claims)
        loop.deliveries.add(self)
        // Nothing flows before somebody asks for it; that the client is gone must be heard before.
        exchange.pauseBody()
        exchange.accept(self)
        let shared = loop.shared
        shared.tasks.begin()
        task = Task(executorPreference: loop.executor) {
            var thrown: (any Error)?
            do { try await destination(parts) } catch { thrown = error }
            let error = thrown
            reference.run { $0.returned(error) }
            shared.tasks.end()
        }
    }

    // MARK: The client's side

    override func requestBody(_ piece: ByteBuffer) {
        exchange.pauseBody()
        requestBytes += Int64(piece.readableBytes)
        // Whoever waited may have been cancelled meanwhile: then it is the next one's.
        if reader?.end(.success(piece)) != true { kept = piece }
        reader = nil
        movedAt = .now()
    }

    override func requestBodyEnded() {
        bodyEnded = true
        reader?.end(.success(nil))
        reader = nil
        movedAt = .now()
    }

    override func clientWritable() {
        writer?.end(.success(()))
        writer = nil
        movedAt = .now()
    }

    override func clientGone() { end(.clientGone) }

    // MARK: The destination's side

    func read(_ wait: SingleWait<ByteBuffer?>) {
        movedAt = .now()
        if let piece = kept {
            if wait.end(.success(piece)) { kept = nil }
        } else if bodyEnded {
            wait.end(.success(nil))
        } else if isOver {
            wait.end(.failure(AsyncExchangeError.over))
        } else {
            reader?.end(.failure(AsyncExchangeError.replaced))
            reader = wait
            exchange.resumeBody()
        }
    }

    func begin(_ head: ResponseHead, _ bytes: ByteBuffer, with piece: ByteBuffer?, _ wait: SingleWait<Void>) {
        guard !isOver else { return wait.refuse(.over) }
        guard !exchange.headWritten else { return wait.refuse(.outOfOrder) }
        firstByteAt = .now()
        bodyFraming = head.framing
        exchange.writeHead(head, bytes, rewrite: changes.response ?? rule.response)
        // Also without a body's piece it must not be held back for long: a stream's client waits for it.
        write(piece ?? ByteBuffer(), wait)
    }

    func write(_ piece: ByteBuffer, _ wait: SingleWait<Void>) {
        // Of an answer that has no body nothing is sent, also when it has ended with its head.
        if isComplete, bodyFraming == .none { return wait.done() }
        guard !isOver else { return wait.refuse(.over) }
        guard exchange.headWritten else { return wait.refuse(.outOfOrder) }
        movedAt = .now()
        if piece.readableBytes > 0, bodyFraming != .none {
            responseBytes += Int64(piece.readableBytes)
            exchange.writeBody(piece)
            guard !exchange.isOver else {
                wait.refuse(.wrongLength)
                return end(.upstreamFailed)
            }
        }
        // With its last byte the client has all and may go: that must not look as if it had gone before.
        if isWhole {
            _ = finish()
            return wait.done()
        }
        exchange.flush()
        // The flush may have found out that the client is gone.
        if isOver { return wait.refuse(.over) }
        guard !exchange.isWritable else { return wait.done() }
        writer?.end(.failure(AsyncExchangeError.replaced))
        writer = wait
    }

    func tell(_ name: String?, _ attempts: Int, _ model: ModelFacts?, _ reason: AnswerReason?) {
        asked = (name, attempts, model)
        self.reason = reason
    }

    func finish(_ wait: SingleWait<Void>) {
        if isComplete { return wait.done() }
        guard !isOver else { return wait.refuse(.over) }
        guard exchange.headWritten else { return wait.refuse(.outOfOrder) }
        if finish() { wait.done() } else { wait.refuse(.wrongLength) }
    }

    /// The destination is done.
    func returned(_ error: (any Error)?) {
        task = nil
        guard !isOver else { return }
        if let error {
            fail(.destinationFailed(error))
        } else if exchange.headWritten {
            _ = finish()
        } else {
            fail(.destinationFailed(inside: "the destination gave no answer"))
        }
    }

    // MARK: Ends

    /// Looks at the clock.
    func tick(_ now: NIODeadline) {
        if let endsAt = changes.endsAt, now >= endsAt { return cutOff() }
        // While something is asked of the client, time is the client's; the connection looks after that.
        guard reader?.isOpen != true, writer?.isOpen != true,
            let patience = exchange.headWritten ? rule.bodyStall : rule.responseHeadTimeout,
            now - movedAt >= patience
        else { return }
        if exchange.headWritten { cutOff() } else { fail(.destinationLate()) }
    }

    /// Whether everything was written that the head announced.
    private var isWhole: Bool {
        switch bodyFraming {
        case .none: true
        case .length(let length): length == responseBytes
        case .chunked, .untilClose: false
        }
    }

    /// - Returns: whether the answer is complete.
    private func finish() -> Bool {
        if case .length(let length) = bodyFraming, length != responseBytes {
            exchange.abort()
            end(.upstreamFailed)
            return false
        }
        exchange.finish()
        isComplete = true
        end(.complete)
        return true
    }

    private func fail(_ refusal: Refusal) {
        guard !exchange.headWritten else {
            exchange.abort()
            return end(.upstreamFailed)
        }
        var answer = refusal.answer(trace: request.hop.outgoing.trace, problems: loop.shared.problems)
        answer.add(request.answerFields)
        exchange.respond(answer)
        responseBytes = Int64(answer.body.count)
        end(.upstreamFailed, refusal)
    }

    private func cutOff() {
        exchange.cutOff()
        end(.cutOff)
    }

    /// Writes down what became of it, and lets go of everybody who waits.
    private func end(_ end: ExchangeEnd, _ refusal: Refusal? = nil) {
        guard !isOver else { return }
        isOver = true
        loop.deliveries.remove(self)
        let refusal =
            refusal
            ?? reason.map {
                Refusal(phase: .deliver, status: exchange.status, code: $0.code, detail: $0.detail)
            }
        let record = request.record(
            end, refusal: refusal, requestBytes: requestBytes, responseBytes: responseBytes,
            firstByte: firstByteAt.map { ($0 - begunAt).nanoseconds }, upstream: asked.name, attempts: asked.attempts,
            model: asked.model)
        if let refusal { loop.take(record, refusal) } else { loop.take(record) }
        request.end()
        if end != .complete { task?.cancel() }
        task = nil
        kept = nil
        reader?.end(.failure(AsyncExchangeError.over))
        writer?.end(.failure(AsyncExchangeError.over))
        reader = nil
        writer = nil
    }
}

extension SingleWait where Value == Void {
    fileprivate func done() { end(.success(())) }
}

extension SingleWait {
    fileprivate func refuse(_ error: AsyncExchangeError) { end(.failure(error)) }
}

extension Refusal {
    /// The route's destination failed before its answer began.
    static func destinationFailed(_ error: any Error) -> Refusal {
        guard let failure = error as? AsyncExchangeFailure else {
            // An error's text may hold anything; its type does not.
            return destinationFailed(inside: "the destination threw \(type(of: error))")
        }
        var refusal = Refusal(
            phase: .deliver, status: failure.status, code: failure.code, detail: failure.detail, fields: failure.fields)
        refusal.inside = failure.inside
        return refusal
    }

    static func destinationFailed(inside: String) -> Refusal {
        var refusal = Refusal(
            phase: .deliver, status: 500, code: Code.destinationFailed.rawValue,
            detail: "The service behind this route failed.")
        refusal.inside = inside
        return refusal
    }

    static func destinationLate() -> Refusal {
        Refusal(
            phase: .deliver, status: 504, code: Code.destinationLate.rawValue,
            detail: "The service behind this route did not answer in time.")
    }
}

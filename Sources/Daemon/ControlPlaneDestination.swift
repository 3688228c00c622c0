import ControlPlane
import Gateway
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization
import Telemetry

/// The control plane as a destination of the gateway's routes: the same addresses as on the control plane's own listener,
/// answered by the same code.
///
/// It sees what an upstream sees: the address that the gateway judged to be the client's, and the gateway's own
/// `X-Forwarded-*`, so whoever calls counts as come through a proxy.
final class ControlPlaneDestination: Sendable {
    typealias Responder = any HTTPResponder<ControlPlaneContext>

    /// Set before the gateway's listeners are opened.
    private let responder = Mutex<Responder?>(nil)
    private let logger: Logger

    init(logger: Logger) {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        self.logger = quiet
    }

    /// Answers with this from now on.
    func open(_ responder: Responder) { self.responder.withLock { $0 = responder } }

    /// Answers one request.
    func answer(_ exchange: AsyncExchange) async throws {
        guard let responder = self.responder.withLock({ $0 }) else {
            throw AsyncExchangeFailure(
                status: 503, code: "control-plane-unavailable", detail: "The control plane does not answer yet.")
        }
        // Pages, signatures and databases take their time: not the time of the loop that carries everybody's requests.
        try await withTaskExecutorPreference(globalConcurrentExecutor) {
            try await Self.answer(exchange, with: responder, logger)
        }
    }

    // Concurrent, so that it moves to the executor of the preference at once and not after its first suspension.
    @concurrent private static func answer(_ exchange: AsyncExchange, with responder: Responder, _ logger: Logger)
        async throws
    {
        let context = ControlPlaneContext(
            remoteAddress: try? SocketAddress(ipAddress: exchange.client, port: 0),
            trace: exchange.trace.trace.description, logger: logger)
        let response = try await responder.respond(to: try request(exchange), context: context)
        var head = AsyncAnswerHead(status: response.status.code)
        for field in response.headers where field.name != .contentLength {
            head.fields.append((Array(field.name.rawName.utf8), Array(field.value.utf8)))
        }
        head.length = response.headers[.contentLength].flatMap { Int($0) }
        // An empty body says nothing of how long the one would be that did not change (RFC 9110 §8.6).
        if head.status == 304, head.length == 0 { head.length = nil }
        // A stream may have nothing to say for long; what has a length leaves together with its head.
        let isStream = response.body.contentLength == nil
        if isStream { try await exchange.answer.begin(head) }
        try await response.body.write(ExchangeBodyWriter(answer: exchange.answer, head: isStream ? nil : head))
    }

    private static func request(_ exchange: AsyncExchange) throws(AsyncExchangeFailure) -> Request {
        guard let method = HTTPRequest.Method(rawValue: exchange.head.method) else {
            throw AsyncExchangeFailure(status: 501, code: "method-unknown", detail: "This method is not known here.")
        }
        var fields = HTTPFields()
        exchange.head.forEachField { name, value in
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        let head = HTTPRequest(
            method: method, scheme: exchange.isEncrypted ? "https" : "http", authority: exchange.head.authority,
            path: exchange.head.target, headerFields: fields)
        let body: RequestBody =
            exchange.head.bodyLength == 0
            ? RequestBody(buffer: ByteBuffer()) : RequestBody(asyncSequence: exchange.body)
        return Request(head: head, body: body)
    }
}

/// Writes a response's body to an exchange.
private struct ExchangeBodyWriter: ResponseBodyWriter {
    let answer: AsyncAnswer
    /// What waits for the first piece.
    var head: AsyncAnswerHead?

    mutating func write(_ buffer: ByteBuffer) async throws {
        if let head {
            self.head = nil
            try await answer.begin(head, with: buffer)
        } else {
            try await answer.write(buffer)
        }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
        if let head { try await answer.begin(head) }
    }
}

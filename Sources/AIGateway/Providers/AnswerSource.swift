import AsyncHTTPClient
import Dialects
import NIOCore

/// Where the events of an answer come from: a provider's stream, or the demo model.
struct AnswerSource {
    private enum Origin {
        case provider(HTTPClientResponse.Body.AsyncIterator, AnswerStreamDecoder)
        case demo(DemoStream)
        /// The answer is whole, and its connection is good for the next one once the rest has been read.
        case rest(HTTPClientResponse.Body.AsyncIterator)
        case over
    }

    private var origin: Origin

    /// - Parameter dialect: how the provider speaks.
    init(_ answer: ProviderAnswer, _ dialect: ProviderDialect) {
        origin = .provider(answer.pieces(), AnswerStreamDecoder(dialect))
    }

    init(_ stream: DemoStream) { origin = .demo(stream) }

    /// Appends what has come, once something has.
    /// - Returns: false when nothing will come any more; the last event is then `end` or `error`.
    /// - Throws: `CancellationError`.
    mutating func next(into events: inout [AnswerEvent]) async throws -> Bool {
        switch origin {
        case .provider(var pieces, var decoder):
            origin = .over
            let before = events.count
            while events.count == before {
                let piece: ByteBuffer?
                do {
                    piece = try await pieces.next()
                } catch {
                    events.append(.error(try ProviderAnswer.failure(error)))
                    return false
                }
                guard let piece else {
                    try Task.checkCancellation()
                    decoder.finish(into: &events)
                    return false
                }
                decoder.consume(piece.readableBytesView, into: &events)
                if decoder.isOver {
                    if case .end = events.last { origin = .rest(pieces) }
                    return false
                }
            }
            origin = .provider(pieces, decoder)
            return true
        case .demo(var stream):
            let goesOn = try await stream.next(into: &events)
            origin = goesOn ? .demo(stream) : .over
            return goesOn
        case .rest, .over: return false
        }
    }

    /// Reads what stands behind the end of a whole answer, so that its connection can be used again.
    mutating func drain() async {
        guard case .rest(var pieces) = origin else { return }
        origin = .over
        for _ in 0..<Self.mostDrained {
            guard let piece = try? await pieces.next(), piece.readableBytes <= 4_096 else { return }
        }
    }

    private static let mostDrained = 16
}

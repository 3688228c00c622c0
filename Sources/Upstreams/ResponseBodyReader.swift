import HTTPWire
import NIOCore

/// Takes a response body out of the bytes that arrive: slices of the read buffer, without their framing.
struct ResponseBodyReader {
    enum Step {
        case more
        case piece(ByteBuffer)
        case end
    }

    private let framing: BodyFraming
    private var left: Int64 = 0
    private var chunks = ChunkedBodyStateMachine()

    init(_ framing: BodyFraming) {
        self.framing = framing
        if case .length(let length) = framing { left = length }
    }

    /// Whether the peer's close is the body's proper end.
    var endsWithConnection: Bool { framing == .untilClose }

    /// Whether nothing of the body is missing, by what its length says.
    var isComplete: Bool {
        switch framing {
        case .none: true
        case .length: left == 0
        case .chunked, .untilClose: false
        }
    }

    /// The next piece of the body in `bytes`; what it covers is taken out of `bytes`.
    mutating func next(from bytes: inout ByteBuffer) throws(WireDefect) -> Step {
        switch framing {
        case .none: return .end
        case .length:
            guard left > 0 else { return .end }
            let length = Int(min(left, Int64(bytes.readableBytes)))
            guard length > 0, let piece = bytes.readSlice(length: length) else { return .more }
            left -= Int64(length)
            return .piece(piece)
        case .untilClose:
            guard bytes.readableBytes > 0, let piece = bytes.readSlice(length: bytes.readableBytes) else {
                return .more
            }
            return .piece(piece)
        case .chunked:
            switch try bytes.withUnsafeReadableBytes({ raw throws(WireDefect) in try chunks.next(raw, at: 0) }) {
            case .more:
                bytes.moveReaderIndex(to: bytes.writerIndex)
                return .more
            case .end(let next):
                bytes.moveReaderIndex(forwardBy: next)
                return .end
            case .data(let start, let end):
                bytes.moveReaderIndex(forwardBy: start)
                guard let piece = bytes.readSlice(length: end - start) else { return .more }
                return .piece(piece)
            }
        }
    }
}

import HTTPWire
import NIOCore

/// Takes a request body out of the bytes that arrive: slices of the read buffer, without their framing.
struct RequestBodyReader {
    enum Step {
        case more
        case piece(ByteBuffer)
        case end
    }

    private var isChunked = false
    private var left: Int64 = 0
    private var taken: Int64 = 0
    private var chunks = ChunkedBodyStateMachine()
    /// The longest body that is read, in bytes.
    var limit = Int64.max

    init() {}

    init(_ framing: BodyFraming, limit: Int64) {
        self.limit = limit
        switch framing {
        case .length(let length): left = length
        case .chunked: isChunked = true
        case .none, .untilClose: break
        }
    }

    /// How much is still to come; 0 when only the end will tell.
    var remainder: Int64 { left }

    /// The next piece of the body in `bytes`; what it covers is taken out of `bytes`.
    mutating func next(from bytes: inout ByteBuffer) throws(WireDefect) -> Step {
        isChunked ? try nextOfChunks(from: &bytes) : try nextOfLength(from: &bytes)
    }

    private mutating func nextOfLength(from bytes: inout ByteBuffer) throws(WireDefect) -> Step {
        guard left > 0 else { return .end }
        guard left <= limit &- taken else { throw Self.tooLong(at: 0) }
        let length = Int(min(left, Int64(bytes.readableBytes)))
        guard length > 0, let piece = bytes.readSlice(length: length) else { return .more }
        left -= Int64(length)
        taken &+= Int64(length)
        return .piece(piece)
    }

    private mutating func nextOfChunks(from bytes: inout ByteBuffer) throws(WireDefect) -> Step {
        let step = try bytes.withUnsafeReadableBytes { raw throws(WireDefect) in try chunks.next(raw, at: 0) }
        switch step {
        case .more:
            bytes.moveReaderIndex(to: bytes.writerIndex)
            return .more
        case .end(let next):
            bytes.moveReaderIndex(forwardBy: next)
            return .end
        case .data(let start, let end):
            bytes.moveReaderIndex(forwardBy: start)
            let (total, isPastCounting) = taken.addingReportingOverflow(Int64(end - start))
            guard !isPastCounting, total <= limit, let piece = bytes.readSlice(length: end - start) else {
                throw Self.tooLong(at: start)
            }
            taken = total
            return .piece(piece)
        }
    }

    private static func tooLong(at offset: Int) -> WireDefect {
        WireDefect(status: 413, code: "body-too-large", what: "The body is longer than is accepted.", offset: offset)
    }
}

/// Reads the chunked coding (RFC 9112, section 7.1): which bytes are data, and where the body ends.
///
/// A pure value: it holds no bytes. Sizes are 1 to 16 hexadecimal digits and nothing else; extensions and trailers are
/// scanned strictly, bounded and thrown away, because a trailer that is passed on can smuggle a header.
public struct ChunkedBodyStateMachine: Sendable {
    /// What the bytes at the given place are.
    public enum Step: Hashable, Sendable {
        /// Body bytes from `start` up to `end`; go on at `end`.
        case data(start: Int, end: Int)
        /// Everything was read; more bytes are needed.
        case more
        /// The body ended; the next message starts at the offset.
        case end(next: Int)
    }

    private enum State: Sendable {
        case size, extensions, sizeFeed, data, dataReturn, dataFeed
        case trailerStart, trailerName, trailerValue, trailerFeed, endFeed, ended
    }

    private static let extensionLineLimit = 256
    private static let extensionLimit = 16 * 1024
    private static let trailerLimit = 8 * 1024

    private var state = State.size
    private var remaining: UInt64 = 0
    private var digits = 0
    private var extensionLine = 0
    private var extensionTotal = 0
    private var trailerTotal = 0

    /// Starts before the first chunk.
    public init() {}

    /// Whether the last chunk and its trailers were read.
    public var isEnded: Bool { state == .ended }

    /// Reads on from `offset`. Call again with the offset that the step names until it says `more` or `end`.
    public mutating func next(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(WireDefect) -> Step {
        var index = max(offset, 0)
        while index < bytes.count {
            if state == .data {
                let length = min(remaining, UInt64(bytes.count - index))
                remaining -= length
                if remaining == 0 { state = .dataReturn }
                return .data(start: index, end: index + Int(length))
            }
            if state == .ended { return .end(next: index) }
            try read(bytes[index], at: index)
            index += 1
            if state == .ended { return .end(next: index) }
        }
        return state == .ended ? .end(next: index) : .more
    }

    private mutating func read(_ byte: UInt8, at offset: Int) throws(WireDefect) {
        switch state {
        case .size:
            if let digit = byte.hexDigit {
                digits += 1
                guard digits <= 16, remaining <= UInt64(Int64.max) >> 4 else { throw Self.malformedSize(at: offset) }
                remaining = remaining << 4 | UInt64(digit)
            } else {
                guard digits > 0 else { throw Self.malformedSize(at: offset) }
                try endSize(byte, at: offset)
            }
        case .extensions:
            extensionLine += 1
            extensionTotal += 1
            guard extensionLine <= Self.extensionLineLimit, extensionTotal <= Self.extensionLimit else {
                throw WireDefect(
                    code: "chunk-extension-too-large", what: "Chunk extensions are longer than is accepted.",
                    offset: offset)
            }
            if byte == 0x0D {
                state = .sizeFeed
            } else if byte < 0x20 && byte != 0x09 || byte >= 0x7F {
                throw WireDefect(
                    code: "chunk-extension-malformed", what: "A chunk extension holds a control or non-ASCII byte.",
                    offset: offset)
            }
        case .sizeFeed:
            guard byte == 0x0A else { throw Self.malformedSize(at: offset) }
            digits = 0
            extensionLine = 0
            state = remaining == 0 ? .trailerStart : .data
        case .dataReturn:
            guard byte == 0x0D else { throw Self.malformedData(at: offset) }
            state = .dataFeed
        case .dataFeed:
            guard byte == 0x0A else { throw Self.malformedData(at: offset) }
            state = .size
        case .trailerStart, .trailerName, .trailerValue, .trailerFeed, .endFeed:
            try readTrailer(byte, at: offset)
        case .data, .ended: break
        }
    }

    private mutating func endSize(_ byte: UInt8, at offset: Int) throws(WireDefect) {
        switch byte {
        case 0x0D: state = .sizeFeed
        case UInt8(ascii: ";"): state = .extensions
        default: throw Self.malformedSize(at: offset)
        }
    }

    private mutating func readTrailer(_ byte: UInt8, at offset: Int) throws(WireDefect) {
        trailerTotal += 1
        guard trailerTotal <= Self.trailerLimit else {
            throw WireDefect(
                status: 431, code: "trailers-too-large", what: "The trailers are longer than is accepted.",
                offset: offset)
        }
        switch state {
        case .trailerStart where byte == 0x0D:
            state = .endFeed
        case .trailerStart where ASCIISet.token.contains(byte):
            state = .trailerName
        case .trailerName where byte == UInt8(ascii: ":"):
            state = .trailerValue
        case .trailerName where ASCIISet.token.contains(byte): break
        case .trailerValue where byte == 0x0D:
            state = .trailerFeed
        case .trailerValue where byte >= 0x20 && byte != 0x7F || byte == 0x09: break
        case .trailerFeed where byte == 0x0A:
            state = .trailerStart
        case .endFeed where byte == 0x0A:
            state = .ended
        default:
            throw WireDefect(code: "trailer-malformed", what: "A trailer line is not a field line.", offset: offset)
        }
    }

    private static func malformedSize(at offset: Int) -> WireDefect {
        WireDefect(
            code: "chunk-size-malformed", what: "A chunk size must be 1 to 16 hexadecimal digits and end with CRLF.",
            offset: offset)
    }

    private static func malformedData(at offset: Int) -> WireDefect {
        WireDefect(code: "chunk-end-missing", what: "A chunk must be followed by CRLF.", offset: offset)
    }
}

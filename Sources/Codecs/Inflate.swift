/// Why compressed bytes are not read.
public enum InflateError: Error, Equatable, Sendable {
    /// The bytes are no DEFLATE stream, or something follows it.
    case malformed
    /// More than the allowed number of bytes would come out.
    case tooLarge(limit: Int)
}

extension InflateError: CustomStringConvertible {
    /// The same in words.
    public var description: String {
        switch self {
        case .malformed: "it is no DEFLATE stream"
        case .tooLarge(let limit): "it would become larger than \(limit) bytes"
        }
    }
}

/// Reads DEFLATE (RFC 1951) strictly and within a bound. There is no writer: what is compressed with a secret tells of it
/// by its length.
public enum Inflate {
    /// The bytes that a whole stream stands for.
    /// - Parameter limit: the most bytes that may come out; reading stops there.
    public static func decode(_ bytes: [UInt8], limit: Int) throws(InflateError) -> [UInt8] {
        var inflater = Inflater(input: bytes, limit: limit)
        var isLast = false
        while !isLast {
            isLast = try inflater.bits(1) == 1
            switch try inflater.bits(2) {
            case 0: try inflater.stored()
            case 1: try inflater.compressed(.fixedLiterals, .fixedDistances)
            case 2:
                let (literals, distances) = try inflater.tables()
                try inflater.compressed(literals, distances)
            default: throw .malformed
            }
        }
        guard inflater.isAtEnd else { throw .malformed }
        return inflater.output
    }
}

/// A prefix code: how many codes of each length, and their symbols in order (RFC 1951 §3.2.2).
private struct PrefixCode {
    static let longest = 15

    var counts = [Int](repeating: 0, count: longest + 1)
    var symbols: [Int] = []

    /// Codes for the symbols 0, 1, … of these lengths; a length of 0 leaves its symbol out. A set of lengths that more
    /// codes share than exist is refused, one with codes to spare only where it has a single code (RFC 1951 §3.2.7).
    init(_ lengths: [Int], mayBeIncomplete: Bool) throws(InflateError) {
        self.init(fixed: lengths)
        var left = 1
        for length in 1...Self.longest {
            left = left * 2 - counts[length]
            guard left >= 0 else { throw .malformed }
        }
        guard left == 0 || (mayBeIncomplete && symbols.count <= 1) else { throw .malformed }
    }

    /// Codes of lengths that are known to be possible.
    private init(fixed lengths: [Int]) {
        for length in lengths where length > 0 { counts[length] += 1 }
        var places = [Int](repeating: 0, count: Self.longest + 1)
        var total = 0
        for length in 1...Self.longest {
            places[length] = total
            total += counts[length]
        }
        symbols = [Int](repeating: 0, count: total)
        for (symbol, length) in lengths.enumerated() where length > 0 {
            symbols[places[length]] = symbol
            places[length] += 1
        }
    }

    /// RFC 1951 §3.2.6.
    static let fixedLiterals = PrefixCode(
        fixed: [Int](repeating: 8, count: 144) + [Int](repeating: 9, count: 112) + [Int](repeating: 7, count: 24)
            + [Int](repeating: 8, count: 8))
    static let fixedDistances = PrefixCode(fixed: [Int](repeating: 5, count: 30))
}

private struct Inflater {
    let input: [UInt8]
    let limit: Int
    var output: [UInt8] = []
    private var place = 0
    private var held = 0
    private var heldCount = 0

    init(input: [UInt8], limit: Int) {
        self.input = input
        self.limit = limit
    }

    /// Whether every byte has been used; the last may have bits to spare.
    var isAtEnd: Bool { place == input.count && heldCount < 8 }

    /// The next bits, the first one the lowest.
    mutating func bits(_ count: Int) throws(InflateError) -> Int {
        while heldCount < count {
            guard place < input.count else { throw .malformed }
            held |= Int(input[place]) << heldCount
            place += 1
            heldCount += 8
        }
        let value = held & ((1 << count) - 1)
        held >>= count
        heldCount -= count
        return value
    }

    private mutating func append(_ byte: UInt8) throws(InflateError) {
        guard output.count < limit else { throw .tooLarge(limit: limit) }
        output.append(byte)
    }

    /// RFC 1951 §3.2.4: the rest of the byte is skipped, then the length and its complement.
    mutating func stored() throws(InflateError) {
        _ = try bits(heldCount & 7)
        let length = try bits(16)
        guard try bits(16) == ~length & 0xFFFF else { throw .malformed }
        for _ in 0..<length { try append(UInt8(try bits(8))) }
    }

    private mutating func symbol(_ code: PrefixCode) throws(InflateError) -> Int {
        var value = 0
        var first = 0
        var index = 0
        for length in 1...PrefixCode.longest {
            value |= try bits(1)
            let count = code.counts[length]
            if value - first < count { return code.symbols[index + value - first] }
            index += count
            first = (first + count) << 1
            value <<= 1
        }
        throw .malformed
    }

    /// RFC 1951 §3.2.5.
    mutating func compressed(_ literals: PrefixCode, _ distances: PrefixCode) throws(InflateError) {
        while true {
            let symbol = try symbol(literals)
            guard symbol != 256 else { return }
            guard symbol > 256 else {
                try append(UInt8(symbol))
                continue
            }
            guard symbol <= 285 else { throw .malformed }
            let (length, lengthBits) = Self.lengths[symbol - 257]
            let count = length + (try bits(lengthBits))
            let code = try self.symbol(distances)
            guard code < Self.distances.count else { throw .malformed }
            let (distance, distanceBits) = Self.distances[code]
            let back = distance + (try bits(distanceBits))
            guard back <= output.count else { throw .malformed }
            for _ in 0..<count { try append(output[output.count - back]) }
        }
    }

    /// RFC 1951 §3.2.7.
    mutating func tables() throws(InflateError) -> (PrefixCode, PrefixCode) {
        let literalCount = try bits(5) + 257
        let distanceCount = try bits(5) + 1
        let lengthCount = try bits(4) + 4
        guard literalCount <= 286, distanceCount <= 30 else { throw .malformed }
        var own = [Int](repeating: 0, count: 19)
        for place in Self.order.prefix(lengthCount) { own[place] = try bits(3) }
        let code = try PrefixCode(own, mayBeIncomplete: false)
        var lengths: [Int] = []
        while lengths.count < literalCount + distanceCount {
            let symbol = try symbol(code)
            switch symbol {
            case 16:
                guard let last = lengths.last else { throw .malformed }
                lengths += [Int](repeating: last, count: 3 + (try bits(2)))
            case 17: lengths += [Int](repeating: 0, count: 3 + (try bits(3)))
            case 18: lengths += [Int](repeating: 0, count: 11 + (try bits(7)))
            default: lengths.append(symbol)
            }
        }
        // The end of a block must be expressible, and no run may leave the tables.
        guard lengths.count == literalCount + distanceCount, lengths[256] != 0 else { throw .malformed }
        return (
            try PrefixCode(Array(lengths.prefix(literalCount)), mayBeIncomplete: true),
            try PrefixCode(Array(lengths.suffix(distanceCount)), mayBeIncomplete: true)
        )
    }

    private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

    private static let lengths: [(Int, Int)] = [
        (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, 0), (11, 1), (13, 1), (15, 1), (17, 1), (19, 2),
        (23, 2), (27, 2), (31, 2), (35, 3), (43, 3), (51, 3), (59, 3), (67, 4), (83, 4), (99, 4), (115, 4), (131, 5),
        (163, 5), (195, 5), (227, 5), (258, 0),
    ]

    private static let distances: [(Int, Int)] = [
        (1, 0), (2, 0), (3, 0), (4, 0), (5, 1), (7, 1), (9, 2), (13, 2), (17, 3), (25, 3), (33, 4), (49, 4), (65, 5),
        (97, 5), (129, 6), (193, 6), (257, 7), (385, 7), (513, 8), (769, 8), (1_025, 9), (1_537, 9), (2_049, 10),
        (3_073, 10), (4_097, 11), (6_145, 11), (8_193, 12), (12_289, 12), (16_385, 13), (24_577, 13),
    ]
}

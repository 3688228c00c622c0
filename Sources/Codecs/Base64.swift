// Built by hand for a browser, this module stands alone; then every character is decoded by the tables below.
#if canImport(CBase64URL)
    import CBase64URL
#endif

/// Why a text is not base64, base64url or hexadecimal.
public enum Base64Error: Error, Equatable, Sendable {
    /// A byte outside the alphabet, and its offset. Padding, white space and the sister alphabet are outside too.
    case character(offset: Int)
    /// No number of whole bytes is written with this many characters.
    case length
    /// The last character carries bits that belong to no byte: a second spelling of the same bytes (RFC 4648 §3.5).
    case trailingBits
}

extension Base64Error: CustomStringConvertible {
    /// The same in words.
    public var description: String {
        switch self {
        case .character(let offset): "a character outside the alphabet at offset \(offset)"
        case .length: "a length that no number of bytes has"
        case .trailingBits: "bits left over in the last character, which must be zero"
        }
    }
}

/// base64url without padding (RFC 7515 §2, RFC 4648 §5), strictly: every byte sequence has exactly one spelling.
public enum Base64URL {
    /// Encodes bytes; the answer has no padding.
    public static func encode(_ bytes: [UInt8]) -> String {
        String(decoding: encodeBytes(bytes), as: UTF8.self)
    }

    /// Encodes bytes as ASCII bytes.
    public static func encodeBytes(_ bytes: [UInt8]) -> [UInt8] {
        Sextets.write(bytes.span, alphabet: .url, padding: false)
    }

    /// Decodes text; refuses padding, white space, `+`, `/` and non-zero trailing bits.
    public static func decode(_ text: [UInt8]) throws(Base64Error) -> [UInt8] {
        try Sextets.read(text.span, alphabet: .url)
    }

    /// The number of characters that stand for so many bytes.
    public static func encodedCount(_ bytes: Int) -> Int { Sextets.encodedCount(bytes) }

    /// Encodes bytes into memory that has room for `encodedCount` characters; returns their number.
    public static func encode(
        _ bytes: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        Sextets.write(bytes, into: output, alphabet: .url)
    }

    /// The number of bytes that so many characters stand for; nil when no number does.
    public static func decodedCount(_ characters: Int) -> Int? { Sextets.decodedCount(characters) }

    /// Decodes a stretch of a text into memory of at least `decodedCount` bytes, as strictly. Returns what is wrong, or
    /// nil; after a failure the memory holds nothing of meaning.
    public static func decode(
        _ text: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
    ) -> Base64Error? {
        Sextets.read(text, into: output, alphabet: .url)
    }

    /// Decodes a stretch of a larger text, without copying it first. Offsets in errors count from the stretch's start.
    public static func decode(_ text: borrowing Span<UInt8>) throws(Base64Error) -> [UInt8] {
        try Sextets.read(text, alphabet: .url)
    }
}

/// base64 with the standard alphabet (RFC 4648 §4): as strict, padding required.
public enum Base64 {
    /// Encodes bytes, padded with `=`.
    public static func encode(_ bytes: [UInt8]) -> String {
        String(decoding: Sextets.write(bytes.span, alphabet: .standard, padding: true), as: UTF8.self)
    }

    /// Decodes padded text; refuses white space, `-`, `_`, missing padding and non-zero trailing bits.
    public static func decode(_ text: [UInt8]) throws(Base64Error) -> [UInt8] {
        guard text.count.isMultiple(of: 4) else { throw .length }
        var end = text.count
        while end > 0, text.count - end < 2, text[end - 1] == UInt8(ascii: "=") { end -= 1 }
        return try Sextets.read(text.span.extracting(0..<end), alphabet: .standard)
    }
}

/// Hexadecimal (RFC 4648 §8), either case.
public enum Hex {
    /// Encodes bytes in lower case.
    public static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(digit(byte >> 4))
            text.append(digit(byte & 15))
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Decodes text of an even length in either case.
    public static func decode(_ text: [UInt8]) throws(Base64Error) -> [UInt8] {
        guard text.count.isMultiple(of: 2) else { throw .length }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2)
        for offset in stride(from: 0, to: text.count, by: 2) {
            guard let high = value(text[offset]) else { throw .character(offset: offset) }
            guard let low = value(text[offset + 1]) else { throw .character(offset: offset + 1) }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    /// What a digit stands for; nil for any other character.
    public static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

/// Six bits a character: what both base64 alphabets share.
enum Sextets {
    struct Alphabet: @unchecked Sendable {
        /// The letter of each value.
        let letters: UnsafePointer<UInt8>
        /// The two letters of each value of twelve bits, the first one lower.
        let pairs: UnsafePointer<UInt16>
        /// Four tables of 256: what a character in the first, second, third and fourth place of a group adds to the three
        /// bytes of the group, little-endian. The top bit marks a character that is foreign to the alphabet.
        let groups: UnsafePointer<UInt32>
        /// Whether this is the alphabet of base64url.
        let isURL: Bool

        static let url = Alphabet(last: "-_", isURL: true)
        static let standard = Alphabet(last: "+/", isURL: false)
        static let foreign: UInt32 = 0x8000_0000

        /// Lives as long as the process; there are two.
        private init(last: StaticString, isURL: Bool) {
            let letters = UnsafeMutablePointer<UInt8>.allocate(capacity: 64)
            let groups = UnsafeMutablePointer<UInt32>.allocate(capacity: 4 * 256)
            groups.initialize(repeating: Self.foreign, count: 4 * 256)
            var value = 0
            func add(_ letter: UInt8) {
                letters[value] = letter
                let bits = UInt32(value)
                groups[Int(letter)] = bits << 2
                groups[256 + Int(letter)] = bits >> 4 | (bits & 0x0F) << 12
                groups[512 + Int(letter)] = (bits >> 2) << 8 | (bits & 0x03) << 22
                groups[768 + Int(letter)] = bits << 16
                value += 1
            }
            for letter in UInt8(ascii: "A")...UInt8(ascii: "Z") { add(letter) }
            for letter in UInt8(ascii: "a")...UInt8(ascii: "z") { add(letter) }
            for letter in UInt8(ascii: "0")...UInt8(ascii: "9") { add(letter) }
            last.withUTF8Buffer { for letter in $0 { add(letter) } }
            let pairs = UnsafeMutablePointer<UInt16>.allocate(capacity: 4_096)
            for pair in 0..<4_096 {
                (pairs + pair).initialize(to: UInt16(letters[pair >> 6]) | UInt16(letters[pair & 63]) << 8)
            }
            self.isURL = isURL
            self.pairs = UnsafePointer(pairs)
            self.letters = UnsafePointer(letters)
            self.groups = UnsafePointer(groups)
        }
    }

    /// How many bytes so many characters stand for, if any number does.
    static func decodedCount(_ characters: Int) -> Int? {
        let rest = characters % 4
        return rest == 1 ? nil : characters / 4 * 3 + max(0, rest - 1)
    }

    static func read(_ text: borrowing Span<UInt8>, alphabet: Alphabet) throws(Base64Error) -> [UInt8] {
        guard let count = decodedCount(text.count) else { throw .length }
        var failure: Base64Error?
        let bytes = text.withUnsafeBufferPointer { text in
            [UInt8](unsafeUninitializedCapacity: count) { output, written in
                failure = read(text, into: output, alphabet: alphabet)
                written = failure == nil ? count : 0
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Decodes into memory that holds at least `decodedCount` bytes. What it holds after a failure means nothing.
    static func read(
        _ text: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>, alphabet: Alphabet
    ) -> Base64Error? {
        guard let count = decodedCount(text.count) else { return .length }
        guard let input = text.baseAddress, let bytes = output.baseAddress, output.count >= count else {
            return text.isEmpty ? nil : .length
        }
        let groups = alphabet.groups
        var seen: UInt32 = 0
        let wide = alphabet.isURL ? readWide(input, text.count, into: bytes, count) : 0
        // Two groups make six bytes, stored as eight while there is room for eight; the last ones are stored byte by byte.
        let twos = max(0, min((text.count - wide) / 8, (count - wide / 4 * 3 - 2) / 6))
        var next = input + wide
        var target = UnsafeMutableRawPointer(bytes + wide / 4 * 3)
        for _ in 0..<twos {
            let first = group(next, groups)
            let second = group(next + 4, groups)
            seen |= first | second
            let word = UInt64(first & 0xFF_FFFF) | UInt64(second) << 24
            target.storeBytes(of: word.littleEndian, as: UInt64.self)
            next += 8
            target += 6
        }
        var place = wide + 8 * twos
        var written = wide / 4 * 3 + 6 * twos
        while place + 4 <= text.count {
            let word = group(input + place, groups)
            seen |= word
            for byte in 0..<3 { bytes[written + byte] = UInt8(truncatingIfNeeded: word >> (8 * UInt32(byte))) }
            place += 4
            written += 3
        }
        var tail: UInt32 = 0
        let rest = text.count - place
        if rest >= 2 {
            var word = groups[Int(input[place])] | groups[256 + Int(input[place + 1])]
            if rest == 3 { word |= groups[512 + Int(input[place + 2])] }
            seen |= word
            bytes[written] = UInt8(truncatingIfNeeded: word)
            if rest == 3 { bytes[written + 1] = UInt8(truncatingIfNeeded: word >> 8) }
            tail = (rest == 3 ? word >> 16 : word >> 8) & 0xFF
        }
        guard seen & Alphabet.foreign == 0 else { return .character(offset: firstForeign(text, alphabet)) }
        return tail == 0 ? nil : .trailingBits
    }

    /// Decodes what can be decoded 32 characters at a time, from the start; returns how many characters that was. What is
    /// foreign to the alphabet is left to the caller to find.
    private static func readWide(
        _ input: UnsafePointer<UInt8>, _ characters: Int, into bytes: UnsafeMutablePointer<UInt8>, _ room: Int
    ) -> Int {
        #if canImport(CBase64URL)
            characters < 32 ? 0 : base64url_decode_wide(input, characters, bytes, room)
        #else
            0
        #endif
    }

    /// What four characters add to the three bytes they stand for.
    @inline(__always)
    private static func group(_ characters: UnsafePointer<UInt8>, _ groups: UnsafePointer<UInt32>) -> UInt32 {
        groups[Int(characters[0])] | groups[256 + Int(characters[1])] | groups[512 + Int(characters[2])]
            | groups[768 + Int(characters[3])]
    }

    private static func firstForeign(_ text: UnsafeBufferPointer<UInt8>, _ alphabet: Alphabet) -> Int {
        text.firstIndex { alphabet.groups[Int($0)] & Alphabet.foreign != 0 } ?? 0
    }

    static func write(_ bytes: borrowing Span<UInt8>, alphabet: Alphabet, padding: Bool) -> [UInt8] {
        let characters = padding ? (bytes.count + 2) / 3 * 4 : encodedCount(bytes.count)
        return bytes.withUnsafeBufferPointer { input in
            [UInt8](unsafeUninitializedCapacity: characters) { output, written in
                written = write(input, into: output, alphabet: alphabet)
                while written < characters {
                    output[written] = UInt8(ascii: "=")
                    written += 1
                }
            }
        }
    }

    /// How many characters stand for so many bytes, without padding.
    static func encodedCount(_ bytes: Int) -> Int { (bytes * 4 + 2) / 3 }

    /// Encodes without padding into memory that has room for `encodedCount` characters; returns their number.
    static func write(
        _ input: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>, alphabet: Alphabet
    ) -> Int {
        let letters = alphabet.letters
        let pairs = alphabet.pairs
        guard let start = output.baseAddress, output.count >= encodedCount(input.count) else { return 0 }
        var place = 0
        var next = start
        func put(_ value: UInt32) {
            next.pointee = letters[Int(value & 63)]
            next += 1
        }
        // Six bytes, read as eight, make eight characters.
        let raw = UnsafeRawBufferPointer(input)
        while place + 8 <= raw.count {
            let six = UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: place, as: UInt64.self)) >> 16
            func pair(_ number: UInt64) -> UInt64 {
                UInt64(pairs[Int(truncatingIfNeeded: six >> (36 - 12 * number)) & 0xFFF]) << (16 * number)
            }
            let eight = pair(0) | pair(1) | pair(2) | pair(3)
            UnsafeMutableRawPointer(next).storeBytes(of: eight.littleEndian, as: UInt64.self)
            next += 8
            place += 6
        }
        while place + 3 <= input.count {
            let group = Int(input[place]) << 16 | Int(input[place + 1]) << 8 | Int(input[place + 2])
            let four = UInt32(pairs[group >> 12]) | UInt32(pairs[group & 0xFFF]) << 16
            UnsafeMutableRawPointer(next).storeBytes(of: four.littleEndian, as: UInt32.self)
            next += 4
            place += 3
        }
        let rest = input.count - place
        if rest > 0 {
            let group = UInt32(input[place]) << 16 | (rest == 2 ? UInt32(input[place + 1]) << 8 : 0)
            put(group >> 18)
            put(group >> 12)
            if rest == 2 { put(group >> 6) }
        }
        return next - start
    }
}

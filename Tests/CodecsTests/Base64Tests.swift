import Codecs
import TestSupport
import Testing

@Suite struct Base64Tests {
    /// RFC 4648 §10.
    static let rfc4648: [(bytes: String, base64: String, hex: String)] = [
        ("", "", ""),
        ("f", "Zg==", "66"),
        ("fo", "Zm8=", "666f"),
        ("foo", "Zm9v", "666f6f"),
        ("foob", "Zm9vYg==", "666f6f62"),
        ("fooba", "Zm9vYmE=", "666f6f6261"),
        ("foobar", "Zm9vYmFy", "666f6f626172"),
    ]

    @Test(arguments: rfc4648) func `the vectors of RFC 4648 hold both ways`(
        bytes: String, base64: String, hex: String
    ) throws {
        let plain = Array(bytes.utf8)
        let unpadded = base64.filter { $0 != "=" }
        #expect(Base64.encode(plain) == base64)
        #expect(try Base64.decode(Array(base64.utf8)) == plain)
        #expect(Base64URL.encode(plain) == unpadded)
        #expect(try Base64URL.decode(Array(unpadded.utf8)) == plain)
        #expect(Hex.encode(plain) == hex)
        #expect(try Hex.decode(Array(hex.utf8)) == plain)
        #expect(try Hex.decode(Array(hex.uppercased().utf8)) == plain)
    }

    @Test func `the two alphabets differ in their last two letters only`() throws {
        let bytes: [UInt8] = [0xFB, 0xEF, 0xFF, 0xFE]
        #expect(Base64.encode(bytes) == "++///g==")
        #expect(Base64URL.encode(bytes) == "--___g")
        #expect(try Base64URL.decode(Array("--___g".utf8)) == bytes)
        #expect(try Base64.decode(Array("++///g==".utf8)) == bytes)
    }

    @Test(arguments: [
        (" TQ", Base64Error.character(offset: 0)), ("TQ ", .character(offset: 2)), ("T Q", .character(offset: 1)),
        ("TWFu\nTWFu", .length), ("TWF\n", .character(offset: 3)), ("TWFu\r\n", .character(offset: 4)),
        ("TW\tu", .character(offset: 2)), ("TQ==", .character(offset: 2)), ("TWE=", .character(offset: 3)),
        ("TW+u", .character(offset: 2)), ("TW/u", .character(offset: 2)), ("TW.u", .character(offset: 2)),
        ("TW\0u", .character(offset: 2)), ("TWé", .character(offset: 2)), ("TW%3", .character(offset: 2)),
        ("TR", .trailingBits), ("TWF", .trailingBits), ("TWFuTR", .trailingBits), ("_-_", .trailingBits),
        ("T", .length), ("TWFuT", .length), ("=", .length),
    ])
    func `base64url has one spelling: everything else is refused`(text: String, error: Base64Error) {
        #expect(throws: error) { try Base64URL.decode(Array(text.utf8)) }
    }

    @Test(arguments: [
        ("TQ", Base64Error.length), ("TWE", .length), ("TQ=", .length), ("TQ===", .length), ("=", .length),
        ("====", .character(offset: 0)), ("T===", .character(offset: 1)), ("TWFu====", .character(offset: 4)),
        ("TQ==TQ==", .character(offset: 2)), ("T=Q=", .character(offset: 1)), ("TW-u", .character(offset: 2)),
        ("TW_u", .character(offset: 2)), ("TR==", .trailingBits), ("TWF=", .trailingBits),
    ])
    func `base64 wants its padding, exactly`(text: String, error: Base64Error) {
        #expect(throws: error) { try Base64.decode(Array(text.utf8)) }
    }

    @Test(arguments: [
        ("0", Base64Error.length), ("0g", .character(offset: 1)), ("g0", .character(offset: 0)),
        ("00 1", .character(offset: 2)), ("0x10", .character(offset: 1)), ("+1", .character(offset: 0)),
    ])
    func `hexadecimal is pairs of digits and nothing else`(text: String, error: Base64Error) {
        #expect(throws: error) { try Hex.decode(Array(text.utf8)) }
    }

    @Test func `of the 256 bytes exactly 64 are in the alphabet`() {
        let letters = (UInt8.min...UInt8.max).filter { (try? Base64URL.decode([$0, $0, $0, $0])) != nil }
        let standard = (UInt8.min...UInt8.max).filter { (try? Base64.decode([$0, $0, $0, $0])) != nil }
        #expect(letters.count == 64)
        #expect(standard.count == 64)
        #expect(Set(letters).symmetricDifference(standard) == Set("-_+/".utf8))
    }

    @Test func `a final pair spells a byte in one way of sixteen`() {
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8
        let accepted = alphabet.filter { (try? Base64URL.decode([UInt8(ascii: "T"), $0])) != nil }
        #expect(accepted == Array("AQgw".utf8))
    }

    @Test func `every random input comes back`() throws {
        var generator = SeededGenerator(seed: 4_648)
        for count in 0..<300 {
            let bytes = generator.bytes(count)
            #expect(try Base64URL.decode(Base64URL.encodeBytes(bytes)) == bytes)
            #expect(try Base64.decode(Array(Base64.encode(bytes).utf8)) == bytes)
            #expect(try Hex.decode(Array(Hex.encode(bytes).utf8)) == bytes)
        }
    }

    @Test func `whatever decodes encodes to the same text again`() throws {
        var generator = SeededGenerator(seed: 17)
        var decoded = 0
        for _ in 0..<5_000 {
            let seed = Base64URL.encodeBytes(generator.bytes(Int.random(in: 0...12, using: &generator)))
            let text = Mutation.of(seed, words: ["=", "+", "_", "A"], using: &generator)
            guard let bytes = try? Base64URL.decode(text) else { continue }
            decoded += 1
            #expect(Base64URL.encodeBytes(bytes) == text)
        }
        #expect(decoded > 500)
    }

    @Test func `a stretch of a text decodes like a copy of it`() throws {
        let text = Array("xxTWFuyy".utf8)
        #expect(try Base64URL.decode(text.span.extracting(2..<6)) == Array("Man".utf8))
        #expect(throws: Base64Error.character(offset: 1)) {
            try Base64URL.decode(Array("x.T-!u".utf8).span.extracting(2..<6).extracting(1..<3))
        }
    }
}

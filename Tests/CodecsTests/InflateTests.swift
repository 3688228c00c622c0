import Codecs
import TestSupport
import Testing

struct InflateTests {
    /// Streams that zlib made, one with each kind of block, and what they stand for.
    static let streams: [(String, [UInt8])] = [
        (
            "0300", []
        ),
        (
            "011600e9ff4c697665206c6f6e6720616e642070726f737065722e", Array("Live long and prosper.".utf8)
        ),
        (
            "f3c92c4b55c8c9cf4b5748cc4b512828ca2f2e482dd20300", Array("Live long and prosper.".utf8)
        ),
        (
            "edc13101000000c2a0aceb5fc21a1e40010000ef06", [UInt8](repeating: 0x61, count: 3_000)
        ),
        (
            "edcf499284300c44518c6c5caaf25842064f70ff5b36bded752fb5cef811f916a531559d97ac6b42adcc86812f"
                + "ecef1ee03e29ed7c4efcce78453b283bf421f735753fbc6925469772bdde04ac9bb730469db0a561d816a72bd3"
                + "d3b7d591ca70bc9656f6bd70075fed81933e46ddb7321f9a78d8eaa1f3efde96d70159915bdb9e88b86a572c9b"
                + "913698750cb0be69067a5f3527176369e6b9d2d3da73f0e8320dfb5c9d5f9c273ffd794378287871c0cdfca12e"
                + "4217bad0852e74a10b5de84217bad0852e74a10b5de84217bad0852e74a1ff17fd07",
            (0..<6_000).map { UInt8($0 * $0 % 251 & 0x1F) }
        ),
    ]

    @Test func `every kind of block is read`() throws {
        for (hex, text) in Self.streams {
            #expect(try Inflate.decode(try Hex.decode(Array(hex.utf8)), limit: 250_000) == text)
        }
    }

    @Test func `reading stops at the limit`() throws {
        for (hex, text) in Self.streams where !text.isEmpty {
            let bytes = try Hex.decode(Array(hex.utf8))
            #expect(throws: InflateError.tooLarge(limit: text.count - 1)) {
                try Inflate.decode(bytes, limit: text.count - 1)
            }
            #expect(try Inflate.decode(bytes, limit: text.count) == text)
        }
    }

    @Test func `what is cut short or has a tail is refused`() throws {
        for (hex, _) in Self.streams {
            let bytes = try Hex.decode(Array(hex.utf8))
            for count in 0..<bytes.count {
                #expect(throws: InflateError.malformed) {
                    try Inflate.decode(Array(bytes.prefix(count)), limit: 250_000)
                }
            }
            #expect(throws: InflateError.malformed) { try Inflate.decode(bytes + [0], limit: 250_000) }
        }
    }

    @Test func `impossible streams are refused`() throws {
        // A reserved kind of block; a length that its complement denies; a distance before the beginning; symbols 286
        // and 30, which mean nothing.
        for hex in ["07", "0105000500", "030200", "1b03", "4b043e"] {
            #expect(throws: InflateError.malformed) {
                try Inflate.decode(try Hex.decode(Array(hex.utf8)), limit: 1_000)
            }
        }
    }

    @Test func `no bytes make it trap or run away`() {
        var generator = SeededGenerator(seed: 1_951)
        for _ in 0..<20_000 {
            let count = Int.random(in: 0..<64, using: &generator)
            let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            if let output = try? Inflate.decode(bytes, limit: 1_000) { #expect(output.count <= 1_000) }
        }
    }
}

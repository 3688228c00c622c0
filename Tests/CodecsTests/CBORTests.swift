import Codecs
import Testing

@Suite struct CBORTests {
    @Test(
        arguments: [
            ([0x00], CBOR.integer(0)), ([0x17], .integer(23)), ([0x18, 0x18], .integer(24)),
            ([0x19, 0x01, 0x00], .integer(256)), ([0x1A, 0x00, 0x01, 0x00, 0x00], .integer(65_536)),
            ([0x1B, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], .integer(.max)),
            ([0x20], .integer(-1)), ([0x39, 0x01, 0x00], .integer(-257)),
            ([0x3B, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], .integer(.min)),
            ([0x40], .bytes([])), ([0x43, 1, 2, 3], .bytes([1, 2, 3])), ([0x62, 0xC3, 0xBC], .text("ü")),
            ([0x82, 0x01, 0x61, 0x61], .array([.integer(1), .text("a")])), ([0xF4], .bool(false)),
            ([0xF5], .bool(true)),
            ([0xF6], .null),
        ] as [([UInt8], CBOR)])
    func `values are read`(bytes: [UInt8], value: CBOR) throws {
        #expect(try CBORReader.read(bytes) == value)
    }

    @Test func `members of a map are found by number and by text`() throws {
        let map = try CBORReader.read([0xA3, 0x01, 0x02, 0x20, 0x41, 0x09, 0x61, 0x78, 0xF5])
        #expect(map[1]?.integer == 2)
        #expect(map[-1]?.bytes == [9])
        #expect(map["x"] == .bool(true))
        #expect(map[2] == nil)
        #expect(map["1"] == nil)
    }

    @Test(
        arguments: [
            ([], .truncated, 0), ([0x18], .truncated, 0), ([0x42, 0x01], .truncated, 0), ([0x81], .truncated, 1),
            ([0x5A, 0xFF, 0xFF, 0xFF, 0xFF, 0x00], .truncated, 0), ([0xA1, 0x01], .truncated, 2),
            // Longer than needed.
            ([0x18, 0x17], .number, 0), ([0x19, 0x00, 0xFF], .number, 0), ([0x58, 0x01, 0x00], .number, 0),
            // Larger than 64 bits with a sign.
            ([0x1B, 0x80, 0, 0, 0, 0, 0, 0, 0], .number, 0), ([0x3B, 0x80, 0, 0, 0, 0, 0, 0, 0], .number, 0),
            ([0x62, 0xC3, 0x28], .text, 0), ([0xA2, 0x01, 0x02, 0x01, 0x03], .name, 3),
            ([0xA1, 0x41, 0x61, 0x01], .name, 1),
            ([0x9F, 0xFF], .unsupported, 0), ([0x5F, 0xFF], .unsupported, 0), ([0xC0, 0x00], .unsupported, 0),
            ([0xF9, 0x00, 0x00], .unsupported, 0), ([0xF7], .unsupported, 0), ([0xF8, 0x20], .unsupported, 0),
            ([0x1C], .unsupported, 0), ([0x99, 0x03, 0xE9], .tooLarge, 0), ([0xB9, 0x03, 0xE9], .tooLarge, 0),
            ([UInt8](repeating: 0x81, count: 9) + [0], .tooLarge, 8), ([0x00, 0x00], .trailing, 1),
        ] as [([UInt8], CBORError.Reason, Int)])
    func `everything else is refused, with its place`(bytes: [UInt8], reason: CBORError.Reason, offset: Int) {
        let error = #expect(throws: CBORError.self) { try CBORReader.read(bytes) }
        #expect(error == CBORError(reason: reason, offset: offset))
    }

    @Test func `no cut and no changed byte of a value traps`() throws {
        let whole: [UInt8] =
            [0xA3, 0x01, 0x02, 0x20, 0x58, 0x18] + [UInt8](repeating: 7, count: 24) + [0x61, 0x78, 0x80]
        _ = try CBORReader.read(whole)
        for end in 0..<whole.count {
            #expect(throws: CBORError.self) { try CBORReader.read(Array(whole[..<end])) }
        }
        for place in whole.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = whole
                changed[place] = byte
                _ = try? CBORReader.read(changed)
            }
        }
    }

    @Test func `the first of several values ends where the next begins`() throws {
        let bytes: [UInt8] = [0xFF, 0x82, 0x01, 0x02, 0x63]
        let (value, end) = try CBORReader.readFirst(bytes[1...])
        #expect(value == .array([.integer(1), .integer(2)]))
        #expect(end == 4)
    }
}

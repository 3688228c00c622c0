import Codecs

/// base64url, base64 and hexadecimal: one spelling for each byte sequence, every other text refused with its place.
enum Target {
    static func run(_ input: [UInt8]) {
        readURL(input)
        readStretch(input)
        readStandard(input)
        readHex(input)
        write(input)
    }

    /// Against a decoder that works bit by bit.
    private static func readURL(_ text: [UInt8]) {
        let wanted = BitByBit.decode(text)
        do throws(Base64Error) {
            let bytes = try Base64URL.decode(text)
            expect(wanted == bytes, "decodes to other bytes than it says")
            expect(Base64URL.encodeBytes(bytes) == text, "a second spelling of the same bytes is accepted")
        } catch {
            expect(wanted == nil, "refuses good text: \(error)")
            switch error {
            case .character(let offset):
                expect(text.indices.contains(offset), "the error's offset lies outside the text")
                expect(BitByBit.value(text[offset]) == nil, "blames a byte of the alphabet")
                expect(text[..<offset].allSatisfy { BitByBit.value($0) != nil }, "blames a later byte than the first")
            case .length: expect(text.count % 4 == 1, "blames the length without reason")
            case .trailingBits: expect(text.count % 4 > 1, "there are no trailing bits")
            }
        }
    }

    private static func readStretch(_ text: [UInt8]) {
        guard text.count >= 2 else { return }
        let start = Int(text[0]) % text.count
        let end = start + Int(text[1]) % (text.count - start + 1)
        let copied = Result { () throws(Base64Error) in try Base64URL.decode(Array(text[start..<end])) }
        let inPlace = Result { () throws(Base64Error) in
            try Base64URL.decode(text.span.extracting(start..<end))
        }
        expect(copied == inPlace, "a stretch decodes unlike a copy of it")
    }

    private static func readStandard(_ text: [UInt8]) {
        guard let bytes = try? Base64.decode(text) else { return }
        expect(Array(Base64.encode(bytes).utf8) == text, "a second spelling in the standard alphabet is accepted")
    }

    private static func readHex(_ text: [UInt8]) {
        do throws(Base64Error) {
            let lower = text.map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "F") ? $0 | 0x20 : $0 }
            expect(Array(Hex.encode(try Hex.decode(text)).utf8) == lower, "hexadecimal comes back otherwise")
        } catch {
            if case .character(let offset) = error {
                expect(text.indices.contains(offset), "the error's offset lies outside the text")
            }
        }
    }

    private static func write(_ bytes: [UInt8]) {
        expect((try? Base64URL.decode(Base64URL.encodeBytes(bytes))) == bytes, "base64url does not come back")
        expect((try? Base64.decode(Array(Base64.encode(bytes).utf8))) == bytes, "base64 does not come back")
        expect((try? Hex.decode(Array(Hex.encode(bytes).utf8))) == bytes, "hexadecimal does not come back")
    }
}

/// RFC 4648 §5 read literally: six bits a letter, eight bits a byte, what is left over must be zero and less than six.
private enum BitByBit {
    static func value(_ letter: UInt8) -> UInt32? {
        switch letter {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(letter - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(letter - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(letter - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }

    static func decode(_ text: [UInt8]) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for letter in text {
            guard let value = value(letter) else { return nil }
            bits = bits << 6 | value
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(bits >> UInt32(count) & 0xFF))
                bits &= 1 << UInt32(count) - 1
            }
        }
        return count < 6 && bits == 0 ? bytes : nil
    }
}

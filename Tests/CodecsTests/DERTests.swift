import Codecs
import TestSupport
import Testing

@Suite struct DERTests {
    typealias Tag = DERReader.Tag

    @Test func `what is written is read`() throws {
        let bytes = DERWriter.sequence([
            DERWriter.unsignedInteger([0, 0, 0x80, 1]), DERWriter.unsignedInteger([]),
            DERWriter.bitString([1, 2, 3]), DERWriter.element(Tag.octetString, [UInt8](repeating: 7, count: 300)),
        ])
        var outer = DERReader(bytes)
        var inner = try outer.enter(Tag.sequence)
        try outer.finish()
        #expect(try inner.readUnsignedInteger() == [0x80, 1])
        #expect(try inner.readUnsignedInteger() == [])
        #expect(try inner.readBitString() == [1, 2, 3])
        #expect(inner.nextTag == Tag.octetString)
        #expect(try inner.read(Tag.octetString).count == 300)
        #expect(inner.isAtEnd)
        #expect(inner.nextTag == nil)
    }

    @Test(arguments: [0, 1, 127, 128, 255, 256, 65_535, 65_536])
    func `lengths are written in their shortest form`(count: Int) throws {
        let bytes = DERWriter.element(Tag.octetString, [UInt8](repeating: 0, count: count))
        let octets = count < 128 ? 0 : count < 256 ? 1 : count < 65_536 ? 2 : 3
        #expect(bytes.count == count + 2 + octets)
        var reader = DERReader(bytes)
        #expect(try reader.read(Tag.octetString).count == count)
    }

    @Test(
        arguments: [
            [], [0x04], [0x04, 0x01], [0x04, 0x02, 0x00], [0x04, 0x80], [0x04, 0x81, 0x01, 0x00], [0x04, 0x81],
            [0x04, 0x82, 0x00, 0x80], [0x04, 0x84, 0x7F, 0xFF, 0xFF, 0xFF], [0x04, 0x84, 0xFF, 0xFF, 0xFF, 0xFF],
            [0x04, 0x85, 0x01, 0, 0, 0, 0], [0x04, 0x88, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0x04, 0xFF],
        ] as [[UInt8]])
    func `lengths that lie, or are not in shortest form, are refused`(bytes: [UInt8]) {
        var reader = DERReader(bytes)
        #expect(throws: DERError.malformed) { try reader.read(Tag.octetString) }
    }

    @Test(
        arguments: [
            [0x02, 0x00], [0x02, 0x01, 0x80], [0x02, 0x02, 0x00, 0x7F], [0x02, 0x02, 0x00, 0x00], [0x02, 0x01, 0xFF],
        ] as [[UInt8]])
    func `an integer is minimal and not negative`(bytes: [UInt8]) {
        var reader = DERReader(bytes)
        #expect(throws: DERError.malformed) { try reader.readUnsignedInteger() }
    }

    @Test func `another element, a bit string of odd bits and trailing bytes are refused`() throws {
        var reader = DERReader([0x05, 0x00, 0x03, 0x02, 0x04, 0xF0, 0x03, 0x00])
        #expect(throws: DERError.unexpectedTag(0x05)) { try reader.read(Tag.sequence) }
        #expect(try reader.read(Tag.null) == [])
        #expect(throws: DERError.trailingBytes) { try reader.finish() }
        #expect(throws: DERError.malformed) { try reader.readBitString() }
        #expect(throws: DERError.malformed) { try reader.readBitString() }
        try reader.finish()
    }

    @Test func `no damage makes the reader trap`() {
        var generator = SeededGenerator(seed: 690)
        let seed = DERWriter.sequence([
            DERWriter.unsignedInteger([1]), DERWriter.sequence([DERWriter.element(Tag.objectIdentifier, [0x2A, 3])]),
            DERWriter.bitString(generator.bytes(140)),
        ])
        for _ in 0..<5_000 {
            var elements = 0
            walk(DERReader(Mutation.of(seed, using: &generator)), &elements, depth: 0)
            #expect(elements < 200)
        }
    }

    private func walk(_ reader: DERReader, _ elements: inout Int, depth: Int) {
        var reader = reader
        while let tag = reader.nextTag {
            elements += 1
            if depth < 20, tag == Tag.sequence, let inner = try? reader.enter(tag) {
                walk(inner, &elements, depth: depth + 1)
            } else if tag == Tag.integer {
                if (try? reader.readUnsignedInteger()) == nil { return }
            } else if tag == Tag.bitString {
                if (try? reader.readBitString()) == nil { return }
            } else if (try? reader.read(tag)) == nil {
                return
            }
        }
    }
}

import Codecs
import TestSupport
import Testing

/// Long texts are decoded 32 characters at a time, and only what is left one after the other: here every place of such a
/// step meets every byte, and every length every number of steps.
@Suite struct WideBase64URLTests {
    @Test func `every length comes back`() throws {
        var generator = SeededGenerator(seed: 7)
        for count in 0...400 {
            let bytes = generator.bytes(count)
            let text = Base64URL.encodeBytes(bytes)
            #expect(try Base64URL.decode(text) == bytes)
            #expect(oneByOne(text) == bytes)
        }
    }

    @Test func `every byte at every place is read or blamed as it is in a short text`() throws {
        // Three steps of 32, and 11 characters more.
        let good = Base64URL.encodeBytes((0..<80).map { UInt8(($0 * 37) & 0xFF) })
        for place in good.indices {
            for byte in UInt8.min...UInt8.max {
                var text = good
                text[place] = byte
                let wanted = oneByOne(text)
                do throws(Base64Error) {
                    let bytes = try Base64URL.decode(text)
                    #expect(bytes == wanted)
                } catch {
                    let isLetter = letters.contains(byte)
                    #expect(wanted == nil)
                    #expect(error == (isLetter ? .trailingBits : .character(offset: place)))
                }
            }
        }
    }

    @Test func `the first of several foreign characters is blamed`() {
        for first in 0..<100 {
            var text = [UInt8](repeating: UInt8(ascii: "A"), count: 100)
            for place in stride(from: first, to: 100, by: 7) { text[place] = UInt8(ascii: "=") }
            #expect(throws: Base64Error.character(offset: first)) { try Base64URL.decode(text) }
        }
    }

    @Test func `nothing is written behind the room that is there`() throws {
        for count in 30...110 {
            let bytes = [UInt8](repeating: 0xA5, count: count)
            let text = Base64URL.encodeBytes(bytes)
            var memory = [UInt8](repeating: 0x11, count: count + 64)
            let failure = memory.withUnsafeMutableBufferPointer { memory in
                text.withUnsafeBufferPointer { text in
                    Base64URL.decode(text, into: UnsafeMutableBufferPointer(rebasing: memory[..<count]))
                }
            }
            #expect(failure == nil)
            #expect(Array(memory[..<count]) == bytes)
            #expect(memory[count...].allSatisfy { $0 == 0x11 })
        }
    }

    private let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// Bit by bit; nil for anything that is not the one spelling of some bytes.
    private func oneByOne(_ text: [UInt8]) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer = 0
        var bits = 0
        for character in text {
            guard let value = letters.firstIndex(of: character) else { return nil }
            buffer = (buffer << 6 | value) & 0xFFFF
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(buffer >> bits & 0xFF))
            }
        }
        return bits < 6 && buffer & (1 << bits - 1) == 0 ? bytes : nil
    }
}

import Codecs
import Crypto
import JOSE

/// A code for the day when the authenticator is gone: works once, instead of it. 80 random bits as 16 letters and
/// digits that are not easily misread, in four groups; only its SHA-256 is stored.
struct RecoveryCode: Sendable, CustomStringConvertible, CustomReflectable {
    /// How many a person gets at a time.
    static let count = 10

    /// No `I`, `L`, `O`, `U`: what people misread or mishear (Crockford's base 32).
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
    private static let length = 16

    private let letters: [UInt8]

    /// A new code.
    init() {
        // 32 letters: five bits of each byte are used, so every letter is as likely as another.
        letters = RandomBytes.make(count: Self.length).map { Self.alphabet[Int($0 & 0x1F)] }
    }

    /// Reads what a person typed, in any case, with or without the dashes; nil when it is no such code.
    init?(typed text: ByteString) {
        let letters = text.bytes.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: " ") }.map(Self.meant)
        guard letters.count == Self.length, letters.allSatisfy({ Self.alphabet.contains($0) }) else { return nil }
        self.letters = letters
    }

    /// What the person keeps: four groups of four.
    var text: String {
        stride(from: 0, to: Self.length, by: 4).map { String(decoding: letters[$0..<($0 + 4)], as: UTF8.self) }
            .joined(separator: "-")
    }

    /// What the store keeps. 80 random bits, single use and few tries: no slow hash is needed.
    var hash: [UInt8] { Array(SHA256.hash(data: letters)) }

    private static func meant(_ byte: UInt8) -> UInt8 {
        let upper = byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") ? byte & 0xDF : byte
        return switch upper {
        case UInt8(ascii: "O"): UInt8(ascii: "0")
        case UInt8(ascii: "I"), UInt8(ascii: "L"): UInt8(ascii: "1")
        default: upper
        }
    }

    var description: String { "<redacted recovery code>" }
    var customMirror: Mirror { Mirror(self, children: []) }
}

public import Codecs

/// What a person types to connect a device (RFC 8628 §6.1): eight consonants, which spell no words, in two groups.
public struct UserCode: Hashable, Sendable {
    /// Every letter that a code may have.
    public static let alphabet = Array("BCDFGHJKLMNPQRSTVWXZ".utf8)
    /// How many letters it has: 34 bits, and whoever guesses may try a few times.
    public static let length = 8

    /// The letters, without the dash.
    public let letters: [UInt8]

    /// A code of random bytes. Each letter is as likely as another: bytes that would tip the scales are passed over.
    /// - Parameter random: gives so many random bytes.
    public init(random: (Int) -> [UInt8]) {
        var letters: [UInt8] = []
        while letters.count < Self.length {
            letters += random(Self.length).filter { $0 < 240 }.map { Self.alphabet[Int($0) % Self.alphabet.count] }
        }
        self.letters = Array(letters.prefix(Self.length))
    }

    /// Reads what a person typed, in any case, with or without dash and spaces; nil when it is no such code.
    public init?(typed text: ByteString) {
        let letters = text.bytes.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: " ") }
            .map { $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") ? $0 & 0xDF : $0 }
        guard letters.count == Self.length, letters.allSatisfy({ Self.alphabet.contains($0) }) else { return nil }
        self.letters = letters
    }

    /// What the device shows.
    public var text: String {
        String(decoding: letters.prefix(4), as: UTF8.self) + "-" + String(decoding: letters.dropFirst(4), as: UTF8.self)
    }
}

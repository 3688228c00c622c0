import Codecs
import Crypto
import JOSE

/// A refresh token as the client holds it: `sgr_` and 256 random bits in base64url. Whoever has it has the session, so
/// it prints nothing, and only its SHA-256 is ever stored.
struct RefreshToken: Sendable, CustomStringConvertible, CustomReflectable {
    private static let prefix = Array("sgr_".utf8)
    private static let byteCount = 32

    private let bytes: [UInt8]

    /// A new token.
    init() {
        bytes = RandomBytes.make(count: Self.byteCount)
    }

    /// Reads what a client sent; nil when the text is no refresh token of ours.
    init?(text: ByteString) {
        guard text.bytes.starts(with: Self.prefix),
            let bytes = try? Base64URL.decode(Array(text.bytes.dropFirst(Self.prefix.count))),
            bytes.count == Self.byteCount
        else { return nil }
        self.bytes = bytes
    }

    /// What the client gets.
    var text: String {
        String(decoding: Self.prefix, as: UTF8.self) + Base64URL.encode(bytes)
    }

    /// What the store keeps. 256 random bits need no salt and no slow hash.
    var hash: [UInt8] {
        Array(SHA256.hash(data: bytes))
    }

    var description: String { "<redacted refresh token>" }
    var customMirror: Mirror { Mirror(self, children: []) }
}

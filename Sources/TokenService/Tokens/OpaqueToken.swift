import Codecs
import Crypto
import JOSE

/// A secret that means something only to this server: a prefix that says what it is for, and 256 random bits in
/// base64url. Whoever has it has what it stands for, so it prints nothing, and only its SHA-256 is ever stored.
struct OpaqueToken: Sendable, CustomStringConvertible, CustomReflectable {
    /// What it is for. The prefix lets a reader, and a scanner for leaked secrets, know one when it sees one.
    enum Kind: String, Sendable {
        /// The next tokens of a session.
        case refresh = "sgr_"
        /// The tokens of an authorization, once (RFC 6749 §4.1.2).
        case code = "sgc_"
        /// What a confidential client knows (RFC 6749 §2.3.1).
        case clientSecret = "sgs_"
        /// Who is logged in at a browser: the value of a cookie.
        case browserSession = "sgb_"
        /// Which browser it is, before anybody is logged in: the value of a cookie.
        case browser = "sgw_"
        /// An authorization under way, in the address of a page.
        case transaction = "sgt_"
        /// What a device asks its tokens with (RFC 8628 §3.2).
        case deviceCode = "sgd_"
        /// Lets its holder register clients (RFC 7591 §3, the initial access token).
        case registration = "sgi_"
        /// A new password for somebody who forgot theirs.
        case resetLink = "sgl_"
        /// A pushed authorization request (RFC 9126 §2.2).
        case pushedRequest = "sgp_"
    }

    private static let byteCount = 32

    let kind: Kind
    private let bytes: [UInt8]

    /// A new one.
    init(_ kind: Kind) {
        self.kind = kind
        bytes = RandomBytes.make(count: Self.byteCount)
    }

    /// Reads what somebody sent; nil when the text is nothing of ours, or of another kind.
    init?(_ kind: Kind, text: ByteString) {
        let prefix = kind.rawValue.utf8
        guard text.bytes.starts(with: prefix),
            let bytes = try? Base64URL.decode(Array(text.bytes.dropFirst(prefix.count))),
            bytes.count == Self.byteCount
        else { return nil }
        self.kind = kind
        self.bytes = bytes
    }

    /// What its owner gets.
    var text: String { kind.rawValue + Base64URL.encode(bytes) }

    /// What the store keeps. 256 random bits need no salt and no slow hash.
    var hash: [UInt8] { Array(SHA256.hash(data: bytes)) }

    var description: String { "<redacted \(kind)>" }
    var customMirror: Mirror { Mirror(self, children: []) }
}

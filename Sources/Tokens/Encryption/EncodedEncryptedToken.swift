/// A compact encrypted token (JWE) as it arrived: bytes, and where its five parts are. Nothing has been decoded.
public struct EncodedEncryptedToken: Sendable {
    /// The largest encrypted token that is looked at, in bytes, whatever a policy says.
    public static let maximumSize = 262_144
    /// The largest encoded protected header, in bytes: room for an ephemeral key and two infos of 1 KiB.
    public static let maximumHeaderSize = 8_192

    /// The whole text.
    public let bytes: [UInt8]
    /// Where the encoded protected header stands.
    public let header: Range<Int>
    /// Where the encoded encrypted key stands; empty for `dir` and `ECDH-ES`.
    public let encryptedKey: Range<Int>
    /// Where the encoded initialization vector stands.
    public let initializationVector: Range<Int>
    /// Where the encoded ciphertext stands.
    public let ciphertext: Range<Int>
    /// Where the encoded authentication tag stands.
    public let tag: Range<Int>

    /// Finds the parts; stops at the first dot too many (RFC 7516 §7.1).
    public init(_ bytes: [UInt8]) throws(EncryptedTokenDefect) {
        guard !bytes.isEmpty else { throw EncryptedTokenDefect(.form, .tokenEmpty, "there is no token") }
        guard bytes.count <= Self.maximumSize else {
            throw EncryptedTokenDefect(
                .form, .tokenTooLarge,
                "the token has \(bytes.count) bytes; the most that is looked at is \(Self.maximumSize)")
        }
        var dots: [Int] = []
        for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: ".") {
            dots.append(offset)
            if dots.count > 4 { break }
        }
        guard dots.count == 4 else {
            if dots.count == 2 {
                throw EncryptedTokenDefect(
                    .form, .tokenNotEncrypted, "three parts: this is a signed token (JWS), not an encrypted one")
            }
            throw EncryptedTokenDefect(
                .form, .tokenNotCompact, "not five parts with a dot between each, as an encrypted token has")
        }
        guard dots[0] <= Self.maximumHeaderSize else {
            throw EncryptedTokenDefect(
                .form, .tokenTooLarge,
                "the header has \(dots[0]) bytes; the most that is looked at is \(Self.maximumHeaderSize)")
        }
        self.bytes = bytes
        header = 0..<dots[0]
        encryptedKey = (dots[0] + 1)..<dots[1]
        initializationVector = (dots[1] + 1)..<dots[2]
        ciphertext = (dots[2] + 1)..<dots[3]
        tag = (dots[3] + 1)..<bytes.count
    }
}

/// Why a text is not an encrypted token that may be looked into.
public struct EncryptedTokenDefect: Error, Sendable, Equatable {
    /// The check that said no.
    public let check: VerificationStep.Check
    /// Why, as a stable public name.
    public let code: RejectionCode
    /// Why, in one sentence.
    public let detail: String

    init(_ check: VerificationStep.Check, _ code: RejectionCode, _ detail: String) {
        self.check = check
        self.code = code
        self.detail = detail
    }
}

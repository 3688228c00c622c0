public import Codecs
public import Tokens

/// What an encrypted token held. **Decryption is not authentication**: with a public key anybody can encrypt, and with a
/// shared one everybody who has it. These bytes may be shown, stored or handed to a `NestedTokenVerifier`; nothing they
/// claim is to be believed. So there is no way from here to `Claims`.
public struct DecryptedContent: Sendable {
    /// The content, decompressed where it was compressed.
    public let bytes: [UInt8]
    /// The token's headers, as the recipient saw them whose key fitted. Those that are not protected may have been
    /// changed on the way.
    public let header: EncryptionHeader
    /// The part of the header that the tag vouches for.
    public let protectedHeader: JSONObject
    /// `aad` of the JSON forms: not encrypted, but covered by the tag.
    public let additionalData: [UInt8]?
    /// The position, in the list of keys, of the key that opened it.
    public let key: Int
    /// How the key was found.
    public let algorithm: KeyManagementAlgorithm
    /// How the content was encrypted.
    public let encryption: ContentEncryptionAlgorithm
}

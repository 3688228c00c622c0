import Codecs

/// What an authenticator says, and signs, of itself and of a person's presence (Web Authentication §6.1).
struct AuthenticatorData: Sendable {
    /// The SHA-256 of the relying party's id.
    let relyingPartyHash: [UInt8]
    /// Whether somebody was there.
    let isUserPresent: Bool
    /// Whether the authenticator checked who it was: a PIN, a finger, a face.
    let isUserVerified: Bool
    /// Whether the key can be, and is, kept elsewhere too.
    let isBackupEligible: Bool
    let isBackedUp: Bool
    /// How often the key has signed; 0 where the authenticator does not count.
    let signCount: UInt32
    /// The new key; only at a registration.
    let credential: Credential?

    /// A key pair's name and public half.
    struct Credential: Sendable {
        /// 1 to 1,023 bytes that the authenticator chose (Web Authentication §7.1 step 25).
        let id: [UInt8]
        /// The public key in COSE form.
        let publicKey: CBOR
    }

    /// Reads the bytes; every one of them must belong to something.
    init(_ bytes: [UInt8]) throws(PasskeyRefusal) {
        guard bytes.count >= 37 else { throw PasskeyRefusal(.malformed, "the authenticator data is too short") }
        relyingPartyHash = Array(bytes[..<32])
        let flags = bytes[32]
        isUserPresent = flags & 0x01 != 0
        isUserVerified = flags & 0x04 != 0
        isBackupEligible = flags & 0x08 != 0
        isBackedUp = flags & 0x10 != 0
        signCount = bytes[33..<37].reduce(0) { $0 << 8 | UInt32($1) }
        var rest = bytes[37...]
        if flags & 0x40 != 0 {
            (credential, rest) = try Self.readCredential(rest)
        } else {
            credential = nil
        }
        if flags & 0x80 != 0 {
            rest = rest[(try Self.readValue(rest)).end...]
        }
        guard rest.isEmpty else { throw PasskeyRefusal(.malformed, "bytes follow the authenticator data") }
        guard isBackupEligible || !isBackedUp else {
            throw PasskeyRefusal(.malformed, "the key is kept elsewhere although it cannot be")
        }
    }

    private static func readCredential(
        _ bytes: ArraySlice<UInt8>
    ) throws(PasskeyRefusal) -> (Credential, ArraySlice<UInt8>) {
        // 16 bytes of the model's name, which nothing here depends on, and the length of the id.
        guard bytes.count >= 18 else { throw PasskeyRefusal(.malformed, "the credential is cut off") }
        let lengthStart = bytes.startIndex + 16
        let length = Int(bytes[lengthStart]) << 8 | Int(bytes[lengthStart + 1])
        let rest = bytes[(lengthStart + 2)...]
        guard (1...1_023).contains(length), rest.count > length else {
            throw PasskeyRefusal(.malformed, "the credential's id has an impossible length")
        }
        let keyStart = rest.startIndex + length
        let (key, end) = try readValue(rest[keyStart...])
        return (Credential(id: Array(rest[..<keyStart]), publicKey: key), rest[end...])
    }

    private static func readValue(_ bytes: ArraySlice<UInt8>) throws(PasskeyRefusal) -> (value: CBOR, end: Int) {
        do throws(CBORError) {
            return try CBORReader.readFirst(bytes)
        } catch {
            throw PasskeyRefusal(.malformed, "the authenticator data holds no CBOR where some belongs")
        }
    }
}

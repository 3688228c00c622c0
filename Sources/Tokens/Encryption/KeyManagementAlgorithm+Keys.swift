extension KeyManagementAlgorithm {
    /// The name and the length in bytes of the key that an agreement yields: of the content encryption key for
    /// `ECDH-ES`, of the wrapping key for the others (RFC 7518 §4.6.2).
    package func agreedKey(_ encryption: ContentEncryptionAlgorithm) -> (name: String, length: Int) {
        switch self {
        case .ecdhESA128KW: (rawValue, 16)
        case .ecdhESA192KW: (rawValue, 24)
        case .ecdhESA256KW: (rawValue, 32)
        default: (encryption.rawValue, encryption.keyLength)
        }
    }

    /// Whether a secret is agreed on over a curve (RFC 7518 §4.6).
    public var isAgreement: Bool {
        switch self {
        case .ecdhES, .ecdhESA128KW, .ecdhESA192KW, .ecdhESA256KW: true
        default: false
        }
    }

    /// The length in bytes that a shared secret must have; nil where it may have several, or none is used.
    package var secretLength: Int? {
        switch self {
        case .a128KW, .a128GCMKW: 16
        case .a192KW, .a192GCMKW: 24
        case .a256KW, .a256GCMKW: 32
        default: nil
        }
    }

    /// Other information for the key derivation of an agreement (RFC 7518 §4.6.2): AlgorithmID, PartyUInfo, PartyVInfo and
    /// SuppPubInfo. Each round hashes its number, the agreed secret and this with SHA-256.
    /// - Parameters:
    ///   - name: what the key is for.
    ///   - length: the length of the key in bytes.
    package static func agreementInfo(
        _ name: String, partyUInfo: [UInt8], partyVInfo: [UInt8], length: Int
    ) -> [UInt8] {
        func prefixed(_ bytes: [UInt8]) -> [UInt8] { word(bytes.count) + bytes }
        return prefixed(Array(name.utf8)) + prefixed(partyUInfo) + prefixed(partyVInfo) + word(length * 8)
    }

    /// A number in 32 bits, big-endian.
    package static func word(_ value: Int) -> [UInt8] {
        let value = UInt32(truncatingIfNeeded: value)
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    /// The salt of PBKDF2: the algorithm's name is part of it (RFC 7518 §4.8.1.1).
    package func passwordSalt(_ salt: [UInt8]) -> [UInt8] { Array(rawValue.utf8) + [0] + salt }
}

extension ContentEncryptionAlgorithm {
    /// The length in bytes of the initialization vector, which RFC 7518 §5.2.2.1 and §5.3 fix.
    package var vectorLength: Int {
        switch self {
        case .a128GCM, .a192GCM, .a256GCM: 12
        case .a128CBCHS256, .a192CBCHS384, .a256CBCHS512: 16
        }
    }

    /// Whether AES-CBC encrypts and HMAC authenticates (RFC 7518 §5.2).
    package var isCBC: Bool { vectorLength == 16 }

    /// AL of RFC 7518 §5.2.2.1: the length of the authenticated text in bits, in 64 bits. No text is 2^61 bytes long.
    package static func lengthBlock(_ text: [UInt8]) -> [UInt8] {
        let bits = UInt64(text.count) &* 8
        return [56, 48, 40, 32, 24, 16, 8, 0].map { UInt8(truncatingIfNeeded: bits >> $0) }
    }
}

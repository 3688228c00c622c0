import Codecs
import Crypto
import CryptoExtras
public import Tokens

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A private key under a password: PKCS#8 EncryptedPrivateKeyInfo (RFC 5958 §3) with PBES2 (RFC 8018 §6.2).
public enum EncryptedKey {
    /// The label of its PEM block.
    public static let label = KeyReader.encryptedLabel
    /// The most rounds of PBKDF2 that are run to read a key.
    public static let maximumRounds = 10_000_000
    /// The most memory that scrypt may take to read a key, in bytes.
    public static let maximumMemory = 64 << 20
    /// The rounds of PBKDF2 with HMAC-SHA-256 that keys are written with.
    public static let rounds = 600_000

    /// The private key in an encrypted PKCS#8, in PEM or DER. A wrong password and damage look the same.
    /// - Parameters:
    ///   - text: PEM, or the DER itself.
    ///   - password: its bytes, as they are.
    ///   - purpose: what the key is for; nil takes what keys of its kind are for.
    public static func read(
        _ text: [UInt8], password: [UInt8], purpose: KeyPurpose? = nil
    ) throws(KeyError) -> DecodedKey {
        var der = text
        if PEM.isLikely(text) {
            do throws(PEMError) {
                guard let block = try PEM.read(text).first(where: { $0.label == label }) else {
                    throw PEMError.noBlock
                }
                der = block.der
            } catch {
                throw KeyError(.unreadable, "there is no whole PEM block \"\(label)\": \(error.description)")
            }
        }
        let envelope: Envelope
        do throws(DERError) {
            envelope = try Envelope(der)
        } catch {
            throw KeyError(.malformed, "the encrypted key is damaged: it is not the DER of RFC 5958 §3")
        }
        let plain = try envelope.open(password)
        // One wrong password in 256 leaves padding that looks right, and noise.
        guard plain.first == DERReader.Tag.sequence, let key = try KeyReader.read(plain, purpose: purpose).first else {
            throw Self.wrongPassword
        }
        return key
    }

    private static func unsupported(_ what: String) -> KeyError {
        KeyError(.unsupported, "the key is encrypted with \(what); write it anew: \(remedy)")
    }

    /// The command that writes a key that is under a password anew, in the form that is read here.
    public static let remedy = "openssl pkcs8 -topk8 -in FILE -v2 aes-256-cbc -out key.pem"

    private static let wrongPassword = KeyError(.unreadable, "the password is wrong, or the key is damaged")

    /// A private key in an encrypted PKCS#8, in DER: PBKDF2 with HMAC-SHA-256 and 600,000 rounds, AES-256-CBC; nil for
    /// a key without a private part.
    public static func der(_ key: KeyDocument, password: [UInt8]) throws(KeyError) -> [UInt8]? {
        guard !password.isEmpty else { throw KeyError(.weak, "the password is empty") }
        guard let plain = key.der(.pkcs8) else { return nil }
        let salt = RandomBytes.make(count: 16)
        let vector = RandomBytes.make(count: 16)
        let sealed: [UInt8]
        do {
            let derived = try KDF.Insecure.PBKDF2.deriveKey(
                from: password, salt: salt, using: .sha256, outputByteCount: 32, rounds: rounds)
            sealed = [UInt8](try AES._CBC.encrypt(plain, using: derived, iv: AES._CBC.IV(ivBytes: vector)))
        } catch {
            throw KeyError(.unsupported, "the key could not be encrypted")
        }
        let derivation = DERWriter.sequence([
            Envelope.identifier(Envelope.pbkdf2),
            DERWriter.sequence([
                DERWriter.element(DERReader.Tag.octetString, salt),
                DERWriter.unsignedInteger([0x09, 0x27, 0xC0]),
                DERWriter.sequence([
                    Envelope.identifier(Envelope.hmacSHA256), DERWriter.element(DERReader.Tag.null, []),
                ]),
            ]),
        ])
        let cipher = DERWriter.sequence([
            Envelope.identifier(Envelope.aes256CBC), DERWriter.element(DERReader.Tag.octetString, vector),
        ])
        return DERWriter.sequence([
            DERWriter.sequence([Envelope.identifier(Envelope.pbes2), DERWriter.sequence([derivation, cipher])]),
            DERWriter.element(DERReader.Tag.octetString, sealed),
        ])
    }

    /// The same in PEM.
    public static func pem(_ key: KeyDocument, password: [UInt8]) throws(KeyError) -> String? {
        try der(key, password: password).map { PEM.write(label: label, der: $0) }
    }

    /// What the structure says: how the key is derived, how the content is encrypted, and the content.
    private struct Envelope {
        static let pbes2: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05, 0x0D]
        static let pbkdf2: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05, 0x0C]
        static let scrypt: [UInt8] = [0x2B, 0x06, 0x01, 0x04, 0x01, 0xDA, 0x47, 0x04, 0x0B]
        static let hmacSHA256: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x02, 0x09]
        static let aes256CBC: [UInt8] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2A]

        enum Derivation {
            case pbkdf2(hash: KDF.Insecure.PBKDF2.HashFunction, salt: [UInt8], rounds: Int)
            case scrypt(salt: [UInt8], cost: Int, blockSize: Int, parallelism: Int)
            case other(String)
        }

        private var derivation = Derivation.other("another scheme than PBES2")
        private var keyLength: Int?
        private var vector: [UInt8] = []
        private var content: [UInt8] = []

        init(_ der: [UInt8]) throws(DERError) {
            var outer = DERReader(der)
            var info = try outer.enter(DERReader.Tag.sequence)
            try outer.finish()
            var algorithm = try info.enter(DERReader.Tag.sequence)
            content = try info.read(DERReader.Tag.octetString)
            try info.finish()
            guard try algorithm.read(DERReader.Tag.objectIdentifier) == Self.pbes2 else { return }
            var parameters = try algorithm.enter(DERReader.Tag.sequence)
            try algorithm.finish()
            derivation = try Self.derivation(try parameters.enter(DERReader.Tag.sequence))
            var cipher = try parameters.enter(DERReader.Tag.sequence)
            try parameters.finish()
            switch try cipher.read(DERReader.Tag.objectIdentifier) {
            case [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x02]: keyLength = 16
            case [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x16]: keyLength = 24
            case Self.aes256CBC: keyLength = 32
            default: return
            }
            vector = try cipher.read(DERReader.Tag.octetString)
            try cipher.finish()
        }

        func open(_ password: [UInt8]) throws(KeyError) -> [UInt8] {
            guard let keyLength else {
                var what = "another cipher than AES-128, AES-192 or AES-256 in CBC"
                // Of another scheme than PBES2 the cipher is not even looked at.
                if case .other(let scheme) = derivation { what = scheme }
                throw EncryptedKey.unsupported(what)
            }
            let derived: SymmetricKey
            do {
                switch derivation {
                case .pbkdf2(let hash, let salt, let rounds):
                    guard rounds >= 1, rounds <= EncryptedKey.maximumRounds else {
                        throw KeyError(
                            .malformed,
                            "the key wants \(rounds) rounds of PBKDF2; the most that are run is \(EncryptedKey.maximumRounds)"
                        )
                    }
                    derived = try KDF.Insecure.PBKDF2.deriveKey(
                        from: password, salt: salt, using: hash, outputByteCount: keyLength,
                        unsafeUncheckedRounds: rounds)
                case .scrypt(let salt, let cost, let blockSize, let parallelism):
                    // 128 × cost × block size bytes (RFC 7914 §2), each factor bounded first so that nothing overflows.
                    guard cost > 1, cost & (cost - 1) == 0, cost <= 1 << 20, blockSize >= 1, blockSize <= 64,
                        parallelism >= 1, parallelism <= 16, 128 * cost * blockSize <= EncryptedKey.maximumMemory
                    else {
                        throw KeyError(
                            .malformed,
                            "the key wants more memory or time for scrypt than the \(EncryptedKey.maximumMemory) bytes it gets"
                        )
                    }
                    derived = try KDF.Scrypt.deriveKey(
                        from: password, salt: salt, outputByteCount: keyLength, rounds: cost, blockSize: blockSize,
                        parallelism: parallelism)
                case .other(let what): throw EncryptedKey.unsupported(what)
                }
                return [UInt8](try AES._CBC.decrypt(content, using: derived, iv: AES._CBC.IV(ivBytes: vector)))
            } catch let error as KeyError {
                throw error
            } catch {
                throw EncryptedKey.wrongPassword
            }
        }

        private static func derivation(_ reader: DERReader) throws(DERError) -> Derivation {
            var reader = reader
            let identifier = try reader.read(DERReader.Tag.objectIdentifier)
            var parameters = try reader.enter(DERReader.Tag.sequence)
            try reader.finish()
            switch identifier {
            case pbkdf2:
                guard parameters.nextTag == DERReader.Tag.octetString else {
                    return .other("PBKDF2 with a salt from elsewhere")
                }
                let salt = try parameters.read(DERReader.Tag.octetString)
                let rounds = try number(&parameters)
                if parameters.nextTag == DERReader.Tag.integer { _ = try number(&parameters) }
                // What is left out means HMAC-SHA-1 (RFC 8018 §A.2).
                guard !parameters.isAtEnd else { return .pbkdf2(hash: .insecureSHA1, salt: salt, rounds: rounds) }
                var function = try parameters.enter(DERReader.Tag.sequence)
                try parameters.finish()
                let hash = try function.read(DERReader.Tag.objectIdentifier)
                guard hash.dropLast() == hmacSHA256.dropLast() else { return .other("PBKDF2 with another hash") }
                switch hash.last {
                case 0x07: return .pbkdf2(hash: .insecureSHA1, salt: salt, rounds: rounds)
                case 0x09: return .pbkdf2(hash: .sha256, salt: salt, rounds: rounds)
                case 0x0A: return .pbkdf2(hash: .sha384, salt: salt, rounds: rounds)
                case 0x0B: return .pbkdf2(hash: .sha512, salt: salt, rounds: rounds)
                default: return .other("PBKDF2 with another hash than SHA-1, SHA-256, SHA-384 or SHA-512")
                }
            case scrypt:
                let salt = try parameters.read(DERReader.Tag.octetString)
                let cost = try number(&parameters)
                let blockSize = try number(&parameters)
                let parallelism = try number(&parameters)
                return .scrypt(salt: salt, cost: cost, blockSize: blockSize, parallelism: parallelism)
            default: return .other("another key derivation than PBKDF2 or scrypt")
            }
        }

        /// A whole number below 2^31.
        private static func number(_ reader: inout DERReader) throws(DERError) -> Int {
            let bytes = try reader.readUnsignedInteger()
            guard bytes.count <= 4 else { throw .malformed }
            return bytes.reduce(0) { $0 << 8 | Int($1) }
        }

        static func identifier(_ bytes: [UInt8]) -> [UInt8] {
            DERWriter.element(DERReader.Tag.objectIdentifier, bytes)
        }
    }
}

/// What somebody wants of a key.
public enum KeyTask: Sendable, CaseIterable {
    /// To check a signature.
    case verify
    /// To make a signature.
    case sign
    /// To encrypt a token.
    case encrypt
    /// To decrypt a token.
    case decrypt
}

/// What `use` and `key_ops` let a key do (RFC 7517 §4.2, §4.3), by the names of `key_ops`.
public struct KeyOperations: OptionSet, Sendable {
    /// One bit for each name.
    public let rawValue: UInt16

    /// A set of names by their bits.
    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// Making signatures.
    public static let sign = KeyOperations(rawValue: 1)
    /// Checking signatures.
    public static let verify = KeyOperations(rawValue: 2)
    /// Encrypting content.
    public static let encrypt = KeyOperations(rawValue: 4)
    /// Decrypting content.
    public static let decrypt = KeyOperations(rawValue: 8)
    /// Encrypting a key.
    public static let wrapKey = KeyOperations(rawValue: 16)
    /// Decrypting a key.
    public static let unwrapKey = KeyOperations(rawValue: 32)
    /// Deriving a key.
    public static let deriveKey = KeyOperations(rawValue: 64)
    /// Deriving bits that are no key.
    public static let deriveBits = KeyOperations(rawValue: 128)
    /// Being the other side's half of a key agreement. It has no name: Web Cryptography counts the private half's
    /// operations alone, and writes `"key_ops":[]` into public keys of ECDH and X25519.
    static let agreedWith = KeyOperations(rawValue: 256)

    /// Everything: a key that says nothing.
    public static let all: KeyOperations = [.signatures, .encryption]
    /// What `"use":"sig"` allows.
    static let signatures: KeyOperations = [.sign, .verify]
    /// What `"use":"enc"` allows.
    static let encryption: KeyOperations = [
        .encrypt, .decrypt, .wrapKey, .unwrapKey, .deriveKey, .deriveBits, .agreedWith,
    ]

    /// Whether a key that is allowed these operations may do a task with the algorithm that it is for.
    public func allow(_ task: KeyTask, for purpose: KeyPurpose, of material: KeyMaterial) -> Bool {
        var own = self
        if material.isPrivate {
            own.remove(.agreedWith)
            if case .secret = material {} else if task == .encrypt { own = own.ofPublicHalf }
        }
        return !own.isDisjoint(with: purpose.operations(for: task, of: material))
            && (material.isPrivate || task == .verify || task == .encrypt)
    }

    /// What they allow the public half of an encrypting pair: those of a private key name what the private half does, and
    /// the public half does the counterpart.
    public var ofPublicHalf: KeyOperations {
        var half = self
        if contains(.decrypt) { half.insert(.encrypt) }
        if contains(.unwrapKey) { half.insert(.wrapKey) }
        return half
    }
}

extension KeyPurpose {
    /// The operations of which a key needs one for a task. This and its relative below are the whole rule.
    func operations(for task: KeyTask, of material: KeyMaterial) -> KeyOperations {
        switch (self, task) {
        case (.signature, .verify): .verify
        case (.signature, .sign): .sign
        case (.signature, .encrypt), (.signature, .decrypt): []
        case (.keyManagement(let algorithm), let task): algorithm.operations(for: task)
        case (.contentEncryption, let task): KeyManagementAlgorithm.direct.operations(for: task)
        case (.encryption, let task):
            // Judged again when the algorithm is known.
            KeyManagementAlgorithm.allCases.reduce(into: []) { operations, algorithm in
                if material.fits(algorithm) { operations.formUnion(algorithm.operations(for: task)) }
            }
        }
    }
}

extension KeyManagementAlgorithm {
    /// The operations of which a key for this algorithm needs one for a task (RFC 7517 §4.3: `encrypt` is for content,
    /// `wrapKey` for keys; Web Cryptography §14.3 has the same names).
    func operations(for task: KeyTask) -> KeyOperations {
        switch (self, task) {
        case (_, .verify), (_, .sign): []
        // The key encrypts the content itself.
        case (.direct, .encrypt): .encrypt
        case (.direct, .decrypt): .decrypt
        // RFC 3394 encrypts keys and nothing else; Web Cryptography knows no other operation of these keys.
        case (.a128KW, .encrypt), (.a192KW, .encrypt), (.a256KW, .encrypt): .wrapKey
        case (.a128KW, .decrypt), (.a192KW, .decrypt), (.a256KW, .decrypt): .unwrapKey
        // AES-GCM and RSAES-OAEP encrypt a key like any other content. Libraries differ in which name they write.
        case (.a128GCMKW, .encrypt), (.a192GCMKW, .encrypt), (.a256GCMKW, .encrypt), (.rsaOAEP, .encrypt),
            (.rsaOAEP256, .encrypt):
            [.encrypt, .wrapKey]
        case (.a128GCMKW, .decrypt), (.a192GCMKW, .decrypt), (.a256GCMKW, .decrypt), (.rsaOAEP, .decrypt),
            (.rsaOAEP256, .decrypt):
            [.decrypt, .unwrapKey]
        case (.ecdhES, .encrypt), (.ecdhESA128KW, .encrypt), (.ecdhESA192KW, .encrypt), (.ecdhESA256KW, .encrypt):
            [.deriveKey, .deriveBits, .agreedWith]
        case (.ecdhES, .decrypt), (.ecdhESA128KW, .decrypt), (.ecdhESA192KW, .decrypt), (.ecdhESA256KW, .decrypt):
            [.deriveKey, .deriveBits]
        // The key is the password; what wraps is derived from it.
        case (.pbes2HS256A128KW, _), (.pbes2HS384A192KW, _), (.pbes2HS512A256KW, _): [.deriveKey, .deriveBits]
        }
    }
}

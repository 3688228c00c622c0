public import ArgumentParser
import Codecs
import JOSE
public import Tokens

/// Which key encrypts or decrypts: a document, or a password.
struct EncryptionKeyOptions: ParsableArguments {
    @Option(name: .long, help: "A file with the key: PEM, JWK, or (to decrypt) a JWK set; - is standard input.")
    var key: String?

    @OptionGroup var keyPassword: KeyPasswordOptions

    @Option(name: .long, help: "A file with a password (PBES2). One line feed at its end does not count.")
    var passwordFile: String?

    @Option(name: .long, help: "The environment variable that holds the password.")
    var passwordEnv: String?

    @Flag(name: .long, help: "Ask for the password at the terminal.")
    var passwordPrompt = false

    @Option(
        name: .customLong("alg"),
        help: "What the key is for, if it does not say so itself, such as RSA-OAEP-256 or ECDH-ES+A256KW.")
    var algorithm: KeyManagementAlgorithm?

    /// Whether any option says which key to use.
    var isGiven: Bool { key != nil || isPassword }

    /// Whether the key is a password.
    var isPassword: Bool { passwordFile != nil || passwordEnv != nil || passwordPrompt }

    /// What a password is for where nothing says so.
    private static let passwordAlgorithm = KeyManagementAlgorithm.pbes2HS512A256KW

    func validate() throws {
        if key != nil, isPassword { throw ValidationError("give --key or a password, not both") }
        if isPassword, let algorithm, !algorithm.isPasswordBased {
            throw ValidationError("a password goes with the PBES2 algorithms; for \(algorithm.rawValue) give --key")
        }
    }

    /// The one key that encrypts, and the content encryption that it is for where it says so.
    func encryptionKey() throws -> (key: EncryptionKey, encryption: ContentEncryptionAlgorithm?) {
        try named { () throws -> (key: EncryptionKey, encryption: ContentEncryptionAlgorithm?) in
            if let password = try password() {
                let decoded = try passwordKey(password, algorithm ?? Self.passwordAlgorithm)
                return (try EncryptionKey(decoded), nil)
            }
            let document = try document()
            return (try document.encryptionKey(), document.encryption)
        }
    }

    /// The keys that decrypt. A password is tried with each algorithm for passwords, unless one was named.
    func decryptionKeys() throws -> [DecryptionKey] {
        try named { () throws -> [DecryptionKey] in
            if let password = try password() {
                let algorithms = algorithm.map { [$0] } ?? KeyManagementAlgorithm.allCases.filter(\.isPasswordBased)
                return try algorithms.map { try DecryptionKey(try passwordKey(password, $0)) }
            }
            return try document().decryptionKeys()
        }
    }

    private func document() throws -> EncryptionKeyDocument {
        guard let key else {
            throw CommandFailure.usage("a key is needed: --key FILE (PEM, JWK) or --password-file FILE")
        }
        return try EncryptionKeyDocument(file: key, algorithm: algorithm, keyPassword)
    }

    private func password() throws -> [UInt8]? {
        try SecretInput.read(
            name: "password", value: nil, file: passwordFile, variable: passwordEnv, prompt: passwordPrompt)
    }

    private func passwordKey(_ password: [UInt8], _ algorithm: KeyManagementAlgorithm) throws -> DecodedKey {
        guard let key = try KeyReader.read(password, as: .utf8, purpose: .keyManagement(algorithm)).first else {
            throw KeyError(.unreadable, "there is no password")
        }
        return key
    }

    private func named<Answer>(_ read: () throws -> Answer) throws -> Answer {
        do {
            return try read()
        } catch let error as KeyError {
            let name = key ?? passwordFile ?? passwordEnv ?? "the password"
            throw CommandFailure.usage("\(name): \(error.detail) (\(error.code.rawValue))")
        }
    }
}

/// A text that holds one key for encryption, or a set of keys of which some are.
struct EncryptionKeyDocument {
    let text: [UInt8]
    /// What the keys are for that do not say so themselves.
    let algorithm: KeyManagementAlgorithm?
    /// The keys, where reading them took more than the text.
    private let opened: [DecodedKey]?

    /// The keys of a text.
    init(text: [UInt8], algorithm: KeyManagementAlgorithm?) {
        self.text = text
        self.algorithm = algorithm
        opened = nil
    }

    /// The keys of a file, which may be under a password.
    init(file: String, algorithm: KeyManagementAlgorithm?, _ password: KeyPasswordOptions) throws {
        text = try InputFile.read(file)
        self.algorithm = algorithm
        // A JWK says more than a key alone: what a set holds, and what dir is for.
        guard (try? JSONReader.read(text))?.object == nil else {
            opened = nil
            return
        }
        opened = try password.keys(in: text, named: file, purpose: algorithm.map { .keyManagement($0) })
    }

    /// What the one key of a JWK encrypts by itself (`dir`), where its `alg` says so.
    var encryption: ContentEncryptionAlgorithm? {
        (try? JSONReader.read(text))?.object?["alg"]?.string.flatMap { ContentEncryptionAlgorithm(name: $0) }
    }

    /// The one key, which must be able to encrypt.
    func encryptionKey() throws(KeyError) -> EncryptionKey {
        if let jwk = object {
            guard jwk["keys"] == nil else { throw KeyError(.set, "this is a set; give the one key to encrypt with") }
            return try EncryptionKey(jwk: jwk, algorithm: algorithm)
        }
        return try EncryptionKey(try single(), algorithm: algorithm)
    }

    /// The keys that can decrypt; those of a set that cannot are left out, as long as one is left.
    func decryptionKeys() throws(KeyError) -> [DecryptionKey] {
        guard let object else { return [try DecryptionKey(try single(), algorithm: algorithm)] }
        guard let set = object["keys"] else { return [try DecryptionKey(jwk: object, algorithm: algorithm)] }
        guard let elements = set.array else { throw KeyError(.set, "\"keys\" is no array") }
        guard elements.count <= JWKReader.maximumKeys else {
            throw KeyError(.set, "a set has at most \(JWKReader.maximumKeys) keys; this one has \(elements.count)")
        }
        var keys: [DecryptionKey] = []
        var complaint = KeyError(.set, "the set has no key")
        for element in elements {
            do throws(KeyError) {
                guard let jwk = element.object else { throw KeyError(.set, "\"keys\" holds something else than keys") }
                keys.append(try DecryptionKey(jwk: jwk, algorithm: algorithm))
            } catch {
                complaint = error
            }
        }
        guard !keys.isEmpty else { throw complaint }
        return keys
    }

    private var object: JSONObject? { (try? JSONReader.read(text))?.object }

    private func single() throws(KeyError) -> DecodedKey {
        let keys: [DecodedKey]
        if let opened {
            keys = opened
        } else {
            keys = try KeyReader.read(text, purpose: algorithm.map { .keyManagement($0) })
        }
        guard let key = keys.first, keys.count == 1 else {
            throw KeyError(.set, "there are \(keys.count) keys; give one")
        }
        return key
    }
}

extension KeyManagementAlgorithm {
    /// Whether the key is a password, which lets whoever made a token say how much work it is to read it.
    var isPasswordBased: Bool {
        switch self {
        case .pbes2HS256A128KW, .pbes2HS384A192KW, .pbes2HS512A256KW: true
        default: false
        }
    }

    /// Whether the key is agreed on over a curve.
    var isAgreement: Bool {
        switch self {
        case .ecdhES, .ecdhESA128KW, .ecdhESA192KW, .ecdhESA256KW: true
        default: false
        }
    }
}

extension KeyManagementAlgorithm: ExpressibleByArgument {}
extension ContentEncryptionAlgorithm: ExpressibleByArgument {}
extension AgreementCurve: ExpressibleByArgument {}

import ArgumentParser
import Codecs
import JOSE
import Tokens

/// Which key encrypts or decrypts: a document, or a password.
struct EncryptionKeyOptions: ParsableArguments {
    @Option(
        name: .customLong("key"),
        help: """
            A file with the key: PEM, JWK, or (to decrypt) a JWK set; - is standard input. To encrypt for several, it may \
            be repeated.
            """)
    var keyFiles: [String] = []

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
    var isGiven: Bool { !keyFiles.isEmpty || isPassword }

    /// Whether a key comes from standard input.
    var readsStandardInput: Bool { keyFiles.contains("-") }

    /// Whether the key is a password.
    var isPassword: Bool { passwordFile != nil || passwordEnv != nil || passwordPrompt }

    /// What a password is for where nothing says so.
    private static let passwordAlgorithm = KeyManagementAlgorithm.pbes2HS512A256KW

    func validate() throws {
        if keyFiles.filter({ $0 == "-" }).count > 1 {
            throw ValidationError("only one key can come from standard input")
        }
        if !keyFiles.isEmpty, isPassword { throw ValidationError("give --key or a password, not both") }
        if isPassword, let algorithm, !algorithm.isPasswordBased {
            throw ValidationError("a password goes with the PBES2 algorithms; for \(algorithm.rawValue) give --key")
        }
    }

    /// The keys that encrypt, one of each file, and the content encryption that they are for where one says so.
    func encryptionKeys() throws -> (keys: [EncryptionKey], encryption: ContentEncryptionAlgorithm?) {
        if isPassword || keyFiles.isEmpty {
            return try named(passwordFile ?? "the password") {
                guard let password = try password() else { throw Self.missing }
                return ([try EncryptionKey(try passwordKey(password, algorithm ?? Self.passwordAlgorithm))], nil)
            }
        }
        var keys: [EncryptionKey] = []
        var encryption: ContentEncryptionAlgorithm?
        for file in keyFiles {
            try named(file) {
                let document = try EncryptionKeyDocument(
                    file: file, algorithm: algorithm, keyPassword, option: "--key")
                keys.append(try document.encryptionKey())
                encryption = encryption ?? document.encryption
            }
        }
        return (keys, encryption)
    }

    /// The keys that decrypt. A password is tried with each algorithm for passwords, unless one was named.
    func decryptionKeys() throws -> [DecryptionKey] {
        guard keyFiles.count <= 1 else {
            throw CommandFailure.usage(
                "--key was given \(keyFiles.count) times; give one (a JWK set holds several keys)")
        }
        return try named(keyFiles.first ?? passwordFile ?? "the password") { () throws -> [DecryptionKey] in
            if let password = try password() {
                let algorithms = algorithm.map { [$0] } ?? KeyManagementAlgorithm.allCases.filter(\.isPasswordBased)
                return try algorithms.map { try DecryptionKey(try passwordKey(password, $0)) }
            }
            guard let file = keyFiles.first else { throw Self.missing }
            return try EncryptionKeyDocument(file: file, algorithm: algorithm, keyPassword, option: "--key")
                .decryptionKeys(report: PassedOver.report)
        }
    }

    private static let missing = CommandFailure.usage("a key is needed: --key FILE (PEM, JWK) or --password-file FILE")

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

    private func named<Answer>(_ name: String, _ read: () throws -> Answer) throws -> Answer {
        do {
            return try read()
        } catch let error as KeyError {
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
    /// - Parameter option: the option that named the file.
    init(
        file: String, algorithm: KeyManagementAlgorithm?, _ password: KeyPasswordOptions,
        option: String = "--decryption-key"
    ) throws {
        text = try KeyFile.read(file, option: option)
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

    /// The keys that can decrypt; those of a set that are for something else are left out, as long as one is left.
    /// - Parameter report: hears of the keys of a set that are no good.
    func decryptionKeys(report: ([KeyError]) -> Void = { _ in }) throws(KeyError) -> [DecryptionKey] {
        guard let object else { return [try DecryptionKey(try single(), algorithm: algorithm)] }
        guard object["keys"] != nil else { return [try DecryptionKey(jwk: object, algorithm: algorithm)] }
        let decoded = try JWKReader.read(text, purpose: algorithm.map { .keyManagement($0) })
        var keys: [DecryptionKey] = []
        var passedOver: [KeyError] = []
        var complaint = KeyError(.set, "the set has no key")
        for (index, (key, element)) in zip(decoded, object["keys"]?.array ?? []).enumerated() {
            do throws(KeyError) {
                if let complaint = key.complaint { throw complaint }
                guard let jwk = element.object else { continue }
                keys.append(try DecryptionKey(jwk: jwk, algorithm: algorithm))
            } catch {
                complaint = key.complaint ?? error.ofKey(index)
                // A public key, or one for signatures, is no bad key.
                if key.complaint != nil || ![.usage, .notPrivate].contains(error.code) { passedOver.append(complaint) }
            }
        }
        guard !keys.isEmpty else { throw complaint }
        report(passedOver)
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
        guard algorithm != nil || key.description.keyManagement != nil || !key.description.mayEncrypt else {
            let fitting = if case .rsa = key.material { "RSA-OAEP-256" } else { "ECDH-ES+A256KW" }
            throw KeyError(
                .usage, "PEM and DER do not say how a key encrypts; name it with --alg, such as --alg \(fitting)")
        }
        return key
    }
}

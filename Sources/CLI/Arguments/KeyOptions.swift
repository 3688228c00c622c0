import ArgumentParser
import Codecs
import JOSE
import Tokens

/// Which key to use. There is no default, and nothing is guessed: a secret is named as one.
struct KeyOptions: ParsableArguments {
    @Option(
        name: .customLong("key"),
        help: "A file with the key: PEM, JWK, or (to verify) a JWK set; - is standard input.")
    var keyFiles: [String] = []

    /// Whether a key is read from standard input.
    var readsStandardInput: Bool { keyFiles.contains("-") }

    @OptionGroup var password: KeyPasswordOptions

    @Option(name: .long, help: "A file with a shared secret. One line feed at its end does not count.")
    var secretFile: String?

    @Option(name: .long, help: "The environment variable that holds the shared secret.")
    var secretEnv: String?

    @Flag(name: .long, help: "Ask for the shared secret at the terminal.")
    var secretPrompt = false

    @Option(name: .long, help: "The shared secret itself. Others can see it there: prefer the three above.")
    var secret: String?

    @Option(name: .long, help: "How the secret is written: utf8, base64, base64url or hex.")
    var secretForm: SecretForm = .utf8

    @Option(
        name: .customLong("alg"),
        help: "What the key is for, if it does not say so itself, such as ES256 or HS512.")
    var algorithmName: SignatureAlgorithmName?

    enum SecretForm: String, ExpressibleByArgument, CaseIterable {
        case utf8, base64, base64url, hex

        var form: KeyReader.Form {
            switch self {
            case .utf8: .utf8
            case .base64: .base64
            case .base64url: .base64url
            case .hex: .hex
            }
        }
    }

    /// What the key is for, if it does not say so itself.
    var algorithm: SignatureAlgorithm? { algorithmName?.algorithm }

    /// Whether any option says which key to use.
    var isGiven: Bool { !keyFiles.isEmpty || isSecretGiven }

    /// The file with the key.
    private var key: String? { keyFiles.first }

    private var isSecretGiven: Bool { secretFile != nil || secretEnv != nil || secretPrompt || secret != nil }

    /// What the key is called in a complaint.
    private var name: String { key ?? secretFile ?? secretEnv ?? (isSecretGiven ? "the secret" : "the key") }

    /// The key as it was given, unread; one that is under a password, opened.
    func text() throws -> (bytes: [UInt8], form: KeyReader.Form) {
        try requireOneKey()
        if let key {
            let text = try KeyFile.read(key, option: "--key")
            guard KeyReader.isEncrypted(text) else { return (text, .document) }
            let opened = try password.keys(in: text, named: key, purpose: algorithm.map { .signature($0) })
            return (JSONWriter.write(["keys": .array(try opened.map { .object(try KeyDocument($0).jwk) })]), .document)
        }
        let secret = try SecretInput.read(
            name: "secret", value: secret, file: secretFile, variable: secretEnv, prompt: secretPrompt)
        guard let secret else { throw CommandFailure.usage("a key is needed: --key FILE or --secret-file FILE") }
        return (secret, secretForm.form)
    }

    /// The keys that sign, one of each file.
    /// - Parameter id: the name (`kid`) of a key that says none itself.
    func signingKeys(id: ByteString? = nil) throws -> [SigningKey] {
        guard keyFiles.count > 1 else { return [try signingKey(try read(), id: id)] }
        guard !isSecretGiven else { throw CommandFailure.usage("give --key or --secret-file, not both") }
        guard id == nil else { throw CommandFailure.usage("--id names one key; there are \(keyFiles.count)") }
        guard keyFiles.filter({ $0 == "-" }).count <= 1 else {
            throw CommandFailure.usage("only one key can come from standard input")
        }
        return try keyFiles.map { try signingKey(try fitting(try decoded($0), of: $0), id: nil) }
    }

    private func signingKey(_ decoded: [DecodedKey], id: ByteString?) throws -> SigningKey {
        do {
            guard var key = decoded.first, decoded.count == 1 else {
                throw CommandFailure.usage("there are \(decoded.count) keys; give the one to sign with")
            }
            if let id {
                guard key.description.id == nil || key.description.id == id else {
                    throw CommandFailure.usage("the key has a name (kid) of its own; leave --id out")
                }
                key = key.named(id)
            }
            return try SigningKey(key)
        } catch let error as KeyError {
            throw CommandFailure.usage("\(error.detail) (\(error.code.rawValue))")
        }
    }

    /// Where one key is wanted, a second one would be passed over without a word.
    private func requireOneKey() throws {
        guard keyFiles.count <= 1 else {
            throw CommandFailure.usage(
                "--key was given \(keyFiles.count) times; give one (a JWK set holds several keys)")
        }
    }

    /// The keys, as their document gives them; with `--alg`, only those that are for it.
    func read() throws -> [DecodedKey] { try fitting(decoded(), of: name) }

    /// The keys of a published set as a trusted one; with `--alg`, only those that are for it.
    func keySet(_ published: PublishedKeys) throws -> KeySet {
        guard !isGiven else { throw CommandFailure.usage("keys are taken from a file or fetched, not both") }
        guard let algorithm else { return published.keys }
        do {
            let keys = try JWKReader.readPublic(published.document, purpose: .signature(algorithm))
            return try KeySet(try fitting(keys, of: published.address))
        } catch let error as KeyError {
            throw CommandFailure.usage("\(Download.shown(published.address)): \(error.detail) (\(error.code.rawValue))")
        }
    }

    private func fitting(_ keys: [DecodedKey], of name: String) throws -> [DecodedKey] {
        guard let algorithm else { return keys }
        guard !keys.contains(where: { $0.description.algorithm == algorithm }) else {
            // What is no good stays, to be named.
            return keys.filter { $0.description.algorithm == algorithm || $0.complaint != nil }
        }
        if let complaint = keys.first?.complaint, keys.count == 1 {
            throw CommandFailure.usage("\(name): \(complaint.detail) (\(complaint.code.rawValue))")
        }
        let found = keys.compactMap { $0.description.algorithm?.rawValue }.joined(separator: ", ")
        throw CommandFailure.usage(
            "\(name) is for \(found.isEmpty ? "something else" : found), not for "
                + "\(algorithm.rawValue) (\(KeyError.Code.usage.rawValue))")
    }

    private func decoded() throws -> [DecodedKey] {
        guard isGiven else {
            throw CommandFailure.usage("a key is needed: --key FILE (PEM, JWK, JWK set) or --secret-file FILE")
        }
        guard key == nil || !isSecretGiven else {
            throw CommandFailure.usage("give --key or --secret-file, not both")
        }
        try requireOneKey()
        if let key { return try decoded(key) }
        do {
            let secret = try SecretInput.read(
                name: "secret", value: secret, file: secretFile, variable: secretEnv, prompt: secretPrompt)
            return try KeyReader.read(secret ?? [], as: secretForm.form, algorithm: algorithm)
        } catch let error as KeyError {
            throw CommandFailure.usage("\(name): \(error.detail) (\(error.code.rawValue))")
        }
    }

    private func decoded(_ file: String) throws -> [DecodedKey] {
        try password.keys(
            in: try KeyFile.read(file, option: "--key"), named: file, purpose: algorithm.map { .signature($0) })
    }
}

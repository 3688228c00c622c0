public import ArgumentParser
import Codecs
import JOSE
public import Tokens

/// Which key to use. There is no default, and nothing is guessed: a secret is named as one.
struct KeyOptions: ParsableArguments {
    @Option(name: .long, help: "A file with the key: PEM, JWK, or (to verify) a JWK set; - is standard input.")
    var key: String?

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
    var algorithm: SignatureAlgorithm?

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

    /// Whether any option says which key to use.
    var isGiven: Bool { key != nil || isSecretGiven }

    private var isSecretGiven: Bool { secretFile != nil || secretEnv != nil || secretPrompt || secret != nil }

    /// What the key is called in a complaint.
    private var name: String { key ?? secretFile ?? secretEnv ?? (isSecretGiven ? "the secret" : "the key") }

    /// The keys as a trusted set.
    func keySet() throws -> KeySet {
        do {
            return try KeySet(try read())
        } catch let error as KeyError {
            throw CommandFailure.usage("\(error.detail) (\(error.code.rawValue))")
        }
    }

    /// The key as it was given, unread; one that is under a password, opened.
    func text() throws -> (bytes: [UInt8], form: KeyReader.Form) {
        if let key {
            let text = try InputFile.read(key)
            guard KeyReader.isEncrypted(text) else { return (text, .document) }
            let opened = try password.keys(in: text, named: key, purpose: algorithm.map { .signature($0) })
            return (JSONWriter.write(["keys": .array(try opened.map { .object(try KeyDocument($0).jwk) })]), .document)
        }
        let secret = try SecretInput.read(
            name: "secret", value: secret, file: secretFile, variable: secretEnv, prompt: secretPrompt)
        guard let secret else { throw CommandFailure.usage("a key is needed: --key FILE or --secret-file FILE") }
        return (secret, secretForm.form)
    }

    /// The one key that signs.
    func signingKey() throws -> SigningKey {
        do {
            let decoded = try read()
            guard let key = decoded.first, decoded.count == 1 else {
                throw CommandFailure.usage("there are \(decoded.count) keys; give the one to sign with")
            }
            return try SigningKey(key)
        } catch let error as KeyError {
            throw CommandFailure.usage("\(error.detail) (\(error.code.rawValue))")
        }
    }

    /// The keys, as their document gives them; with `--alg`, only those that are for it.
    func read() throws -> [DecodedKey] { try fitting(decoded(), of: name) }

    /// The keys of a published set as a trusted one; with `--alg`, only those that are for it.
    func keySet(_ published: PublishedKeys) throws -> KeySet {
        guard !isGiven else { throw CommandFailure.usage("keys are taken from a file or fetched, not both") }
        guard let algorithm else { return published.keys }
        do {
            let keys = try KeyReader.read(published.document, algorithm: algorithm)
            return try KeySet(try fitting(keys, of: published.address))
        } catch let error as KeyError {
            throw CommandFailure.usage("\(published.address): \(error.detail) (\(error.code.rawValue))")
        }
    }

    private func fitting(_ keys: [DecodedKey], of name: String) throws -> [DecodedKey] {
        guard let algorithm else { return keys }
        let fitting = keys.filter { $0.description.algorithm == algorithm }
        guard fitting.isEmpty else { return fitting }
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
        do {
            if let key {
                return try password.keys(
                    in: try InputFile.read(key), named: key, purpose: algorithm.map { .signature($0) })
            }
            let secret = try SecretInput.read(
                name: "secret", value: secret, file: secretFile, variable: secretEnv, prompt: secretPrompt)
            return try KeyReader.read(secret ?? [], as: secretForm.form, algorithm: algorithm)
        } catch let error as KeyError {
            throw CommandFailure.usage("\(name): \(error.detail) (\(error.code.rawValue))")
        }
    }
}

extension SignatureAlgorithm: ExpressibleByArgument {}

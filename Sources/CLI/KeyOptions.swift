public import ArgumentParser
import Codecs
import JOSE
public import Tokens

/// Which key to use. There is no default, and nothing is guessed: a secret is named as one.
struct KeyOptions: ParsableArguments {
    @Option(name: .long, help: "A file with the key: PEM, JWK, or (to verify) a JWK set.")
    var key: String?

    @Option(name: .long, help: "A file with a shared secret for HS256. One line feed at its end does not count.")
    var secretFile: String?

    @Option(name: .long, help: "How the secret is written: utf8, base64, base64url or hex.")
    var secretForm: SecretForm = .utf8

    @Option(
        name: .customLong("alg"),
        help: "What the key is for, if it does not say so itself: HS256, RS256, ES256, Ed25519.")
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
    var isGiven: Bool { key != nil || secretFile != nil }

    /// The keys as a trusted set.
    func keySet() throws -> KeySet {
        do {
            return try KeySet(try read())
        } catch let error as KeyError {
            throw CommandFailure.usage("\(error.detail) (\(error.code.rawValue))")
        }
    }

    /// The keys, as their document gives them; with `--alg`, only those that are for it.
    func read() throws -> [DecodedKey] {
        let keys = try decoded()
        guard let algorithm else { return keys }
        let fitting = keys.filter { $0.description.algorithm == algorithm }
        guard fitting.isEmpty else { return fitting }
        let found = keys.compactMap { $0.description.algorithm?.rawValue }.joined(separator: ", ")
        throw CommandFailure.usage(
            "\(key ?? secretFile ?? "the key") is for \(found.isEmpty ? "something else" : found), not for "
                + "\(algorithm.rawValue) (\(KeyError.Code.usage.rawValue))")
    }

    private func decoded() throws -> [DecodedKey] {
        do {
            switch (key, secretFile) {
            case (.some, .some): throw CommandFailure.usage("give --key or --secret-file, not both")
            case (.none, .none):
                throw CommandFailure.usage("a key is needed: --key FILE (PEM, JWK, JWK set) or --secret-file FILE")
            case (.some(let path), .none):
                return try KeyReader.read(try InputFile.read(path), algorithm: algorithm)
            case (.none, .some(let path)):
                let secret = InputFile.withoutLineEnd(try InputFile.read(path))
                return try KeyReader.read(secret, as: secretForm.form, algorithm: algorithm)
            }
        } catch let error as KeyError {
            throw CommandFailure.usage("\(key ?? secretFile ?? "the key"): \(error.detail) (\(error.code.rawValue))")
        }
    }
}

extension SignatureAlgorithm: ExpressibleByArgument {}

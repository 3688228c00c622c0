import ArgumentParser
import Codecs
import Foundation
import JOSE
import Tokens

/// Writes a key in another form.
struct KeyConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert", abstract: "Write a key in another form.",
        discussion: """
            A private key is written with its private part; signet key public leaves that out.

            The forms: jwk; jwks, a set of the one key; pem, PKCS#8 or SPKI as the key is private or public; der, the same \
            in DER; pkcs8, spki (the public half), pkcs1 and sec1 in PEM; x509, the certificates that came with the key; \
            secret, the bytes of a shared secret.

            Examples:
              signet key convert private.jwk --to pem --out private.pem
              signet key convert private.pem --new-password-prompt --out locked.pem
              signet key convert chain.pem --to jwk --id 2027-01
              signet key convert --secret-file secret --alg HS256 --out secret.jwk
              signet key convert secret.jwk --to secret --out secret
            """)

    @Argument(help: "The file with the key; - is standard input.")
    var file: String?

    @OptionGroup var password: KeyPasswordOptions

    @Option(name: .long, help: "A file with a shared secret. One line feed at its end does not count.")
    var secretFile: String?

    @Option(name: .long, help: "The environment variable that holds the shared secret.")
    var secretEnv: String?

    @Option(name: .long, help: "How the secret is written: utf8, base64, base64url or hex.")
    var secretForm: KeyOptions.SecretForm = .utf8

    @Option(name: .customLong("alg"), help: "What the key is for, if it does not say so itself.")
    var algorithm: KeyAlgorithm?

    @Option(name: .long, help: "Name the key so (kid).")
    var id: String?

    @Option(
        name: .long, help: "The form, one of those above. Default: jwk, or pem with a new password.")
    var to: Form?

    @OptionGroup var newPassword: OutputPasswordOptions

    @Option(name: .long, help: "Write to this new file, readable by you alone if the key is private.")
    var out: String?

    enum Form: String, ExpressibleByArgument, CaseIterable {
        case jwk, jwks, pem, der, pkcs8, spki, pkcs1, sec1, x509, secret

        /// Whether the form shows no more than anybody may see.
        var isPublic: Bool { self == .spki || self == .x509 }
        /// Whether it is no text.
        var isBinary: Bool { self == .der || self == .secret }
        /// Whether it says what a key is for and called.
        var isJSON: Bool { self == .jwk || self == .jwks }
    }

    /// Whether the input is a shared secret.
    private var isSecret: Bool { secretFile != nil || secretEnv != nil }

    func validate() throws {
        if newPassword.isGiven, let to, to != .pem, to != .pkcs8 {
            throw ValidationError("only --to pem has a form for a key under a password")
        }
        if (file != nil) == isSecret {
            throw ValidationError("give one thing to convert: a file with a key, --secret-file or --secret-env")
        }
        if isSecret, algorithm == nil {
            throw ValidationError("a secret does not say what it is for; --alg does, such as --alg HS256")
        }
        if id != nil, let to, !to.isJSON { throw ValidationError("only a JWK has a place for a name (--id)") }
    }

    func run() throws {
        let key = try document()
        if password.isGiven, let file, file != "-", !KeyReader.isEncrypted(try KeyFile.read(file, option: nil)) {
            throw CommandFailure.usage(
                "\(file) is under no password; to write a key under one, say so with --new-password-file")
        }
        let form = to ?? (newPassword.isGiven ? .pem : .jwk)
        let isPrinted = out == nil || out == "-"
        guard !(isPrinted && form.isBinary && isatty(STDOUT_FILENO) == 1) else {
            throw CommandFailure.usage("\(form.rawValue) is no text for a terminal; name a file with --out")
        }
        let bytes = newPassword.isGiven ? Array(try newPassword.pem(key).utf8) : try bytes(key, form)
        try OutputFile.write([OutputFile(bytes, to: out, isSecret: key.isPrivate && !form.isPublic)])
    }

    private func document() throws -> KeyDocument {
        let purpose = algorithm?.purpose
        guard let file else {
            let secret = try SecretInput.read(
                name: "secret", value: nil, file: secretFile, variable: secretEnv, prompt: false)
            do {
                let keys = try KeyReader.read(secret ?? [], as: secretForm.form, purpose: purpose)
                guard let key = keys.first else { throw CommandFailure.usage("there is no secret") }
                return try KeyCommand.document(id.map { key.named(ByteString($0)) } ?? key, of: "the secret")
            } catch let error as KeyError {
                throw CommandFailure.usage("the secret: \(error.detail) (\(error.code.rawValue))")
            }
        }
        let key = try KeyCommand.document(file, password, id: id, purpose: purpose)
        switch algorithm {
        case .signature(let wanted): try require(key.description.algorithm == wanted, wanted.rawValue)
        case .keyManagement(let wanted): try require(key.description.keyManagement == wanted, wanted.rawValue)
        case nil: break
        }
        return key
    }

    private func require(_ isSo: Bool, _ algorithm: String) throws {
        guard isSo else {
            throw CommandFailure.usage(
                "the key says itself what it is for, and that is not \(algorithm) (\(KeyError.Code.usage.rawValue))")
        }
    }

    private func bytes(_ key: KeyDocument, _ form: Form) throws -> [UInt8] {
        let structure: KeyDocument.Form
        switch form {
        case .jwk: return Self.text(.object(key.jwk))
        case .jwks: return Self.text(["keys": [.object(key.jwk)]])
        case .x509:
            guard let chain = key.certificatePEM else {
                throw CommandFailure.usage("no certificate came with this key (a JWK shows one as \"x5c\")")
            }
            return Array(chain.utf8)
        case .secret:
            guard let secret = key.secret else { throw CommandFailure.usage("this is a key pair, not a shared secret") }
            return secret
        case .pem, .der: structure = key.isPrivate ? .pkcs8 : .spki
        case .pkcs8: structure = .pkcs8
        case .spki: structure = .spki
        case .pkcs1: structure = key.isPrivate ? .pkcs1Private : .pkcs1Public
        case .sec1: structure = .sec1
        }
        guard let written = form == .der ? key.der(structure) : key.pem(structure).map({ Array($0.utf8) }) else {
            throw CommandFailure.usage("\(form.rawValue) has no place for this key")
        }
        return written
    }

    private static func text(_ json: JSON) -> [UInt8] { JSONOutput.bytes(json, pretty: true) + [0x0A] }
}

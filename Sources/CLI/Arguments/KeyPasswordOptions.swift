import ArgumentParser
import Codecs
import JOSE
import Tokens

/// The password that a private key in a file is under (encrypted PKCS#8). A key that is under none asks for none.
struct KeyPasswordOptions: ParsableArguments {
    @Option(name: .long, help: "A file with the password of the key. One line feed at its end does not count.")
    var keyPasswordFile: String?

    @Option(name: .long, help: "The environment variable that holds the key's password.")
    var keyPasswordEnv: String?

    @Flag(name: .long, help: "Ask for the key's password at the terminal, as is done where nothing else is said.")
    var keyPasswordPrompt = false

    /// Whether any option says where the password is.
    var isGiven: Bool { keyPasswordFile != nil || keyPasswordEnv != nil || keyPasswordPrompt }

    /// The keys in a text.
    /// - Parameters:
    ///   - name: what the text is called in questions and complaints.
    ///   - purpose: what the keys are for that do not say so themselves.
    func keys(in text: [UInt8], named name: String, purpose: KeyPurpose?) throws -> [DecodedKey] {
        do {
            guard KeyReader.isEncrypted(text) else { return try KeyReader.read(text, purpose: purpose) }
            return [try EncryptedKey.read(text, password: try password(of: name), purpose: purpose)]
        } catch let error as KeyError {
            throw CommandFailure.usage("\(name): \(error.detail) (\(error.code.rawValue))")
        }
    }

    private func password(of name: String) throws -> [UInt8] {
        if isGiven || SecretInput.canAsk {
            let password = try SecretInput.read(
                name: "key-password", value: nil, file: keyPasswordFile, variable: keyPasswordEnv,
                prompt: keyPasswordPrompt || !isGiven, question: "Password of \(name): ")
            if let password { return password }
        }
        throw CommandFailure.usage(
            "\(name) is under a password: give it with --key-password-file or --key-password-env")
    }
}

/// A password to write a private key under.
struct OutputPasswordOptions: ParsableArguments {
    @Option(name: .long, help: "Write the private key under the password in this file (PEM, PKCS#8, AES-256).")
    var newPasswordFile: String?

    @Option(name: .long, help: "Write the private key under the password in this environment variable.")
    var newPasswordEnv: String?

    @Flag(name: .long, help: "Ask at the terminal for a password to write the private key under.")
    var newPasswordPrompt = false

    /// Whether the key is to be written under a password.
    var isGiven: Bool { newPasswordFile != nil || newPasswordEnv != nil || newPasswordPrompt }

    /// The key in PEM under the password.
    func pem(_ key: KeyDocument) throws -> String {
        do {
            guard let text = try EncryptedKey.pem(key, password: try password()) else {
                throw CommandFailure.usage(
                    "there is no private part that a password could keep, or PEM has no form for it")
            }
            return text
        } catch let error as KeyError {
            throw CommandFailure.usage("\(error.detail) (\(error.code.rawValue))")
        }
    }

    private func password() throws -> [UInt8] {
        func ask(_ question: String) throws -> [UInt8]? {
            try SecretInput.read(
                name: "new-password", value: nil, file: newPasswordFile, variable: newPasswordEnv,
                prompt: newPasswordPrompt, question: question)
        }
        let password = try ask("New password: ") ?? []
        if newPasswordPrompt, try ask("The same again: ") != password {
            throw CommandFailure.usage("the two passwords differ; nothing was written")
        }
        return password
    }
}

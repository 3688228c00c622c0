import Codecs
import Tokens

/// The key box read as keys for encrypted tokens. A key that does not say what it is for is taken for what is asked.
struct EncryptionKeys {
    /// One key with its one algorithm.
    struct Key {
        let binding: EncryptionKeyBinding
        let description: KeyDescription

        /// What it says about itself.
        var decryption: DecryptionKeyDescription {
            DecryptionKeyDescription(
                id: description.id, algorithm: binding.algorithm, encryption: binding.encryption,
                curve: binding.curve, length: binding.secretLength,
                mayDecrypt: binding.material.isPrivate && binding.allows(.decrypt, description),
                summary: description.summary)
        }
    }

    /// The keys, in the order of their document.
    private(set) var keys: [Key] = []
    /// Whether the box is empty.
    let isEmpty: Bool
    /// Why there are no keys.
    private(set) var problem: KeyError?
    /// In which form a secret was read whose form was left open, where it is not text.
    private(set) var guessed: KeyReader.Form?

    /// - Parameters:
    ///   - text: what was typed or pasted.
    ///   - form: auto, utf8, base64, base64url or hex.
    ///   - algorithms: what the keys are wanted for.
    ///   - encryption: with `dir`, the algorithm of the content.
    init(
        _ text: [UInt8], form: ByteString, for algorithms: [KeyManagementAlgorithm],
        encryption: ContentEncryptionAlgorithm?
    ) {
        let trimmed = KeyBox.trimmed(text)
        isEmpty = trimmed.isEmpty
        guard !isEmpty else { return }
        for algorithm in algorithms {
            do throws(KeyError) {
                try add(text, trimmed, form, algorithm, encryption)
            } catch {
                problem = problem ?? error
            }
        }
        if !keys.isEmpty { problem = nil }
    }

    private mutating func add(
        _ text: [UInt8], _ trimmed: [UInt8], _ form: ByteString, _ algorithm: KeyManagementAlgorithm,
        _ encryption: ContentEncryptionAlgorithm?
    ) throws(KeyError) {
        var purpose = KeyPurpose.keyManagement(algorithm)
        if algorithm == .direct, let encryption { purpose = .contentEncryption(encryption) }
        for key in try read(text, trimmed, form, purpose) where key.material != nil {
            let stated = trimmed.first == UInt8(ascii: "{") ? Self.encryption(trimmed) : nil
            let binding = try EncryptionKeyBinding(key, key.description.keyManagement ?? algorithm, stated)
            if let signing = key.description.algorithm {
                throw KeyError(.usage, "this key is for signing (\(signing.rawValue)), not for encryption")
            }
            keys.append(Key(binding: binding, description: key.description))
        }
    }

    private mutating func read(
        _ text: [UInt8], _ trimmed: [UInt8], _ form: ByteString, _ purpose: KeyPurpose
    ) throws(KeyError) -> [DecodedKey] {
        if form == "auto" {
            if KeyReader.isDocument(trimmed) { return try KeyReader.read(trimmed, purpose: purpose) }
            do throws(KeyError) {
                return try KeyReader.read(text, as: .utf8, purpose: purpose)
            } catch {
                // Keys of AES have just one length: where the text has another, its bytes may have it.
                for form: KeyReader.Form in [.base64url, .base64, .hex] {
                    guard let keys = try? KeyReader.read(trimmed, as: form, purpose: purpose) else { continue }
                    guessed = form
                    return keys
                }
                throw error
            }
        }
        guard let how = KeyReader.Form(rawValue: form.text), how != .document else {
            throw KeyError(.unreadable, "the form \(Display.quoted(form)) is not known")
        }
        return try KeyReader.read(how == .utf8 ? text : trimmed, as: how, purpose: purpose)
    }

    /// What a JWK for `dir` says that it encrypts with.
    private static func encryption(_ text: [UInt8]) -> ContentEncryptionAlgorithm? {
        (try? JSONReader.read(text, depth: DecodedToken.headerDepth))?.object.flatMap {
            EncryptionKeyBinding.encryption($0)
        }
    }
}

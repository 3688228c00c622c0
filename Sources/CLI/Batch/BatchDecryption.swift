import Codecs
import JOSE
import Tokens

/// Decrypts one token for each line of JSON and answers each with a line of JSON.
///
/// In: `{"token":"…"}`, with `"key"` (a JWK, a JWK set, or PEM as a string) where none was given for all, and `"alg"`
/// for a key that does not say what it is for.
/// Out: `{"ok":true,"plaintext":"…","header":{…},"authenticated":false}` or `{"ok":false,"code":"…","detail":"…"}`.
struct BatchDecryption {
    /// The most keys that are kept ready; more begin anew.
    private static let maximumReadyKeys = 1_024

    /// What the lines' keys are for that do not say so themselves.
    let algorithm: KeyManagementAlgorithm?
    let acceptsPasswords: Bool
    let acceptsCompression: Bool

    private let shared: TokenDecrypter?
    private var ready: [KeyText: Result<TokenDecrypter, KeyError>] = [:]

    /// A key as it stood in its line: the same text is the same key.
    private struct KeyText: Hashable {
        let json: JSON
        let algorithm: KeyManagementAlgorithm?
    }

    /// - Parameter keys: the keys for every line; nil asks each line for its own.
    init(
        keys: [DecryptionKey]?, algorithm: KeyManagementAlgorithm?, acceptsPasswords: Bool, acceptsCompression: Bool
    ) {
        self.algorithm = algorithm
        self.acceptsPasswords = acceptsPasswords
        self.acceptsCompression = acceptsCompression
        shared = keys.map {
            TokenDecrypter(keys: $0, acceptsPasswords: acceptsPasswords, acceptsCompression: acceptsCompression)
        }
    }

    /// The answer to one line; nil stands for a line that was too long.
    mutating func answer(_ line: ArraySlice<UInt8>?) -> [UInt8] {
        let answer: JSONObject
        do throws(BatchRefusal) {
            answer = try content(try BatchLine(line))
        } catch {
            answer = error.json
        }
        return JSONOutput.bytes(.object(answer))
    }

    private mutating func content(_ line: BatchLine) throws(BatchRefusal) -> JSONObject {
        let decrypter = try decrypter(for: line)
        do throws(TokenRejection) {
            var answer: JSONObject = ["ok": true]
            for member in try decrypter.decryptAny(line.token).answer.members { answer[member.name] = member.value }
            return answer
        } catch {
            throw BatchRefusal(error.code.rawValue, CompressionOptions.detail(error))
        }
    }

    private mutating func decrypter(for line: BatchLine) throws(BatchRefusal) -> TokenDecrypter {
        guard let key = try line.key(isShared: shared != nil) else {
            guard let shared else { throw BatchRefusal(BatchRefusal.code, "there is no key") }
            return shared
        }
        var algorithm = algorithm
        if let name = line.object.value(named: "alg") {
            guard let known = name.string.flatMap({ KeyManagementAlgorithm(name: $0) }) else {
                throw BatchRefusal(BatchRefusal.code, "\"alg\" is no key management algorithm that is known here")
            }
            algorithm = known
        }
        do throws(KeyError) {
            return try prepared(KeyText(json: key, algorithm: algorithm)).get()
        } catch {
            throw BatchRefusal(error.code.rawValue, error.detail)
        }
    }

    private mutating func prepared(_ text: KeyText) -> Result<TokenDecrypter, KeyError> {
        if let known = ready[text] { return known }
        let made: Result<TokenDecrypter, KeyError>
        do throws(KeyError) {
            let document = text.json.string?.bytes ?? JSONWriter.write(text.json)
            let keys = try EncryptionKeyDocument(text: document, algorithm: text.algorithm).decryptionKeys()
            made = .success(
                TokenDecrypter(keys: keys, acceptsPasswords: acceptsPasswords, acceptsCompression: acceptsCompression))
        } catch {
            made = .failure(error)
        }
        if ready.count >= Self.maximumReadyKeys { ready.removeAll(keepingCapacity: true) }
        ready[text] = made
        return made
    }
}

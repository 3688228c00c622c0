import Codecs
import JOSE
import Tokens

/// Verifies one token for each line of JSON and answers each with a line of JSON.
///
/// In: `{"token":"…"}`, with `"key"` (a JWK, a JWK set, or PEM as a string) where none was given for all, and `"alg"`
/// for a key that does not say what it is for. Other members are left alone.
/// Out: `{"ok":true,"header":{…},"claims":{…}}` or `{"ok":false,"code":"…","detail":"…"}`.
struct BatchVerification {
    /// The most keys that are kept ready; more begin anew.
    private static let maximumReadyKeys = 1_024

    /// The keys for every line; nil asks each line for its own.
    let keys: KeySet?
    let options: PolicyOptions
    /// Whether only form and signature are judged.
    let signatureOnly: Bool
    /// What the lines' keys are for that do not say so themselves.
    let algorithm: SignatureAlgorithm?

    private var shared: Result<TokenVerifier, KeyError>?
    private var ready: [KeyText: Result<TokenVerifier, KeyError>] = [:]

    /// A key as it stood in its line: the same text is the same key.
    private struct KeyText: Hashable {
        let json: JSON
        let algorithm: SignatureAlgorithm?
    }

    init(keys: KeySet?, options: PolicyOptions, signatureOnly: Bool, algorithm: SignatureAlgorithm?) {
        self.keys = keys
        self.options = options
        self.signatureOnly = signatureOnly
        self.algorithm = algorithm
        shared = keys.map { .success(TokenVerifier(keys: $0, policy: options.policy(algorithms: $0.algorithms))) }
    }

    /// The answer to one line; nil stands for a line that was too long.
    mutating func answer(_ line: ArraySlice<UInt8>?) -> [UInt8] {
        JSONOutput.bytes(.object(verdict(line)))
    }

    private mutating func verdict(_ line: ArraySlice<UInt8>?) -> JSONObject {
        do throws(BatchRefusal) {
            let line = try BatchLine(line)
            return judge(line.token, try verifier(for: line))
        } catch {
            return error.json
        }
    }

    private mutating func verifier(for line: BatchLine) throws(BatchRefusal) -> TokenVerifier {
        let verifier: Result<TokenVerifier, KeyError>
        if let key = try line.key(isShared: shared != nil) {
            var algorithm = algorithm
            if let name = line.object.value(named: "alg") {
                guard let known = name.string.flatMap({ SignatureAlgorithm(name: $0) }) else {
                    throw BatchRefusal(BatchRefusal.code, "\"alg\" is no algorithm that is known here")
                }
                algorithm = known
            }
            verifier = prepared(KeyText(json: key, algorithm: algorithm))
        } else if let shared {
            verifier = shared
        } else {
            throw BatchRefusal(BatchRefusal.code, "there is no key")
        }
        do throws(KeyError) {
            return try verifier.get()
        } catch {
            throw BatchRefusal(error.code.rawValue, error.detail)
        }
    }

    private mutating func prepared(_ text: KeyText) -> Result<TokenVerifier, KeyError> {
        if let known = ready[text] { return known }
        let made: Result<TokenVerifier, KeyError>
        do throws(KeyError) {
            let document = text.json.string?.bytes ?? JSONWriter.write(text.json)
            let keys = try KeySet(try KeyReader.read(document, algorithm: text.algorithm))
            made = .success(TokenVerifier(keys: keys, policy: options.policy(algorithms: keys.algorithms)))
        } catch {
            made = .failure(error)
        }
        if ready.count >= Self.maximumReadyKeys { ready.removeAll(keepingCapacity: true) }
        ready[text] = made
        return made
    }

    private func judge(_ token: [UInt8], _ verifier: TokenVerifier) -> JSONObject {
        do throws(TokenRejection) {
            if signatureOnly { return try checkSignature(token, verifier) }
            let verified = try verifier.verify(token, now: options.now, revocations: nil)
            return ["ok": true, "header": .object(verified.header.json), "claims": .object(verified.claims.json)]
        } catch {
            return Self.refusal(error.code.rawValue, error.detail)
        }
    }

    /// Form, header, key and signature; the payload is not looked into and may be anything.
    private func checkSignature(_ token: [UInt8], _ verifier: TokenVerifier) throws(TokenRejection) -> JSONObject {
        let keys = verifier.keys
        let plan = try TokenJudge(policy: verifier.policy).plan(token, keys: keys.descriptions)
        let encoded = plan.token.encoded
        guard plan.candidates.contains(where: { keys.keys[$0].verifies(plan.signature, over: encoded.signingInput) })
        else {
            return Self.refusal(
                RejectionCode.signatureMismatch.rawValue, "the signature does not belong to this text and key")
        }
        do throws(Base64Error) {
            _ = try encoded.decode(.payload)
        } catch {
            return Self.refusal(
                RejectionCode.claimsEncoding.rawValue, "the payload is not base64url: \(error.description)")
        }
        return [
            "ok": true, "header": .object(plan.token.header.json),
            "payload": .string(ByteString(utf8: Array(encoded.bytes[encoded.payload]))),
        ]
    }

    private static func refusal(_ code: String, _ detail: String) -> JSONObject {
        BatchRefusal(code, detail).json
    }
}

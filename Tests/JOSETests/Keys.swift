import Codecs
import JOSE
import Tokens

/// One key for each algorithm, made once: RSA keys take their time.
enum Keys {
    static let all: [SignatureAlgorithm: SigningKey] = {
        var keys: [SignatureAlgorithm: SigningKey] = [:]
        for algorithm in SignatureAlgorithm.allCases { keys[algorithm] = try? SigningKey.generate(algorithm) }
        return keys
    }()

    static let now: Int64 = 1_700_000_000
    static let claims: JSONObject = [
        "iss": "https://issuer.example", "sub": "anna", "aud": "orders", "exp": 1_700_000_600, "jti": "t1",
    ]
    static let policy = ClaimPolicy(
        algorithms: SignatureAlgorithm.allCases, issuers: ["https://issuer.example"], audiences: ["orders"])

    /// Whether a token is a good JWS, whatever its payload says: the signature holds, and each part is base64url.
    static func signatureHolds(_ token: [UInt8], _ keys: KeySet) -> Bool {
        var holds = false
        var isEncoded = true
        var policy = policy
        policy.acceptsEdDSA = true
        _ = try? TokenVerifier(keys: keys, policy: policy).verify(token, now: now) { step in
            if step.check == .signature { holds = step.outcome == .passed }
            if step.code == .claimsEncoding { isEncoded = false }
        }
        return holds && isEncoded
    }

    /// The code of the refusal; nil when the token passes.
    static func code(
        _ token: some Sequence<UInt8>, _ keys: KeySet, policy: ClaimPolicy = policy
    ) -> RejectionCode? {
        do throws(TokenRejection) {
            _ = try TokenVerifier(keys: keys, policy: policy).verify(Array(token), now: now)
            return nil
        } catch {
            return error.code
        }
    }

    /// The code of the complaint about a key; nil when there is none.
    static func complaint(_ make: () throws(KeyError) -> Void) -> KeyError.Code? { keyError(make)?.code }

    /// The complaint about a key; nil when there is none.
    static func keyError(_ make: () throws(KeyError) -> Void) -> KeyError? {
        do throws(KeyError) {
            try make()
            return nil
        } catch {
            return error
        }
    }
}

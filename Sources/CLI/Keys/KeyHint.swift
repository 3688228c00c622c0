import Codecs
import JOSE
import Tokens

/// What to say about the key that was given to `verify`, beside the verdict.
enum KeyHint {
    /// Whether one key can be for both algorithms, so that `--alg` decides which (RFC 7518 §3.1).
    static func isSameKind(_ one: SignatureAlgorithm, _ other: SignatureAlgorithm) -> Bool {
        func isRSA(_ algorithm: SignatureAlgorithm) -> Bool {
            algorithm.family == .rsaPKCS1 || algorithm.family == .rsaPSS
        }
        return isRSA(one) && isRSA(other) || one.family == .hmac && other.family == .hmac
    }

    /// The algorithm that a token names, where a key that is taken to be for others could be for it as well.
    static func missed(by token: [UInt8], taken: [SignatureAlgorithm]) -> SignatureAlgorithm? {
        guard let encoded = try? EncodedToken(token), let decoded = try? DecodedToken(encoded),
            let named = SignatureAlgorithm(name: decoded.header.algorithm), !taken.contains(named),
            taken.contains(where: { isSameKind($0, named) })
        else { return nil }
        return named
    }

    /// What is to be said about shared secrets that are long enough and weak all the same (RFC 8725 §3.5).
    static func weakSecrets(_ keys: [DecodedKey]) -> [Finding] {
        var findings: [Finding] = []
        for key in keys {
            guard case .secret(let secret)? = key.material,
                let finding = WeakSecret.finding(secret, for: key.description.algorithm ?? .hs256),
                !findings.contains(finding)
            else { continue }
            findings.append(finding)
        }
        return findings
    }
}

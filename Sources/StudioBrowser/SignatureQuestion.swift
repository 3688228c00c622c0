import Codecs
import Tokens

/// The one question for WebCrypto: does this signature hold over this text, under one of these keys?
struct SignatureQuestion {
    let plan: VerificationPlan
    /// The keys that the plan's candidates index.
    let keys: [DecodedKey]

    /// The question as JSON: {algorithm, keys: [{format: "raw", data} | {format: "jwk", jwk}], signingInput, signature};
    /// bytes are base64url. Nil when no candidate's public half is in its text.
    var json: JSON? {
        let answering = plan.candidates.compactMap { index in keys.indices.contains(index) ? key(keys[index]) : nil }
        guard !answering.isEmpty else { return nil }
        let input = ByteString(utf8: Array(plan.token.encoded.signingInput))
        return [
            "algorithm": .string(ByteString(plan.algorithm.rawValue)),
            "keys": .array(answering),
            "signingInput": .string(input),
            "signature": .string(ByteString(Base64URL.encode(plan.signature))),
        ]
    }

    /// Only public members; a private key pasted by mistake goes no further than this.
    private func key(_ key: DecodedKey) -> JSON? {
        switch key.material {
        case .secret(let bytes):
            return ["format": "raw", "data": text(bytes)]
        case .rsa(let modulus, let exponent, _):
            return ["format": "jwk", "jwk": ["kty": "RSA", "n": text(modulus), "e": text(exponent)]]
        case .elliptic(let curve, let x, let y, _):
            guard !x.isEmpty, !y.isEmpty else { return nil }
            let name = JSON.string(ByteString(curve.rawValue))
            return ["format": "jwk", "jwk": ["kty": "EC", "crv": name, "x": text(x), "y": text(y)]]
        case .octetPair(let curve, let publicKey, _):
            guard !publicKey.isEmpty else { return nil }
            let name = JSON.string(ByteString(curve.rawValue))
            return ["format": "jwk", "jwk": ["kty": "OKP", "crv": name, "x": text(publicKey)]]
        case .mlDSA(let parameters, let publicKey, _):
            guard !publicKey.isEmpty else { return nil }
            let name = JSON.string(ByteString(parameters.rawValue))
            return ["format": "jwk", "jwk": ["kty": "AKP", "alg": name, "pub": text(publicKey)]]
        case nil:
            return nil
        }
    }

    private func text(_ bytes: [UInt8]) -> JSON {
        .string(ByteString(Base64URL.encode(bytes)))
    }
}

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
        let answering = plan.candidates.compactMap { index in
            keys.indices.contains(index) ? keys[index].material?.publicForm : nil
        }
        guard !answering.isEmpty else { return nil }
        return Self.json(plan.algorithm, answering, plan.token.encoded, plan.signature)
    }

    /// The same about a DPoP proof, which brings its key.
    static func json(proof plan: DPoPProofPlan) -> JSON {
        json(plan.algorithm, [plan.key.material?.publicForm].compactMap { $0 }, plan.encoded, plan.signature)
    }

    private static func json(
        _ algorithm: SignatureAlgorithm, _ keys: [JSON], _ token: EncodedToken, _ signature: [UInt8]
    ) -> JSON {
        [
            "algorithm": .string(ByteString(algorithm.rawValue)),
            "keys": .array(keys),
            "signingInput": .string(ByteString(utf8: Array(token.signingInput))),
            "signature": .string(ByteString(Base64URL.encode(signature))),
        ]
    }
}

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
        let input = ByteString(utf8: Array(plan.token.encoded.signingInput))
        return [
            "algorithm": .string(ByteString(plan.algorithm.rawValue)),
            "keys": .array(answering),
            "signingInput": .string(input),
            "signature": .string(ByteString(Base64URL.encode(plan.signature))),
        ]
    }
}

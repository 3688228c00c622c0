import Codecs
import Tokens

/// What code elsewhere needs to know to verify this token as the page does: the algorithm, and the keys that may have
/// signed it.
///
/// A judge question → {algorithm, name, keys: [{jwk, plain, pem?}], question} with public keys, {algorithm, name, secretForm,
/// question} with a shared secret, or {problem, code?} where no key of the box could verify the token. `name` is the
/// algorithm as the header writes it; `question` is for WebCrypto, its keys in the order of `keys`.
struct VerifierFacts {
    /// What came of it.
    let json: JSON

    init(_ question: JSONObject) throws(QuestionDefect) {
        let asked = try JudgeQuestion(question)
        if case .unusable(let error) = asked.key.content {
            json = ["problem": .string(ByteString(Readable.sentence(error.detail)))]
            return
        }
        let keys = asked.key.usable
        do throws(TokenRejection) {
            let plan = try TokenJudge(policy: asked.policy).plan(asked.token, keys: keys.map { $0.description })
            json = Self.facts(plan, keys, form: Self.secretForm(asked.key, question))
        } catch {
            json = [
                "problem": .string(ByteString(Readable.sentence(error.detail))),
                "code": .string(ByteString(error.code.rawValue)),
            ]
        }
    }

    private static func facts(_ plan: VerificationPlan, _ keys: [DecodedKey], form: ByteString) -> JSON {
        guard let question = SignatureQuestion(plan: plan, keys: keys).json else {
            return ["problem": "This text holds only the private half of the key. Give the public key."]
        }
        var answer: JSONObject = [
            "algorithm": .string(ByteString(plan.algorithm.rawValue)),
            "name": .string(plan.token.header.algorithm), "question": question,
        ]
        let candidates = plan.candidates.map { keys[$0] }
        if candidates.contains(where: { $0.material?.isSecret ?? false }) {
            answer["secretForm"] = .string(form)
        } else {
            answer["keys"] = .array(candidates.compactMap { PublicKey($0)?.json })
        }
        return .object(answer)
    }

    /// How the secret is written where it stands; the `k` of a JWK is base64url (RFC 7518 §6.4.1).
    private static func secretForm(_ box: KeyBox, _ question: JSONObject) -> ByteString {
        guard box.kind == "secret" else { return "base64url" }
        let form = question["key"]?.object?["form"]?.string ?? "auto"
        return form == "auto" ? "utf8" : form
    }
}

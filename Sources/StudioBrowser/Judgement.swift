import Codecs
import Tokens

/// What is to be said of a token: a verdict with its steps, or why there is none, or what to ask WebCrypto first.
struct Judgement {
    /// How it ended.
    enum Outcome {
        /// WebCrypto is to be asked.
        case question(JSON)
        /// Every check passed.
        case valid
        /// A check said no.
        case refused(RejectionCode)
        /// No verdict can be given.
        case unable(String)
    }

    let outcome: Outcome
    let steps: [VerificationStep]
    private let asked: JudgeQuestion
    private let signatureHolds: Bool?

    /// - Parameter signatureHolds: WebCrypto's answer; nil before it was asked.
    init(_ asked: JudgeQuestion, signatureHolds: Bool?) {
        var steps: [VerificationStep] = []
        outcome = Self.outcome(asked, signatureHolds, &steps)
        self.steps = steps
        self.asked = asked
        self.signatureHolds = signatureHolds
    }

    /// {question}, or {verdict?, code?, unable?, steps, parts: [{part, state, text, steps, unproven?}]}. Verdict, code and
    /// steps are those of `signet verify --json`.
    var json: JSON {
        var answer = JSONObject()
        switch outcome {
        case .question(let question): return ["question": question]
        case .valid: answer["verdict"] = "valid"
        case .refused(let code):
            answer["verdict"] = "refused"
            answer["code"] = .string(ByteString(code.rawValue))
        case .unable(let why): answer["unable"] = .string(ByteString(why))
        }
        answer["steps"] = .array(steps.map { .object($0.json) })
        let parts = VerdictParts(asked, steps: steps, signatureHolds: signatureHolds).all
        answer["parts"] = .array(parts.map { $0.json })
        return .object(answer)
    }

    private static func outcome(
        _ asked: JudgeQuestion, _ signatureHolds: Bool?, _ steps: inout [VerificationStep]
    ) -> Outcome {
        if asked.isProof { return ofProof(asked, signatureHolds, &steps) }
        if case .unusable(let error) = asked.key.content { return .unable(Readable.sentence(error.detail)) }
        let keys = asked.key.usable
        guard !keys.isEmpty else { return withoutKey(asked, &steps) }
        let judge = TokenJudge(policy: asked.policy)
        var heard: [VerificationStep] = []
        defer { steps = heard }
        do throws(TokenRejection) {
            let plan = try judge.plan(asked.token, keys: keys.map { $0.description }) { heard.append($0) }
            guard let question = SignatureQuestion(plan: plan, keys: keys).json else {
                return .unable("This text holds only the private half of the key. Give the public key.")
            }
            guard let signatureHolds else { return .question(question) }
            _ = try judge.judge(plan, signatureHolds: signatureHolds, now: asked.now, revocations: nil) {
                heard.append($0)
            }
            return .valid
        } catch {
            return .refused(error.code)
        }
    }

    /// What can be said without a key: a text that is no token, or a token that no key could save, is refused as such.
    private static func withoutKey(_ asked: JudgeQuestion, _ steps: inout [VerificationStep]) -> Outcome {
        var policy = asked.policy
        policy.algorithms = SignatureAlgorithm.allCases
        var heard: [VerificationStep] = []
        do throws(TokenRejection) {
            _ = try TokenJudge(policy: policy).plan(asked.token, keys: []) { heard.append($0) }
        } catch  where error.check != .key {
            steps = heard
            return .refused(error.code)
        } catch {
            // Everything up to the key has passed.
        }
        return .unable("No key given: the signature is not checked.")
    }
}

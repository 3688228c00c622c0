import Codecs
import Tokens

/// The Studio's questions and answers, JSON in UTF-8 both ways. Pure functions: no clock, no memory between questions,
/// nothing that input could make trap.
///
/// Every answer is an object. {"error": "…"} means that the page asked wrongly; the token is never at fault there.
public enum StudioJudge {
    /// {text, now} → {token, notes, parts: [{part, start, end, problem?}], header, claims, findings}.
    ///
    /// `start` and `end` are byte offsets into the pasted text. `header` and `claims` are {problem?, json?, members?,
    /// raw?}; a member is {name, nameText, valueText, title?, about?, source?, time?: {seconds, iso}}.
    public static func inspect(_ question: [UInt8]) -> [UInt8] {
        answer(question) { json throws(QuestionDefect) in
            guard let text = json["text"]?.string else { throw QuestionDefect(member: "text") }
            guard let now = json["now"]?.int64, now >= 0, now <= NumericDate.maximum else {
                throw QuestionDefect(member: "now")
            }
            let pasted = PastedText(text.bytes)
            let inspection = Inspection(pasted.token)
            return InspectionAnswer(pasted: pasted, inspection: inspection, now: now).json
        }
    }

    /// {key: {text, form}} → {kind, text, findings}.
    public static func describeKey(_ question: [UInt8]) -> [UInt8] {
        answer(question) { json throws(QuestionDefect) in
            let box = try KeyBox(question: json)
            return [
                "kind": .string(ByteString(box.kind)), "text": .string(ByteString(box.sentence)),
                "findings": .array(box.findings.map { .object($0.json) }),
            ]
        }
    }

    /// A judge question → {question}, {verdict: "refused", code, steps} or {unable}.
    public static func plan(_ question: [UInt8]) -> [UInt8] {
        answer(question) { json throws(QuestionDefect) in
            let asked = try JudgeQuestion(json)
            return judgement(asked, withSignature: false)
        }
    }

    /// A judge question with `signatureHolds` → {verdict, code?, steps} or {unable}.
    public static func judge(_ question: [UInt8]) -> [UInt8] {
        answer(question) { json throws(QuestionDefect) in
            let asked = try JudgeQuestion(json)
            guard asked.signatureHolds != nil else { throw QuestionDefect(member: "signatureHolds") }
            return judgement(asked, withSignature: true)
        }
    }

    private static func judgement(_ asked: JudgeQuestion, withSignature: Bool) -> JSON {
        if case .unusable(let error) = asked.key.content { return unable(Readable.sentence(error.detail)) }
        let keys = asked.key.usable
        guard !keys.isEmpty else { return withoutKey(asked) }
        let judge = TokenJudge(policy: asked.policy)
        var steps: [VerificationStep] = []
        do throws(TokenRejection) {
            let plan = try judge.plan(asked.token, keys: keys.map { $0.description }) { steps.append($0) }
            guard let question = SignatureQuestion(plan: plan, keys: keys).json else {
                return unable("This text holds only the private half of the key. Give the public key.")
            }
            guard withSignature, let holds = asked.signatureHolds else { return ["question": question] }
            _ = try judge.judge(plan, signatureHolds: holds, now: asked.now, revocations: nil) { steps.append($0) }
            return verdict("valid", nil, steps)
        } catch {
            return verdict("refused", error.code, steps)
        }
    }

    /// What can be said without a key: a text that is no token, or a token that no key could save, is refused as such.
    private static func withoutKey(_ asked: JudgeQuestion) -> JSON {
        var policy = asked.policy
        policy.algorithms = SignatureAlgorithm.allCases
        var steps: [VerificationStep] = []
        do throws(TokenRejection) {
            _ = try TokenJudge(policy: policy).plan(asked.token, keys: []) { steps.append($0) }
        } catch  where error.check != .key {
            return verdict("refused", error.code, steps)
        } catch {
            // Everything up to the key has passed.
        }
        return unable("No key given: the signature is not checked.")
    }

    private static func unable(_ why: String) -> JSON {
        ["unable": .string(ByteString(why))]
    }

    /// The shape of `signet verify --json`.
    private static func verdict(_ verdict: String, _ code: RejectionCode?, _ steps: [VerificationStep]) -> JSON {
        var answer: JSONObject = ["verdict": .string(ByteString(verdict))]
        if let code { answer["code"] = .string(ByteString(code.rawValue)) }
        answer["steps"] = .array(steps.map { .object($0.json) })
        return .object(answer)
    }

    private static func answer(
        _ question: [UInt8], _ body: (JSONObject) throws(QuestionDefect) -> JSON
    ) -> [UInt8] {
        let json: JSON
        do throws(JSONError) {
            json = try JSONReader.read(question)
        } catch {
            return failure("the question is not JSON: \(error.description)")
        }
        guard let object = json.object else { return failure("the question is \(json.kind), not an object") }
        do throws(QuestionDefect) {
            return JSONWriter.write(try body(object))
        } catch {
            return failure("the question's \"\(error.member)\" is missing or not what it should be")
        }
    }

    private static func failure(_ why: String) -> [UInt8] {
        JSONWriter.write(["error": .string(ByteString(why))])
    }
}

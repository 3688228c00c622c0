import Codecs
import Tokens

/// The Studio's questions and answers, JSON in UTF-8 both ways. Pure functions: no clock, no memory between questions,
/// nothing that input could make trap.
///
/// A question is an object whose `ask` names it; the functions below say what else stands in it. Every answer is an object.
/// {"error": "…"} means that the page asked wrongly; the token is never at fault there.
public enum StudioJudge {
    /// Answers any question.
    public static func ask(_ question: [UInt8]) -> [UInt8] {
        let json: JSON
        do throws(JSONError) {
            json = try JSONReader.read(question)
        } catch {
            return failure("the question is not JSON: \(error.description)")
        }
        guard let object = json.object else { return failure("the question is \(json.kind), not an object") }
        do throws(QuestionDefect) {
            return JSONWriter.write(try answer(object))
        } catch {
            return failure("the question's \"\(error.member)\" is missing or not what it should be")
        }
    }

    private static func answer(_ question: JSONObject) throws(QuestionDefect) -> JSON {
        #if READER
            // The small module that the page has first (dev/build-wasm): it takes tokens apart and judges nothing.
            guard question["ask"]?.string == "inspect" else { throw QuestionDefect(member: "ask") }
            return try inspect(question)
        #else
            switch question["ask"]?.string {
            case "inspect": return try inspect(question)
            case "describe-key": return try describeKey(question)
            case "plan": return try plan(question)
            case "judge": return try judge(question)
            case "compose": return try Composition(question).json
            case "edit": return try MemberEdit(question).json
            case "key-report": return try KeyReport(question).json
            case "key-convert": return try KeyConversion(question).json
            case "key-name": return try GeneratedKey(question).json
            case "public-keys": return try PublicKeys(question).json
            case "verifier": return try VerifierFacts(question).json
            case "diagnose": return try DiagnosisQuestion.batch(question)
            case "diagnosis": return try DiagnosisQuestion.report(question)
            case "decrypt": return try DecryptionQuestion.answer(question)
            case "encrypt": return try EncryptionQuestion.answer(question)
            case "encryption-choices": return try EncryptionQuestion.choices(question)
            default: throw QuestionDefect(member: "ask")
            }
        #endif
    }

    /// {text, now, choice?} → {token, judged?, notes, found?, choice, parts: [{part, start, end, problem?}], header, claims,
    /// findings}. `found` lists the tokens of a text that has several, [{label?, kind, start, end, alg?, typ?}], and
    /// `choice` says which of them is shown; `judged` is what to judge
    /// instead of the token.
    ///
    /// `start` and `end` are byte offsets into the pasted text. `header` and `claims` are {problem?, json?, members?,
    /// raw?}; a member is {name, nameText, valueText, title?, about?, source?, url?, time?: {seconds, iso}}.
    private static func inspect(_ question: JSONObject) throws(QuestionDefect) -> JSON {
        guard let text = question["text"]?.string else { throw QuestionDefect(member: "text") }
        guard let now = question["now"]?.int64, now >= 0, now <= NumericDate.maximum else {
            throw QuestionDefect(member: "now")
        }
        let pasted = PastedText(text.bytes, choice: question["choice"]?.int64.flatMap { Int(exactly: $0) } ?? 0)
        let inspection = Inspection(pasted.token)
        return InspectionAnswer(pasted: pasted, inspection: inspection, now: now).json
    }

    /// {key: {text, form, alg?}, token?} → {kind, text, findings}. The key for an encrypted token is described as such.
    private static func describeKey(_ question: JSONObject) throws(QuestionDefect) -> JSON {
        if let described = try DecryptionQuestion.describedKey(question) { return described }
        let box = try KeyBox(question: question)
        return [
            "kind": .string(ByteString(box.kind)), "text": .string(ByteString(box.sentence)),
            "findings": .array(box.findings.map { .object($0.json) }),
        ]
    }

    /// A judge question → {question} or a judgement.
    private static func plan(_ question: JSONObject) throws(QuestionDefect) -> JSON {
        let asked = try JudgeQuestion(question)
        return Judgement(asked, signatureHolds: nil).json
    }

    /// A judge question with `signatureHolds` → a judgement.
    private static func judge(_ question: JSONObject) throws(QuestionDefect) -> JSON {
        let asked = try JudgeQuestion(question)
        guard let holds = asked.signatureHolds else { throw QuestionDefect(member: "signatureHolds") }
        return Judgement(asked, signatureHolds: holds).json
    }

    private static func failure(_ why: String) -> [UInt8] {
        JSONWriter.write(["error": .string(ByteString(why))])
    }
}

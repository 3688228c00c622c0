import Codecs
import Tokens

/// An encrypted token opened in the page: judged here before and after WebCrypto did what these steps say.
///
/// {text, key: {text, form}, compression} → {kind: "none"} when the text is no encrypted token; else {kind: "encrypted",
/// form?, header: {members} , steps, …} and one of `noKey`, `keyProblem`, `refused: code` or `attempts: [{run, content,
/// aes192?}]`: to be run in this order until one succeeds. Asked again with `opened: {attempt, content}` or `failed`: true,
/// the answer has `opened: {…}` of `DecryptedText` or `refused`.
struct DecryptionQuestion {
    private let text: [UInt8]
    private let isJSON: Bool
    private let keys: EncryptionKeys
    private let acceptsCompression: Bool
    private let token: DecodedEncryptedToken?

    /// What came of it.
    static func answer(_ question: JSONObject) throws(QuestionDefect) -> JSON {
        guard let text = question["text"]?.string else { throw QuestionDefect(member: "text") }
        guard let key = question["key"]?.object, let keyText = key["text"]?.string, let form = key["form"]?.string
        else { throw QuestionDefect(member: "key") }
        guard let found = find(text.bytes) else { return ["kind": "none"] }
        let asked = DecryptionQuestion(
            found, keyText.bytes, form, acceptsCompression: question["compression"]?.bool ?? false)
        if question["failed"]?.bool == true { return asked.judged(nil, 0) }
        guard let opened = question["opened"]?.object else { return asked.planned }
        guard let attempt = opened["attempt"]?.int64, attempt >= 0,
            attempt < Int64(DecryptionJudge.maximumAttempts), let content = opened["content"]?.string,
            let bytes = try? Base64URL.decode(content.bytes)
        else { throw QuestionDefect(member: "opened") }
        return asked.judged(bytes, Int(attempt))
    }

    /// {key, token} → {kind, text, findings} of keys that are for the encrypted token; nil where there is none, or no key
    /// is for it.
    static func describedKey(_ question: JSONObject) throws(QuestionDefect) -> JSON? {
        guard let text = question["token"]?.string, let found = find(text.bytes),
            let key = question["key"]?.object, let keyText = key["text"]?.string, let form = key["form"]?.string
        else { return nil }
        let asked = DecryptionQuestion(found, keyText.bytes, form, acceptsCompression: false)
        guard let first = asked.keys.keys.first else { return nil }
        let box = KeyBox(keyText.bytes, form: form)
        let half = first.binding.secretLength != nil ? "" : first.binding.material.isPrivate ? ", private" : ", public"
        return [
            "kind": .text(box.kind == "unusable" ? "secret" : box.kind),
            "text": .text(
                Readable.sentence(
                    "\(first.description.summary)\(half), for \(first.binding.algorithm.rawValue)"
                        + (asked.keys.keys.count > 1 ? ", and \(asked.keys.keys.count - 1) more" : ""))),
            "findings": [],
        ]
    }

    /// The encrypted token in a pasted text: JSON with a ciphertext, or five parts.
    static func find(_ text: [UInt8]) -> (token: [UInt8], isJSON: Bool)? {
        let trimmed = KeyBox.trimmed(text)
        if trimmed.first == UInt8(ascii: "{") {
            guard let object = (try? JSONReader.read(trimmed, depth: DecodedToken.headerDepth))?.object,
                object["ciphertext"] != nil
            else { return nil }
            return (trimmed, true)
        }
        let token = PastedText(text).token
        return token.filter { $0 == UInt8(ascii: ".") }.count == 4 ? (token, false) : nil
    }

    private init(
        _ found: (token: [UInt8], isJSON: Bool), _ key: [UInt8], _ form: ByteString, acceptsCompression: Bool
    ) {
        text = found.token
        isJSON = found.isJSON
        self.acceptsCompression = acceptsCompression
        token = Self.decoded(found)
        var algorithms: [KeyManagementAlgorithm] = []
        for recipient in token?.recipients ?? [] {
            if let algorithm = KeyManagementAlgorithm(name: recipient.header.algorithm),
                !algorithms.contains(algorithm)
            {
                algorithms.append(algorithm)
            }
        }
        let encryption = token?.recipients.first.flatMap {
            ContentEncryptionAlgorithm(name: $0.header.encryption)
        }
        keys = EncryptionKeys(key, form: form, for: algorithms, encryption: encryption)
    }

    private static func decoded(_ found: (token: [UInt8], isJSON: Bool)) -> DecodedEncryptedToken? {
        do throws(EncryptedTokenDefect) {
            if found.isJSON { return try DecodedEncryptedToken(json: found.token) }
            return try DecodedEncryptedToken(try EncodedEncryptedToken(found.token))
        } catch {
            return nil
        }
    }

    private var judge: DecryptionJudge {
        DecryptionJudge(
            policy: DecryptionPolicy(
                keyManagement: KeyManagementAlgorithm.allCases, contentEncryption: ContentEncryptionAlgorithm.allCases,
                maximumSize: EncodedEncryptedToken.maximumSize, acceptsCompression: acceptsCompression))
    }

    /// What can be said of the token without opening it.
    private func described(_ steps: [VerificationStep]) -> JSONObject {
        var answer: JSONObject = ["kind": "encrypted", "steps": .array(steps.map { .object($0.json) })]
        guard let token else { return answer }
        answer["form"] = .text(token.form.rawValue)
        answer["isCompressed"] = .bool(token.protected["zip"] != nil)
        if let header = token.recipients.first?.header {
            answer["algorithm"] = .string(header.algorithm)
            answer["encryption"] = .string(header.encryption)
            answer["announcesToken"] = .bool(header.announcesToken)
            answer["header"] = [
                "members": .array(header.json.members.map { InspectionAnswer.member($0, of: .header) })
            ]
        }
        answer["recipients"] = .number(JSONNumber(Int64(token.recipients.count)))
        if let guessed = keys.guessed { answer["guessedForm"] = .text(guessed.rawValue) }
        return answer
    }

    private var planned: JSON {
        var steps: [VerificationStep] = []
        var heard: [VerificationStep] = []
        do throws(TokenRejection) {
            let plan = try judge.plan(text, isJSON: isJSON, keys: keys.keys.map { $0.decryption }) { heard.append($0) }
            steps = heard
            var answer = described(steps)
            answer["attempts"] = .array(plan.attempts.map { run(plan, $0) })
            return .object(answer)
        } catch {
            steps = heard
            let isAboutKey = error.check == .key
            // Without a key, that no key fits is no news.
            var answer = described(isAboutKey && keys.keys.isEmpty ? steps.dropLast() : steps)
            if isAboutKey, keys.isEmpty {
                answer["noKey"] = true
            } else if isAboutKey, let problem = keys.problem {
                answer["keyProblem"] = .text(Readable.sentence(problem.detail))
            } else {
                answer["refused"] = .text(error.code.rawValue)
                answer["detail"] = .text(Readable.sentence(error.detail))
            }
            return .object(answer)
        }
    }

    /// Nil content says that no attempt succeeded, and not a word why (RFC 7516 §11.5).
    private func judged(_ content: [UInt8]?, _ attempt: Int) -> JSON {
        var heard: [VerificationStep] = []
        do throws(TokenRejection) {
            let plan = try judge.plan(text, isJSON: isJSON, keys: keys.keys.map { $0.decryption }) { heard.append($0) }
            let bytes = try judge.judge(plan, content: content) { heard.append($0) }
            var answer = described(heard)
            let recipient = plan.attempts.indices.contains(attempt) ? plan.attempts[attempt].recipient : 0
            answer["opened"] = DecryptedText(bytes, header: plan.token.recipients[recipient].header).json
            return .object(answer)
        } catch {
            var answer = described(heard)
            answer["refused"] = .text(error.code.rawValue)
            answer["detail"] = .text(Readable.sentence(error.detail))
            return .object(answer)
        }
    }

    // The steps

    /// {run, content: name, aes192?}; `run` is null for an attempt that cannot succeed, which is no other news than one
    /// that fails.
    private func run(_ plan: DecryptionPlan, _ attempt: DecryptionPlan.Attempt) -> JSON {
        var steps = PrimitiveSteps()
        guard keys.keys.indices.contains(attempt.key),
            let key = contentKey(
                plan.token.recipients[attempt.recipient].encryptedKey, attempt, keys.keys[attempt.key].binding,
                plan.encryption, &steps),
            open(plan, key, &steps)
        else { return ["run": .null] }
        var json: JSONObject = ["run": .array(steps.json), "content": "content"]
        if steps.needsAES192 { json["aes192"] = true }
        return .object(json)
    }

    private func contentKey(
        _ encrypted: [UInt8], _ attempt: DecryptionPlan.Attempt, _ binding: EncryptionKeyBinding,
        _ encryption: ContentEncryptionAlgorithm, _ steps: inout PrimitiveSteps
    ) -> PrimitiveSteps.Value? {
        switch (binding.material, attempt.parameters) {
        case (.secret(let secret), .none):
            // RFC 7516 §5.2 step 10: with dir there is no encrypted key.
            guard attempt.algorithm != .direct else { return encrypted.isEmpty ? .bytes(secret) : nil }
            steps.usesAES(secret.count)
            return unwrap(encrypted, with: .bytes(secret), encryption, &steps)
        case (.secret(let secret), .wrapping(let vector, let tag)):
            steps.usesAES(secret.count)
            steps.openGCM(
                .bytes(encrypted + tag), with: .bytes(secret), vector: vector, authenticating: [], as: "key")
        case (.secret(let password), .password(let salt, let iterations)):
            let key = steps.stretch(password, attempt.algorithm, salt: salt, iterations: iterations)
            return unwrap(encrypted, with: key, encryption, &steps)
        case (.rsa, .none):
            guard let form = binding.material.privateForm else { return nil }
            steps.decryptRSA(
                encrypted, with: form, hash: attempt.algorithm == .rsaOAEP ? "SHA-1" : "SHA-256", as: "key")
        case (_, .agreement(let other, let partyU, let partyV)):
            guard let form = binding.material.privateForm, other.curve == binding.curve else { return nil }
            steps.agree(
                own: form, pair: "", other: ["format": "jwk", "jwk": .object(other.jwk)], curve: other.curve,
                as: "secret")
            let agreed = steps.derive(
                from: .result("secret"), attempt.algorithm, encryption, partyUInfo: partyU, partyVInfo: partyV)
            guard attempt.algorithm != .ecdhES else { return encrypted.isEmpty ? agreed : nil }
            steps.usesAES(attempt.algorithm.agreedKey(encryption).length)
            return unwrap(encrypted, with: agreed, encryption, &steps)
        default: return nil
        }
        // RFC 7516 §5.2 step 11: the key has just the length that "enc" wants.
        steps.requireLength(.result("key"), encryption.keyLength)
        return .result("key")
    }

    private func unwrap(
        _ encrypted: [UInt8], with key: PrimitiveSteps.Value, _ encryption: ContentEncryptionAlgorithm,
        _ steps: inout PrimitiveSteps
    ) -> PrimitiveSteps.Value? {
        // RFC 3394 §2.2.2: a block of 64 bits more than the key.
        guard encrypted.count == encryption.keyLength + 8 else { return nil }
        steps.unwrap(.bytes(encrypted), with: key, as: "key")
        steps.requireLength(.result("key"), encryption.keyLength)
        return .result("key")
    }

    private func open(_ plan: DecryptionPlan, _ key: PrimitiveSteps.Value, _ steps: inout PrimitiveSteps) -> Bool {
        let token = plan.token
        let (encryption, vector) = (plan.encryption, token.initializationVector)
        guard vector.count == encryption.vectorLength else { return false }
        guard encryption.isCBC else {
            guard token.tag.count == 16 else { return false }
            steps.usesAES(encryption.keyLength)
            steps.openGCM(
                .bytes(token.ciphertext + token.tag), with: key, vector: vector,
                authenticating: token.authenticatedText, as: "content")
            return true
        }
        let half = encryption.keyLength / 2
        guard token.tag.count == half else { return false }
        steps.usesAES(half)
        let halves = steps.halves(of: key, half)
        // The tag is compared first: what is not authentic is never decrypted, so its padding tells nothing.
        let tag = steps.tag(
            encryption, key: halves.mac, authenticating: token.authenticatedText, vector: vector,
            ciphertext: .bytes(token.ciphertext))
        steps.requireSame(tag, .bytes(token.tag))
        steps.openCBC(.bytes(token.ciphertext), with: halves.cipher, vector: vector, as: "content")
        return true
    }
}

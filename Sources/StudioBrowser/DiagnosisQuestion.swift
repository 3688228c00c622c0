import Codecs
import Tokens

/// Why a signature does not verify: the attempts, a batch at a time, for WebCrypto; then the report and the repair.
///
/// The attempts have numbers: first those of `DiagnosisCandidates`, then other hashes under an ECDSA signature, then the
/// secrets that everybody tries, if the token has an HMAC.
struct DiagnosisQuestion {
    /// The most attempts in one batch.
    static let maximumBatch = 128
    /// The most bytes of tokens in one batch, so that writing and reading it takes no time that is felt.
    private static let maximumText = 262_144

    private let token: [UInt8]
    private let text: [UInt8]
    private let boxForm: ByteString
    private let form: KeyReader.Form
    private let candidates: DiagnosisCandidates
    private let hashes: [DiagnosisCandidates.HashAttempt]

    /// {token, key: {text, form}}.
    init(_ question: JSONObject) throws(QuestionDefect) {
        guard let token = question["token"]?.string else { throw QuestionDefect(member: "token") }
        guard let key = question["key"]?.object, let text = key["text"]?.string, let form = key["form"]?.string else {
            throw QuestionDefect(member: "key")
        }
        self.token = token.bytes
        self.text = text.bytes
        boxForm = form
        // What the box takes as it comes is a document if it looks like one, else a secret in text.
        self.form =
            form == "auto"
            ? KeyReader.isDocument(KeyBox.trimmed(text.bytes)) ? .document : .utf8
            : KeyReader.Form(rawValue: form.text) ?? .utf8
        candidates = DiagnosisCandidates(token: token.bytes, key: text.bytes, form: self.form)
        hashes = candidates.hashAttempts
    }

    // Attempts

    private struct Attempt {
        let key: DiagnosisCandidates.Key
        let keyIndex: Int
        let algorithm: SignatureAlgorithm
        let input: [UInt8]
        let signature: [UInt8]
        let readingIndex: Int
        var hash: String?
    }

    /// {…, from, limit} → {total, usual, next, attempts: [{number, key, text, algorithm, hash?, short?}], keys: [{index, format,
    /// data | jwk}], texts: [{index, input, signature}]}. `usual` counts the attempts before the secrets that everybody
    /// tries; `short` marks a signature that is shorter than its MAC, of which the beginning is to be compared.
    static func batch(_ question: JSONObject) throws(QuestionDefect) -> JSON {
        guard let from = question["from"]?.int64, from >= 0, from <= 1_000_000 else {
            throw QuestionDefect(member: "from")
        }
        guard let limit = question["limit"]?.int64, limit > 0, limit <= Int64(maximumBatch) else {
            throw QuestionDefect(member: "limit")
        }
        return try DiagnosisQuestion(question).batch(from: Int(from), limit: Int(limit))
    }

    private func batch(from: Int, limit: Int) -> JSON {
        let usual = candidates.count + hashes.count
        let target = WeakSecret.target(token)
        let secrets = target == nil || from + limit <= usual ? [] : WeakSecret.candidates
        let total = usual + (target == nil ? 0 : max(secrets.count, Self.secretCount))
        var attempts: [JSON] = []
        var keys: [JSON] = []
        var texts: [JSON] = []
        var keysSeen: Set<Int> = []
        var textsSeen: Set<Int> = []
        var size = 0
        var number = from
        while number < total, attempts.count < limit, size < Self.maximumText {
            defer { number += 1 }
            guard let attempt = attempt(number, usual: usual, target, secrets), let key = form(attempt) else {
                continue
            }
            if keysSeen.insert(attempt.keyIndex).inserted {
                var key = key
                key["index"] = .number(JSONNumber(Int64(attempt.keyIndex)))
                keys.append(.object(key))
            }
            if textsSeen.insert(attempt.readingIndex).inserted {
                size += attempt.input.count
                texts.append([
                    "index": .number(JSONNumber(Int64(attempt.readingIndex))), "input": .encoded(attempt.input),
                    "signature": .encoded(attempt.signature),
                ])
            }
            var json: JSONObject = [
                "number": .number(JSONNumber(Int64(number))), "key": .number(JSONNumber(Int64(attempt.keyIndex))),
                "text": .number(JSONNumber(Int64(attempt.readingIndex))),
                "algorithm": .text(attempt.algorithm.rawValue),
            ]
            if let hash = attempt.hash { json["hash"] = .text(hash) }
            if isShort(attempt) { json["short"] = true }
            attempts.append(.object(json))
        }
        return [
            "total": .number(JSONNumber(Int64(total))), "usual": .number(JSONNumber(Int64(usual))),
            "next": .number(JSONNumber(Int64(number))), "attempts": .array(attempts), "keys": .array(keys),
            "texts": .array(texts),
        ]
    }

    private static let secretCount = WeakSecret.candidates.count

    private func attempt(
        _ number: Int, usual: Int, _ target: (algorithm: SignatureAlgorithm, input: [UInt8], signature: [UInt8])?,
        _ secrets: [[UInt8]]
    ) -> Attempt? {
        var candidate = candidates.candidate(number)
        var hash: String?
        if candidate == nil, hashes.indices.contains(number - candidates.count) {
            candidate = hashes[number - candidates.count].candidate
            hash = hashes[number - candidates.count].hash
        }
        if let candidate {
            return Attempt(
                key: candidates.keys[candidate.keyIndex], keyIndex: candidate.keyIndex,
                algorithm: candidate.algorithm, input: candidate.input, signature: candidate.signature,
                readingIndex: candidate.readingIndex, hash: hash)
        }
        guard let target, secrets.indices.contains(number - usual) else { return nil }
        // Behind every key and reading of the attempts before.
        return Attempt(
            key: .secret(secrets[number - usual]), keyIndex: candidates.keys.count + number - usual,
            algorithm: target.algorithm, input: target.input, signature: target.signature, readingIndex: 1_000)
    }

    /// The key for WebCrypto; nil for one that a verifier refuses, as the same attempts do elsewhere.
    private func form(_ attempt: Attempt) -> JSONObject? {
        switch attempt.key {
        case .secret(let secret), .material(.secret(let secret), _):
            // WebCrypto takes no empty key; HMAC fills keys up with zeros, so one zero is the same key (RFC 2104 §2).
            return KeyMaterial.secret(secret.isEmpty ? [0] : secret).publicForm?.object
        case .material(let material, let id):
            guard (try? DecodedKey(material, id: id, algorithm: attempt.algorithm)) != nil else { return nil }
            return material.publicForm?.object
        }
    }

    private func isShort(_ attempt: Attempt) -> Bool {
        guard attempt.algorithm.family == .hmac, let length = attempt.algorithm.signatureLength else { return false }
        return attempt.signature.count >= DiagnosisReport.shortestPrefix && attempt.signature.count < length
    }

    // Report

    /// {…, found?, match?: "whole" | "prefix"} → the report, and `repair` where one makes the signature hold:
    /// {token?, key?: {text, form}, steps: [{do, form?, algorithm?}]}.
    static func report(_ question: JSONObject) throws(QuestionDefect) -> JSON {
        let asked = try DiagnosisQuestion(question)
        guard let found = question["found"]?.int64 else { return .object(asked.failure(nil).json) }
        guard found >= 0, found <= 1_000_000 else { throw QuestionDefect(member: "found") }
        let number = Int(found)
        guard let candidate = asked.candidates.candidate(number) else {
            return .object(asked.failure(number).json)
        }
        guard let match = DiagnosisReport.Match(rawValue: question["match"]?.string?.text ?? "whole") else {
            throw QuestionDefect(member: "match")
        }
        let report = DiagnosisReport(
            asked.candidates, succeeded: candidate, number: number, match: match, token: asked.token, form: asked.form
        ) { asked.keys($0) }
        var json = report.json
        if match == .whole, !report.mistakes.contains(.publicKeyAsSecret) {
            let repair = DiagnosisRepair(
                token: asked.token, key: asked.text, form: asked.boxForm,
                made: candidate, with: asked.candidates.keys[candidate.keyIndex])
            if let repair = repair.json { json["repair"] = repair }
        }
        return .object(json)
    }

    private func failure(_ number: Int?) -> DiagnosisReport {
        var weakness: Finding?
        var hash: String?
        if let number {
            if hashes.indices.contains(number - candidates.count) {
                hash = hashes[number - candidates.count].hash
            } else {
                let secrets = WeakSecret.candidates
                let place = number - candidates.count - hashes.count
                if secrets.indices.contains(place) { weakness = WeakSecret.finding(found: secrets[place]) }
            }
        }
        return DiagnosisReport(failed: candidates, form: form, keys: keys(form), weakness: weakness) { hash }
    }

    /// The keys as the page's judge takes them.
    private func keys(_ form: KeyReader.Form) -> Result<[KeyDescription], KeyError> {
        let box = KeyBox(text, form: form == self.form ? boxForm : ByteString(form.rawValue))
        switch box.content {
        case .empty: return .failure(KeyError(.unreadable, "there is no key"))
        case .unusable(let error): return .failure(error)
        case .keys: return .success(box.usable.map { $0.description })
        }
    }
}

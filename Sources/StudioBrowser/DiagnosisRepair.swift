import Codecs
import Tokens

/// What to put into the boxes so that the signature holds: found by trying it with the judge, so that no repair is offered
/// that leads nowhere.
struct DiagnosisRepair {
    let token: [UInt8]
    /// The key box as it is.
    let key: [UInt8]
    let form: ByteString
    /// The attempt that succeeded.
    let made: DiagnosisCandidates.Candidate
    let with: DiagnosisCandidates.Key

    /// A way to fill the key box.
    private struct Choice {
        let text: [UInt8]
        let form: ByteString
        /// What is done, for the page to say; nil where the box stays as it is.
        let step: JSON?
    }

    /// {token?, key?: {text, form}, steps: [{do, form?, algorithm?}]}; nil where nothing repairs it, or nothing is broken.
    ///
    /// `do` is "token", "form", "secret", "algorithm" or "key".
    var json: JSON? {
        let isTokenChanged = made.readingIndex != 0 || made.repairedToken != nil
        guard !isTokenChanged || made.repairedToken != nil else { return nil }
        let mended = made.repairedToken ?? token
        guard let choice = choices.first(where: { verifies(mended, $0) }) else { return nil }
        var steps: [JSON] = []
        var json = JSONObject()
        if mended != token {
            json["token"] = .string(ByteString(utf8: mended))
            steps.append(["do": "token"])
        }
        if let step = choice.step {
            json["key"] = ["text": .string(ByteString(utf8: choice.text)), "form": .string(choice.form)]
            steps.append(step)
        }
        guard !steps.isEmpty else { return nil }
        json["steps"] = .array(steps)
        return .object(json)
    }

    /// Ways to give this key, those that change the least first.
    private var choices: [Choice] {
        var choices = [Choice(text: key, form: form, step: nil)]
        let jwk: JSONObject
        switch with {
        case .secret(let secret), .material(.secret(let secret), _):
            let trimmed = KeyBox.trimmed(key)
            if let wanted = made.keyForm {
                let step: JSON = ["do": "form", "form": .text(wanted.rawValue)]
                choices.append(Choice(text: key, form: ByteString(wanted.rawValue), step: step))
                if trimmed != key { choices.append(secretChoice(trimmed, wanted)) }
                if let written = Self.written(secret, wanted) { choices.append(secretChoice(written, wanted)) }
            }
            for other: KeyReader.Form in [.utf8, .base64url] {
                if let written = Self.written(secret, other) { choices.append(secretChoice(written, other)) }
            }
            jwk = JWKWriter.jwk(.secret(secret), id: nil, algorithm: made.algorithm, withPrivatePart: true)
        case .material(let material, _):
            if PEM.isLikely(key) || key.first != UInt8(ascii: "{") {
                let pem = KeyPEM.privateKey(material) ?? KeyPEM.publicKey(material)
                if let pem { choices.append(Choice(text: Array(pem.utf8), form: "auto", step: ["do": "key"])) }
            }
            jwk = JWKWriter.jwk(
                material, id: nil, algorithm: made.algorithm, withPrivatePart: material.isPrivate)
        }
        let isTakenForAnother = made.mistakes.isEmpty
        choices.append(
            Choice(
                text: VisibleJSON.text(.object(jwk)).bytes, form: "auto",
                step: isTakenForAnother
                    ? ["do": "algorithm", "algorithm": .text(made.algorithm.rawValue)] : ["do": "key"]))
        return choices
    }

    private func secretChoice(_ text: [UInt8], _ form: KeyReader.Form) -> Choice {
        Choice(
            text: text, form: ByteString(form.rawValue), step: ["do": "secret", "form": .text(form.rawValue)])
    }

    /// A secret in one of the forms; nil where a text box would change it.
    private static func written(_ secret: [UInt8], _ form: KeyReader.Form) -> [UInt8]? {
        switch form {
        case .document: return nil
        case .utf8:
            // Text boxes turn every line end into a line feed.
            let isText = UTF8Sequence.isValid(secret) && secret.allSatisfy { ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x0A }
            return isText ? secret : nil
        case .base64: return Array(Base64.encode(secret).utf8)
        case .base64url: return Base64URL.encodeBytes(secret)
        case .hex: return Array(Hex.encode(secret).utf8)
        }
    }

    /// Whether the page's judge asks WebCrypto for just what was found to hold.
    private func verifies(_ token: [UInt8], _ choice: Choice) -> Bool {
        let keys = KeyBox(choice.text, form: choice.form).usable
        var algorithms: [SignatureAlgorithm] = []
        for key in keys {
            if let algorithm = key.description.algorithm, !algorithms.contains(algorithm) {
                algorithms.append(algorithm)
            }
        }
        let judge = TokenJudge(policy: ClaimPolicy(algorithms: algorithms, acceptsEdDSA: true))
        guard let plan = try? judge.plan(token, keys: keys.map { $0.description }),
            plan.algorithm == made.algorithm, plan.signature == made.signature,
            plan.token.encoded.signingInput.elementsEqual(made.input)
        else { return false }
        return plan.candidates.contains { index in
            guard keys.indices.contains(index), let material = keys[index].material else { return false }
            switch with {
            case .secret(let secret), .material(.secret(let secret), _): return material == .secret(secret)
            case .material(let wanted, _): return JWKWriter.required(material) == JWKWriter.required(wanted)
            }
        }
    }
}

public import Codecs
import Crypto
public import Tokens

/// Why a signature does not verify: which of the usual mistakes it was, and how to mend it.
///
/// It accepts nothing, whatever it finds: only `TokenVerifier` makes a `VerifiedToken`. It says nothing about claims.
public struct Diagnosis: Sendable {
    /// How it ended.
    public enum Outcome: String, Sendable, CaseIterable {
        /// The signature verifies as token and key were given; if a verifier refuses, it is for another reason.
        case verifies
        /// A mistake was found.
        case explained
        /// None of the usual mistakes explains it: most likely it is another key, or the token was changed.
        case unexplained
    }

    /// How it ended.
    public let outcome: Outcome
    /// The mistakes, each as a stable public name; mostly one, at most a few.
    public let mistakes: [MistakeCode]
    /// The algorithm with which the signature verified; nil when it did not.
    public let algorithm: SignatureAlgorithm?
    /// The form in which the secret should have been given, where that is the repair.
    public let keyForm: KeyReader.Form?
    /// The key of the set that made the signature, where it has a name.
    public let keyID: ByteString?
    /// The token as it should have been, where it can be given and where it verifies.
    public let repairedToken: [UInt8]?
    /// How many signatures were computed.
    public let attempts: Int
    /// What is to be said about a secret that verified, or about the one that a search found.
    public let findings: [Finding]
    /// Why a verifier does not take the key, as it was given or, with `keyForm`, as it should be; nil when it would.
    public let keyRefusal: KeyRefusal?
    /// Keys of a set that are no good, and were passed over.
    public let passedOver: [KeyError]
    /// The hash that made an ECDSA signature, where it was not the algorithm's own.
    public let hash: String?
    /// What the token says that its key is called (`kid`).
    public let tokenKeyID: ByteString?
    /// What the keys that were tried are called, in the order of their document.
    public let keyIDs: [ByteString]

    /// How the secret was to be read.
    private let asked: KeyReader.Form

    /// Tries the usual mistakes, at most `DiagnosisCandidates.maximum` of them.
    /// - Parameters:
    ///   - token: the token as it was given, at most 64 KiB.
    ///   - key: what was given as the key: PEM, JWK, JWK set, or a secret.
    ///   - form: how a secret was to be read; `document` where a key document was to be read, or that is not known.
    ///   - saidFor: what the key was said to be for, where it does not say so itself.
    public init(
        token: [UInt8], key: [UInt8], form: KeyReader.Form = .document, algorithm saidFor: SignatureAlgorithm? = nil
    ) {
        let candidates = DiagnosisCandidates(token: token, key: key, form: form)
        let given = KeyRefusal.keys(key, form, saidFor: saidFor)
        passedOver = (try? given.get())?.passedOver ?? []
        asked = form
        tokenKeyID = candidates.tokenKeyID
        keyIDs = candidates.keyIDs
        var keys: [KeyUse: VerificationKey?] = [:]
        for number in 0..<candidates.count {
            guard let candidate = candidates.candidate(number) else { break }
            guard let match = Self.holds(candidate, candidates.keys[candidate.keyIndex], &keys) else { continue }
            var mistakes = (candidate.mistakes + (match == .prefix ? [.tokenTruncated] : []))
                .reduce(into: [MistakeCode]()) { if !$0.contains($1) { $0.append($1) } }
            var refusal: KeyRefusal?
            if mistakes.isEmpty || mistakes == [.wrongKeyOfSet] {
                refusal = KeyRefusal(given, token: token, signed: candidate.algorithm)
                // For a token that names no key a verifier tries each that fits: nothing went wrong.
                if refusal == nil { mistakes = [] }
            } else if let keyForm = candidate.keyForm, Self.isFormAlone(mistakes) {
                refusal = KeyRefusal(
                    KeyRefusal.keys(key, keyForm, saidFor: saidFor), token: token, signed: candidate.algorithm)
            }
            outcome = mistakes.isEmpty ? .verifies : .explained
            self.mistakes = mistakes
            keyRefusal = refusal
            algorithm = candidate.algorithm
            keyForm = candidate.keyForm
            repairedToken = match == .whole ? candidate.repairedToken : nil
            attempts = number + 1
            hash = nil
            switch candidates.keys[candidate.keyIndex] {
            case .secret(let secret), .material(.secret(let secret), _):
                keyID = nil
                findings = WeakSecret.finding(secret, for: candidate.algorithm).map { [$0] } ?? []
            case .material(_, let id):
                keyID = id
                findings = []
            }
            return
        }
        var fallback = candidates.fallback
        // A verifier reads the key before it looks at the token.
        if case .failure(let error) = given, !Self.saysAll(fallback) {
            keyRefusal = .refused(error)
            if candidates.needsDocument { fallback = .keyUnusable }
        } else {
            keyRefusal = nil
        }
        algorithm = nil
        keyForm = nil
        keyID = nil
        repairedToken = nil
        attempts = candidates.count
        findings = WeakSecretSearch.finding(token).map { [$0] } ?? []
        hash = fallback == nil ? Self.otherHash(candidates) : nil
        mistakes = hash != nil ? [.hashMismatch] : fallback.map { [$0] } ?? []
        outcome = mistakes.isEmpty ? .unexplained : .explained
    }

    /// What happened, for people.
    public var text: String {
        switch outcome {
        case .verifies:
            return "The signature verifies with this key." + (keyRefusal.map { " " + $0.sentence } ?? "")
        case .explained:
            if mistakes == [.keyUnusable], case .refused(let error)? = keyRefusal {
                return "The key cannot be used: \(error.detail) (\(error.code.rawValue))."
            }
            let sentences = mistakes.map(\.sentence).joined(separator: " ") + reading
            let names = mistakes.contains { [.keyIDMisleads, .wrongKeyOfSet, .keyTypeMismatch].contains($0) }
            return sentences + (hash.map { " It was made with \($0)." } ?? "") + (names ? self.names : "")
                + (keyRefusal.map { " " + $0.sentence } ?? "")
        case .unexplained:
            return
                "None of the usual mistakes explains it (\(attempts) attempts): most likely this is another key, or the "
                + "token was changed after signing." + names + (keyRefusal.map { " " + $0.sentence } ?? "")
        }
    }

    /// How the secret was read, as a sentence with a space in front, where another form is the repair.
    private var reading: String {
        let read = asked == .document ? .utf8 : asked
        guard let keyForm, keyForm != read else { return "" }
        return " It was read as \(read == .utf8 ? "text (utf8)" : read.rawValue)."
    }

    /// What token and keys call the key, as sentences with a space in front; empty where there is nothing to be
    /// compared.
    private var names: String {
        guard tokenKeyID != nil || keyIDs.count > 1 else { return "" }
        let wanted = tokenKeyID.map { " The token asks for the key \(Display.quoted($0))" } ?? " The token names no key"
        switch keyIDs.count {
        case 0: return wanted + "; what was given has no name."
        case 1: return wanted + "; the key that was given is \(Display.list(keyIDs))."
        default: return wanted + "; the keys that were given are \(Display.list(keyIDs))."
        }
    }

    /// What to do, for people; empty when there is nothing.
    public var advice: String {
        switch outcome {
        case .verifies: return ""
        case .explained where hash != nil:
            return "Let the signer hash as the algorithm says: each curve has one hash (RFC 7518 §3.4)."
        case .explained: return mistakes.map(\.advice).joined(separator: " ")
        case .unexplained: return "Ask the issuer which key signed it, and copy the token from its source again."
        }
    }

    /// The diagnosis as the terminal's `--json` and the Studio write it: `outcome`, `mistakes`, `text`, `advice`,
    /// `attempts`, and where known `algorithm`, `keyForm`, `kid`, `tokenKid`, `kids`, `refusal`, `hash`, `repairedToken`,
    /// `findings`. Never a key.
    public var json: JSONObject {
        var object: JSONObject = [
            "outcome": .string(ByteString(outcome.rawValue)),
            "mistakes": .array(mistakes.map { .string(ByteString($0.rawValue)) }),
            "text": .string(ByteString(text)), "advice": .string(ByteString(advice)),
        ]
        object["attempts"] = .number(JSONNumber(Int64(attempts)))
        if let algorithm { object["algorithm"] = .string(ByteString(algorithm.rawValue)) }
        if let keyForm { object["keyForm"] = .string(ByteString(keyForm.rawValue)) }
        if let keyID { object["kid"] = .string(keyID) }
        if let tokenKeyID { object["tokenKid"] = .string(tokenKeyID) }
        if !keyIDs.isEmpty { object["kids"] = .array(keyIDs.map { .string($0) }) }
        if let keyRefusal { object["refusal"] = .string(ByteString(keyRefusal.sentence)) }
        if let hash { object["hash"] = .string(ByteString(hash)) }
        if let repairedToken { object["repairedToken"] = .string(ByteString(utf8: repairedToken)) }
        if !findings.isEmpty { object["findings"] = .array(findings.map { .object($0.json) }) }
        return object
    }

    // Running the attempts

    /// Whether another form of the secret mends everything.
    private static func isFormAlone(_ mistakes: [MistakeCode]) -> Bool {
        mistakes.count == 1
            && mistakes.allSatisfy { [.secretIsBase64, .secretIsBase64URL, .secretIsHex, .secretIsText].contains($0) }
    }

    /// Whether nothing about the key matters beside this.
    private static func saysAll(_ mistake: MistakeCode?) -> Bool {
        mistake.map { [.tokenUnreadable, .tokenUnsigned, .keyMissing].contains($0) } ?? false
    }

    /// Another hash under an ECDSA signature: tried with the token as it stands, and each key once.
    private static func otherHash(_ candidates: DiagnosisCandidates) -> String? {
        var seen: Set<Int> = []
        for number in 0..<candidates.count {
            guard let candidate = candidates.candidate(number), seen.insert(candidate.keyIndex).inserted,
                case .material(let material, _) = candidates.keys[candidate.keyIndex]
            else { continue }
            if let name = OtherHash.name(candidate, material) { return name }
        }
        return nil
    }

    private struct KeyUse: Hashable {
        let key: Int
        let algorithm: SignatureAlgorithm
    }

    private enum Match {
        /// The signature belongs to the text.
        case whole
        /// The beginning of the signature does; the rest is missing.
        case prefix
    }

    /// The fewest bytes of a MAC that are called its beginning: 2^-64 by chance.
    private static let shortestPrefix = 8

    private static func holds(
        _ candidate: DiagnosisCandidates.Candidate, _ key: DiagnosisCandidates.Key,
        _ keys: inout [KeyUse: VerificationKey?]
    ) -> Match? {
        switch key {
        case .secret(let secret), .material(.secret(let secret), _):
            // Straight to the primitive: short secrets are refused everywhere else, and must be explained here.
            guard let mac = SharedSecretMAC.compute(candidate.algorithm, secret, candidate.input) else { return nil }
            if mac == candidate.signature { return .whole }
            let count = candidate.signature.count
            guard count >= shortestPrefix, count < mac.count, mac[..<count].elementsEqual(candidate.signature) else {
                return nil
            }
            return .prefix
        case .material(let material, let id):
            let use = KeyUse(key: candidate.keyIndex, algorithm: candidate.algorithm)
            let verifier: VerificationKey?
            if let known = keys[use] {
                verifier = known
            } else {
                let decoded = try? DecodedKey(material, id: id, algorithm: candidate.algorithm)
                verifier = decoded.flatMap { try? VerificationKey($0) }
                keys[use] = .some(verifier)
            }
            return verifier?.verifies(candidate.signature, over: candidate.input[...]) == true ? .whole : nil
        }
    }
}

/// HMAC with a secret of any length, for explaining; verifiers use `VerificationKey`, which refuses weak secrets.
enum SharedSecretMAC {
    static func compute(_ algorithm: SignatureAlgorithm, _ secret: [UInt8], _ input: [UInt8]) -> [UInt8]? {
        let key = SymmetricKey(data: secret)
        switch algorithm {
        case .hs256: return Array(HMAC<SHA256>.authenticationCode(for: input, using: key))
        case .hs384: return Array(HMAC<SHA384>.authenticationCode(for: input, using: key))
        case .hs512: return Array(HMAC<SHA512>.authenticationCode(for: input, using: key))
        default: return nil
        }
    }
}

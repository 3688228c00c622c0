public import Codecs

/// What a run of the attempts came to, in words and as JSON. Pure: whoever has the primitives ran them and says which
/// attempt succeeded.
///
/// It accepts nothing, whatever it finds, and says nothing about claims.
public struct DiagnosisReport: Sendable {
    /// How it ended.
    public enum Outcome: String, Sendable, CaseIterable {
        /// The signature verifies as token and key were given; if a verifier refuses, it is for another reason.
        case verifies
        /// A mistake was found.
        case explained
        /// None of the usual mistakes explains it: most likely it is another key, or the token was changed.
        case unexplained
    }

    /// How much of a signature an attempt found.
    public enum Match: String, Sendable {
        /// The signature belongs to the text.
        case whole
        /// The beginning of the signature does; the rest is missing.
        case prefix
    }

    /// The fewest bytes of a MAC that are called its beginning: 2^-64 by chance.
    public static let shortestPrefix = 8

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
    /// The hash that made an ECDSA signature, where it was not the algorithm's own.
    public let hash: String?
    /// What the token says that its key is called (`kid`).
    public let tokenKeyID: ByteString?
    /// What the keys that were tried are called, in the order of their document.
    public let keyIDs: [ByteString]

    /// How the secret was to be read.
    private let asked: KeyReader.Form

    /// An attempt succeeded.
    /// - Parameters:
    ///   - candidate: the attempt.
    ///   - number: its number, from 0.
    ///   - match: how much of the signature it found.
    ///   - token: the token as it was given.
    ///   - form: how a secret was to be read; `document` where that is not known.
    ///   - keys: the keys as a verifier reads them in a form, or why it cannot.
    public init(
        _ candidates: DiagnosisCandidates, succeeded candidate: DiagnosisCandidates.Candidate, number: Int,
        match: Match, token: [UInt8], form: KeyReader.Form,
        keys: (KeyReader.Form) -> Result<[KeyDescription], KeyError>
    ) {
        var mistakes: [MistakeCode] = []
        for mistake in candidate.mistakes + (match == .prefix ? [.tokenTruncated] : [])
        where !mistakes.contains(mistake) {
            mistakes.append(mistake)
        }
        var refusal: KeyRefusal?
        if mistakes.isEmpty || mistakes == [.wrongKeyOfSet] {
            refusal = KeyRefusal(keys(form), token: token, signed: candidate.algorithm)
            // For a token that names no key a verifier tries each that fits: nothing went wrong.
            if refusal == nil { mistakes = [] }
        } else if let keyForm = candidate.keyForm, Self.isFormAlone(mistakes) {
            refusal = KeyRefusal(keys(keyForm), token: token, signed: candidate.algorithm)
        }
        asked = form
        outcome = mistakes.isEmpty ? .verifies : .explained
        self.mistakes = mistakes
        keyRefusal = refusal
        algorithm = candidate.algorithm
        keyForm = candidate.keyForm
        repairedToken = match == .whole ? candidate.repairedToken : nil
        attempts = number + 1
        hash = nil
        tokenKeyID = candidates.tokenKeyID
        keyIDs = candidates.keyIDs
        switch candidates.keys[candidate.keyIndex] {
        case .secret(let secret), .material(.secret(let secret), _):
            keyID = nil
            findings = WeakSecret.finding(secret, for: candidate.algorithm).map { [$0] } ?? []
        case .material(_, let id):
            keyID = id
            findings = []
        }
    }

    /// None of the attempts succeeded.
    /// - Parameters:
    ///   - keys: the keys as a verifier reads them, or why it cannot.
    ///   - weakness: what a search for the token's secret found.
    ///   - otherHash: the hash with which an ECDSA signature verifies; asked only where nothing else explains it.
    public init(
        failed candidates: DiagnosisCandidates, form: KeyReader.Form, keys: Result<[KeyDescription], KeyError>,
        weakness: Finding?, otherHash: () -> String?
    ) {
        var fallback = candidates.fallback
        // A verifier reads the key before it looks at the token.
        if case .failure(let error) = keys, !Self.saysAll(fallback) {
            keyRefusal = .refused(error)
            if candidates.needsDocument { fallback = .keyUnusable }
        } else {
            keyRefusal = nil
        }
        asked = form
        algorithm = nil
        keyForm = nil
        keyID = nil
        repairedToken = nil
        attempts = candidates.count
        findings = weakness.map { [$0] } ?? []
        hash = fallback == nil ? otherHash() : nil
        mistakes = hash != nil ? [.hashMismatch] : fallback.map { [$0] } ?? []
        outcome = mistakes.isEmpty ? .unexplained : .explained
        tokenKeyID = candidates.tokenKeyID
        keyIDs = candidates.keyIDs
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
            let sentences = mistakes.map { $0.sentence }.joined(separator: " ") + reading
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
        case .explained: return mistakes.map { $0.advice }.joined(separator: " ")
        case .unexplained: return "Ask the issuer which key signed it, and copy the token from its source again."
        }
    }

    /// The report as the terminal's `--json` and the Studio write it: `outcome`, `mistakes`, `text`, `advice`,
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

    /// Whether another form of the secret mends everything.
    private static func isFormAlone(_ mistakes: [MistakeCode]) -> Bool {
        mistakes.count == 1
            && mistakes.allSatisfy { [.secretIsBase64, .secretIsBase64URL, .secretIsHex, .secretIsText].contains($0) }
    }

    /// Whether nothing about the key matters beside this.
    private static func saysAll(_ mistake: MistakeCode?) -> Bool {
        mistake.map { [.tokenUnreadable, .tokenUnsigned, .keyMissing].contains($0) } ?? false
    }
}

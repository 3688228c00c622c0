public import Codecs

/// The attempts that tell why a signature does not verify: every likely reading of the key, of the token and of the
/// algorithm, the fewest mistakes first. Pure; whoever has the primitives (CryptoKit, WebCrypto) runs them.
///
/// An attempt that succeeds explains a mistake. It accepts nothing.
public struct DiagnosisCandidates: Sendable {
    /// The most attempts.
    public static let maximum = 2_000

    /// A key to try.
    public enum Key: Sendable {
        /// A shared secret, of any length.
        case secret([UInt8])
        /// Another key, by its numbers.
        case material(KeyMaterial, id: ByteString?)
    }

    /// One attempt.
    public struct Candidate: Sendable {
        /// Which of `keys` it is with.
        public let keyIndex: Int
        /// Which reading of the token it is with; 0 is the token as it stands.
        public let readingIndex: Int
        /// What to compute.
        public let algorithm: SignatureAlgorithm
        /// What the signature may be over.
        public let input: [UInt8]
        /// The signature.
        public let signature: [UInt8]
        /// What went wrong if this verifies; nothing for the token and key as they were given.
        public let mistakes: [MistakeCode]
        /// How the secret should have been given, where that is what is mended.
        public let keyForm: KeyReader.Form?
        /// The token as it should have been, where it can be given.
        public let repairedToken: [UInt8]?
    }

    /// The keys to try.
    public let keys: [Key]
    /// What explains the failure if no attempt succeeds; nil when nothing does.
    public let fallback: MistakeCode?
    /// Whether nothing but a key document could have been meant: what was given looks like one, or the token's algorithm
    /// takes no secret.
    public let needsDocument: Bool
    /// What the token says that its key is called (`kid`).
    public let tokenKeyID: ByteString?
    /// What the keys are called that have a name, in the order of their document.
    public let keyIDs: [ByteString]
    /// How many attempts there are.
    public var count: Int { plan.count }

    private struct Step {
        let key: Int
        let text: Int
        let algorithm: Int
    }

    private let keyMistakes: [[MistakeCode]]
    private let keyForms: [KeyReader.Form?]
    private let texts: [SignedReadings.Reading]
    private let algorithms: [(SignatureAlgorithm, [MistakeCode])]
    private let plan: [Step]

    /// - Parameters:
    ///   - token: the token as it was given, at most 64 KiB.
    ///   - key: what was given as the key: a document or a secret.
    ///   - form: how a secret was to be read; `document` where that is not known.
    public init(token: [UInt8], key text: [UInt8], form: KeyReader.Form = .document) {
        var keys: [Key] = []
        var keyMistakes: [[MistakeCode]] = []
        var keyForms: [KeyReader.Form?] = []
        func add(_ key: Key, _ mistakes: [MistakeCode], _ form: KeyReader.Form? = nil) {
            keys.append(key)
            keyMistakes.append(mistakes)
            keyForms.append(form)
        }
        let signed = SignedReadings(token)
        let readings = KeyReadings(text, keyID: signed?.keyID)
        tokenKeyID = signed?.keyID
        keyIDs = readings.ids
        let isDocument = form == .document && readings.isDocument
        let algorithm = signed?.algorithm.flatMap { Self.algorithm($0) }
        let isShared = algorithm?.0.family == .hmac
        for reading in readings.readings { add(.material(reading.material, id: reading.id), reading.mistakes) }
        for reading in readings.readings {
            // The text of "k", which is base64url, instead of what it encodes.
            guard case .secret(let secret) = reading.material else { continue }
            for (text, mistake) in SecretReadings.encodings(secret).reversed() { add(.secret(text), [mistake]) }
        }
        if isDocument || readings.isDocument {
            for text in readings.texts { add(.secret(text), [.publicKeyAsSecret]) }
        }
        if !isDocument, text.count <= 65_536 {
            for reading in SecretReadings(text, form: form).readings {
                add(.secret(reading.bytes), reading.mistakes, reading.form)
            }
        }
        self.keys = keys
        self.keyMistakes = keyMistakes
        self.keyForms = keyForms
        texts = algorithm == nil ? [] : signed?.readings ?? []
        algorithms = algorithm.map { Self.alternatives($0, keys) } ?? []
        plan = Self.plan(keys, texts.count, algorithms)
        fallback = Self.fallback(
            signed, algorithm, isKeyEmpty: Bytes.trimming(text).isEmpty,
            fits: (isShared && !isDocument)
                || readings.readings.contains { Self.fits(.material($0.material, id: nil), algorithm?.0) })
        needsDocument = form == .document && (readings.isDocument || !isShared)
    }

    /// The attempt of this number, from 0; nil beyond the last.
    public func candidate(_ number: Int) -> Candidate? {
        guard plan.indices.contains(number) else { return nil }
        let step = plan[number]
        let text = texts[step.text]
        let (algorithm, untruths) = algorithms[step.algorithm]
        return Candidate(
            keyIndex: step.key, readingIndex: step.text, algorithm: algorithm, input: text.input,
            signature: text.signature,
            mistakes: keyMistakes[step.key] + untruths + text.mistakes, keyForm: keyForms[step.key],
            repairedToken: text.repaired)
    }

    // Other hashes

    /// One attempt with another hash than an ECDSA algorithm's own.
    public struct HashAttempt: Sendable {
        /// The attempt that it differs from.
        public let candidate: Candidate
        /// The hash: SHA-1, SHA-256, SHA-384 or SHA-512.
        public let hash: String
    }

    /// The usual hashes under an ECDSA signature besides the algorithm's own (RFC 7518 §3.4): for the token as it stands,
    /// each key once. To be tried when no attempt has succeeded.
    public var hashAttempts: [HashAttempt] {
        var seen: Set<Int> = []
        var attempts: [HashAttempt] = []
        for number in 0..<count {
            guard let candidate = candidate(number), seen.insert(candidate.keyIndex).inserted,
                candidate.algorithm.family == .ecdsa,
                case .material(.elliptic(let curve, let x, let y, _), _) = keys[candidate.keyIndex],
                curve != .secp256k1, x.count == curve.fieldLength, y.count == curve.fieldLength,
                candidate.signature.count == 2 * curve.fieldLength
            else { continue }
            for (hash, length) in [("SHA-256", 32), ("SHA-384", 48), ("SHA-512", 64), ("SHA-1", 20)]
            where length != candidate.algorithm.hashLength {
                attempts.append(HashAttempt(candidate: candidate, hash: hash))
            }
        }
        return attempts
    }

    // Algorithms

    private static func algorithm(_ name: ByteString) -> (SignatureAlgorithm, [MistakeCode])? {
        if name == "EdDSA" { return (.ed25519, []) }
        if let algorithm = SignatureAlgorithm(name: name) { return (algorithm, []) }
        for algorithm in SignatureAlgorithm.allCases where HeaderLinter.sameButCase(name, algorithm.rawValue) {
            return (algorithm, [.algorithmSpelling])
        }
        return nil
    }

    private static func alternatives(
        _ named: (SignatureAlgorithm, [MistakeCode]), _ keys: [Key]
    ) -> [(SignatureAlgorithm, [MistakeCode])] {
        var alternatives = [named]
        let family = named.0.family
        for other in SignatureAlgorithm.allCases where other != named.0 {
            let isRSA = family == .rsaPKCS1 || family == .rsaPSS
            if other.family == family, family == .hmac || isRSA {
                alternatives.append((other, [.hashMismatch]))
            } else if isRSA, other.family == .rsaPKCS1 || other.family == .rsaPSS {
                alternatives.append((other, [.paddingMismatch]))
            } else if keys.contains(where: { fits($0, other) }) {
                // EdDSA is the name of both curves' algorithms.
                let isSameName = family == .edDSA && other.family == .edDSA
                alternatives.append((other, isSameName ? [] : [.algorithmUntrue]))
            }
        }
        return alternatives
    }

    /// Whether a key is of the kind that an algorithm needs.
    static func fits(_ key: Key, _ algorithm: SignatureAlgorithm?) -> Bool {
        guard let algorithm else { return false }
        guard case .material(let material, _) = key else { return algorithm.family == .hmac }
        switch material {
        case .secret: return algorithm.family == .hmac
        case .rsa: return algorithm.family == .rsaPKCS1 || algorithm.family == .rsaPSS
        case .elliptic(let curve, _, _, _): return curve.signatureAlgorithm == algorithm
        case .octetPair(let curve, _, _): return curve.signatureAlgorithm == algorithm
        case .mlDSA(let parameters, _, _): return parameters.signatureAlgorithm == algorithm
        }
    }

    // The order

    /// First the least mistakes, then those near the heads of their lists.
    private static func plan(
        _ keys: [Key], _ texts: Int, _ algorithms: [(SignatureAlgorithm, [MistakeCode])]
    ) -> [Step] {
        var plan: [Step] = []
        func add(_ key: Int, _ text: Int, _ algorithm: Int) {
            guard plan.count < maximum, keys.indices.contains(key), text < texts, algorithm < algorithms.count,
                fits(keys[key], algorithms[algorithm].0)
            else { return }
            plan.append(Step(key: key, text: text, algorithm: algorithm))
        }
        guard texts > 0, !algorithms.isEmpty else { return [] }
        for algorithm in algorithms.indices {
            for key in keys.indices { add(key, 0, algorithm) }
            if algorithm == 0 { for text in 1..<max(1, texts) { add(0, text, 0) } }
        }
        // Two slips at once: by diagonals, so that likely ones of both lists meet early.
        for sum in 2..<max(2, keys.count + texts) {
            for text in 1..<max(1, min(sum, texts)) where sum - text > 0 { add(sum - text, text, 0) }
        }
        for algorithm in algorithms.indices.dropFirst() {
            for text in 1..<max(1, texts) { for key in keys.indices { add(key, text, algorithm) } }
        }
        return plan
    }

    private static func fallback(
        _ signed: SignedReadings?, _ algorithm: (SignatureAlgorithm, [MistakeCode])?, isKeyEmpty: Bool, fits: Bool
    ) -> MistakeCode? {
        guard let signed else { return .tokenUnreadable }
        if signed.algorithm.map(PartialToken.isNone) == true || signed.signature.isEmpty { return .tokenUnsigned }
        guard let algorithm = algorithm?.0 else { return .tokenUnreadable }
        if isKeyEmpty { return .keyMissing }
        if !fits { return .keyTypeMismatch }
        if signed.isDetached { return .contentDetached }
        if let length = algorithm.signatureLength, signed.signature.count < length { return .tokenTruncated }
        return nil
    }
}

extension DiagnosisCandidates.Key: CustomStringConvertible {
    /// Nothing of the key.
    public var description: String { "key <redacted>" }
}

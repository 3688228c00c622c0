public import Codecs

/// Judges an encrypted token up to and after the one question that needs cryptography: what is inside?
///
/// As with `TokenJudge`, who answers that question may differ; all that comes before and after is this code.
public struct DecryptionJudge: Sendable {
    /// The most pairs of a recipient and a key that are tried.
    public static let maximumAttempts = 16

    /// What is asked of the token.
    public let policy: DecryptionPolicy

    /// A judge for one policy.
    public init(policy: DecryptionPolicy) {
        self.policy = policy
    }

    /// Everything that can be said before a key is touched, and which keys to try for which recipient.
    /// - Parameters:
    ///   - text: the token as it arrived.
    ///   - isJSON: whether the JSON forms are read; else only the compact one is.
    ///   - keys: our keys, by what they say about themselves.
    ///   - report: hears of each step as it is made.
    public func plan(
        _ text: [UInt8], isJSON: Bool, keys: [DecryptionKeyDescription], report: ((VerificationStep) -> Void)? = nil
    ) throws(TokenRejection) -> DecryptionPlan {
        let steps = StepReporter(listener: report)
        do throws(EncryptedTokenDefect) {
            let token = try decode(text, isJSON: isJSON, steps)
            let encryption = try allowedEncryption(of: token)
            let readable = try readable(token, encryption, steps)
            try checkCritical(token.protected, steps)
            let attempts = try attempts(readable, token, encryption, keys, steps)
            return DecryptionPlan(token: token, encryption: encryption, attempts: attempts)
        } catch {
            throw steps.refused(error.check, error.code, part: error.check == .form ? nil : .header, error.detail)
        }
    }

    /// Everything that can be said once decryption was tried: nil says that none of the attempts succeeded, and not a
    /// word why (RFC 7516 §11.5).
    public func judge(
        _ plan: DecryptionPlan, content: [UInt8]?, report: ((VerificationStep) -> Void)? = nil
    ) throws(TokenRejection) -> [UInt8] {
        let steps = StepReporter(listener: report)
        guard let content else {
            throw steps.refused(
                .decryption, .decryptionFailed,
                "the token could not be decrypted: it is not for this key, or it was changed")
        }
        guard plan.token.protected.value(named: "zip") != nil else {
            steps.passed(.decryption, "\(plan.encryption.rawValue) opened \(content.count) bytes; nobody signed them")
            return content
        }
        let (most, overflow) = content.count.multipliedReportingOverflow(by: DecryptionPolicy.maximumInflation)
        let limit = overflow ? DecryptionPolicy.maximumInflatedSize : min(most, DecryptionPolicy.maximumInflatedSize)
        do throws(InflateError) {
            let inflated = try Inflate.decode(content, limit: limit)
            steps.passed(.decryption, "\(plan.encryption.rawValue) opened \(inflated.count) bytes; nobody signed them")
            return inflated
        } catch {
            throw steps.refused(
                .decryption, .compressionInvalid, "the compressed content is refused: \(error.description)")
        }
    }

    private func decode(
        _ text: [UInt8], isJSON: Bool, _ steps: StepReporter
    ) throws(EncryptedTokenDefect) -> DecodedEncryptedToken {
        guard text.count <= policy.maximumSize else {
            throw EncryptedTokenDefect(
                .form, .tokenTooLarge,
                "the token has \(text.count) bytes; the policy allows \(policy.maximumSize)")
        }
        let token: DecodedEncryptedToken
        if isJSON {
            token = try DecodedEncryptedToken(json: text)
            steps.passed(.form, "\(token.form.rawValue) JSON, \(text.count) bytes")
        } else {
            let encoded = try EncodedEncryptedToken(text)
            steps.passed(.form, "five parts, \(text.count) bytes")
            token = try DecodedEncryptedToken(encoded)
        }
        try checkCompression(token.protected)
        steps.passed(.header, part: .header, "headers for \(token.recipients.count) recipients")
        return token
    }

    private func checkCompression(_ protected: JSONObject) throws(EncryptedTokenDefect) {
        guard let value = protected.value(named: "zip") else { return }
        guard value.string == "DEF" else {
            throw EncryptedTokenDefect(.header, .compressionNotAllowed, "\"zip\" must be \"DEF\"")
        }
        guard policy.acceptsCompression else {
            throw EncryptedTokenDefect(
                .header, .compressionNotAllowed, "the content is compressed, which the policy does not allow")
        }
    }

    private func allowedEncryption(
        of token: DecodedEncryptedToken
    ) throws(EncryptedTokenDefect) -> ContentEncryptionAlgorithm {
        let name = token.recipients.first?.header.encryption ?? ""
        guard let encryption = ContentEncryptionAlgorithm(name: name) else {
            throw EncryptedTokenDefect(
                .algorithm, .encryptionUnsupported, "\"enc\" is \(Display.quoted(name)), which is not supported")
        }
        guard policy.contentEncryption.contains(encryption) else {
            throw EncryptedTokenDefect(
                .algorithm, .encryptionNotAllowed, "\"enc\" is \(encryption.rawValue), which the policy does not list")
        }
        return encryption
    }

    /// The recipients whose algorithm is allowed and whose parameters are whole; with none, the complaint is about the
    /// first.
    private func readable(
        _ token: DecodedEncryptedToken, _ encryption: ContentEncryptionAlgorithm, _ steps: StepReporter
    ) throws(EncryptedTokenDefect) -> [DecryptionPlan.Attempt] {
        var readable: [DecryptionPlan.Attempt] = []
        var complaint: EncryptedTokenDefect?
        for (index, recipient) in token.recipients.enumerated() {
            do throws(EncryptedTokenDefect) {
                let algorithm = try allowedAlgorithm(of: recipient.header)
                let parameters = try KeyManagementParameters(
                    recipient.header.json, algorithm: algorithm,
                    iterations: policy.iterations.clamped(to: DecryptionPolicy.iterationBounds))
                readable.append(
                    DecryptionPlan.Attempt(recipient: index, key: 0, algorithm: algorithm, parameters: parameters))
            } catch {
                complaint = complaint ?? error
            }
        }
        guard let first = readable.first else {
            throw complaint ?? EncryptedTokenDefect(.form, .tokenJSONInvalid, "the token has no recipient")
        }
        steps.passed(.algorithm, part: .header, "\(first.algorithm.rawValue) with \(encryption.rawValue) is allowed")
        return readable
    }

    private func allowedAlgorithm(
        of header: EncryptionHeader
    ) throws(EncryptedTokenDefect) -> KeyManagementAlgorithm {
        guard header.algorithm != "RSA1_5" else {
            throw EncryptedTokenDefect(
                .algorithm, .algorithmUnsupported,
                "\"alg\" is RSA1_5, whose padding gives the key away to patient strangers (RFC 8725 §3.2): it is "
                    + "never accepted")
        }
        guard let algorithm = KeyManagementAlgorithm(name: header.algorithm) else {
            throw EncryptedTokenDefect(
                .algorithm, .algorithmUnsupported,
                "\"alg\" is \(Display.quoted(header.algorithm)), which is no supported way to encrypt a key")
        }
        guard policy.keyManagement.contains(algorithm) else {
            throw EncryptedTokenDefect(
                .algorithm, .algorithmNotAllowed, "\"alg\" is \(algorithm.rawValue), which the policy does not list")
        }
        return algorithm
    }

    /// RFC 7516 §4.1.13: no extension is supported, so `crit` is refused whatever it says.
    private func checkCritical(_ protected: JSONObject, _ steps: StepReporter) throws(EncryptedTokenDefect) {
        guard let value = protected.value(named: "crit") else {
            return steps.passed(.critical, part: .header, "no extension is marked critical")
        }
        let names = value.array?.compactMap { $0.string } ?? []
        guard let first = names.first, names.count == value.array?.count else {
            throw EncryptedTokenDefect(.critical, .criticalInvalid, "\"crit\" must be a non-empty array of names")
        }
        guard Set(names).count == names.count, !names.contains(where: { Self.registered.contains($0) }),
            names.allSatisfy({ protected[$0] != nil })
        else {
            throw EncryptedTokenDefect(
                .critical, .criticalInvalid,
                "\"crit\" repeats a name, names what is no extension, or what is not in the header")
        }
        throw EncryptedTokenDefect(
            .critical, .criticalUnknown,
            "\"crit\" demands the extension \(Display.quoted(first)), which is not supported")
    }

    /// The parameters of RFC 7516 §4.1 and RFC 7518 §4, which are no extensions.
    private static let registered: Set<ByteString> = [
        "alg", "enc", "zip", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty", "crit", "epk", "apu",
        "apv", "iv", "tag", "p2s", "p2c",
    ]

    private func attempts(
        _ readable: [DecryptionPlan.Attempt], _ token: DecodedEncryptedToken, _ encryption: ContentEncryptionAlgorithm,
        _ keys: [DecryptionKeyDescription], _ steps: StepReporter
    ) throws(EncryptedTokenDefect) -> [DecryptionPlan.Attempt] {
        var attempts: [DecryptionPlan.Attempt] = []
        var complaint: EncryptedTokenDefect?
        for attempt in readable {
            do throws(EncryptedTokenDefect) {
                for key in try candidates(for: attempt, token.recipients[attempt.recipient].header, encryption, keys) {
                    attempts.append(attempt.with(key: key))
                }
            } catch {
                complaint = complaint ?? error
            }
        }
        guard let first = attempts.first else {
            throw complaint ?? EncryptedTokenDefect(.key, .keyUnknown, "no key is for this token")
        }
        guard attempts.count <= Self.maximumAttempts else {
            throw EncryptedTokenDefect(
                .key, .keyAmbiguous,
                "\(attempts.count) pairs of recipient and key could be meant; at most \(Self.maximumAttempts) are tried"
            )
        }
        try checkWork(attempts)
        steps.passed(
            .key, part: .header,
            attempts.count == 1 ? keys[first.key].summary : "\(attempts.count) keys may open this")
        return attempts
    }

    /// All passwords together may not cost more than one may.
    private func checkWork(_ attempts: [DecryptionPlan.Attempt]) throws(EncryptedTokenDefect) {
        var total = 0
        for attempt in attempts {
            guard case .password(_, let iterations) = attempt.parameters else { continue }
            total += iterations
        }
        guard total <= DecryptionPolicy.iterationBounds.upperBound else {
            throw EncryptedTokenDefect(
                .key, .keyAmbiguous, "several passwords could be meant, and trying them all costs too much")
        }
    }

    /// The keys to try: for the named key that one; keys without an identifier answer for any name. There is no default
    /// key, and a key is for its one algorithm only.
    private func candidates(
        for attempt: DecryptionPlan.Attempt, _ header: EncryptionHeader, _ encryption: ContentEncryptionAlgorithm,
        _ keys: [DecryptionKeyDescription]
    ) throws(EncryptedTokenDefect) -> [Int] {
        let named = keys.indices.filter { index in
            guard let wanted = header.keyID, let id = keys[index].id else { return true }
            return id == wanted
        }
        let exact = named.filter { keys[$0].id != nil && keys[$0].id == header.keyID }
        let eligible = exact.isEmpty ? named : exact
        guard let first = eligible.first else {
            let name = header.keyID.map { " is named \(Display.quoted($0))" } ?? ": there are none"
            throw EncryptedTokenDefect(.key, .keyUnknown, "no key\(name)")
        }
        let fitting = eligible.filter { keys[$0].fits(attempt, encryption) }
        guard !fitting.isEmpty else {
            throw EncryptedTokenDefect(
                .key, .keyAlgorithmMismatch,
                "the key is not for \(attempt.algorithm.rawValue) with \(encryption.rawValue): \(keys[first].summary)")
        }
        let usable = fitting.filter { keys[$0].mayDecrypt }
        guard !usable.isEmpty else {
            throw EncryptedTokenDefect(
                .key, .keyUsage, "the key's own \"use\" or \"key_ops\" do not let it decrypt, or it is a public key")
        }
        guard exact.isEmpty || usable.count == 1 else {
            throw EncryptedTokenDefect(
                .key, .keyAmbiguous,
                "\(usable.count) keys have the token's \"kid\" and are for \(attempt.algorithm.rawValue): nothing tells "
                    + "them apart")
        }
        return usable
    }
}

/// What is known of an encrypted token before it is decrypted, and how it may be.
public struct DecryptionPlan: Sendable {
    /// One key to try for one recipient.
    public struct Attempt: Sendable {
        /// The position of the recipient in the token.
        public let recipient: Int
        /// The position of the key in the list that `plan` was given.
        public let key: Int
        /// The algorithm that token, policy and key agree on.
        public let algorithm: KeyManagementAlgorithm
        /// What the recipient's header adds to it.
        public let parameters: KeyManagementParameters

        func with(key: Int) -> Attempt {
            Attempt(recipient: recipient, key: key, algorithm: algorithm, parameters: parameters)
        }
    }

    /// The token, its headers decoded.
    public let token: DecodedEncryptedToken
    /// How the content is encrypted.
    public let encryption: ContentEncryptionAlgorithm
    /// What to try, in order.
    public let attempts: [Attempt]
}

/// What a key for decryption says about itself: enough to choose it, not enough to use it.
public struct DecryptionKeyDescription: Sendable, Equatable {
    /// `kid`.
    public let id: ByteString?
    /// Its one algorithm.
    public let algorithm: KeyManagementAlgorithm
    /// For `dir`, the one `enc` that it is for, where it says so.
    public let encryption: ContentEncryptionAlgorithm?
    /// For `ECDH-ES`, its curve.
    public let curve: AgreementCurve?
    /// Its length in bytes, for a shared secret.
    public let length: Int?
    /// Whether its `use` and `key_ops` let it decrypt, and its private part is here.
    public let mayDecrypt: Bool
    /// What it is, in words.
    public let summary: String

    /// A description.
    public init(
        id: ByteString?, algorithm: KeyManagementAlgorithm, encryption: ContentEncryptionAlgorithm? = nil,
        curve: AgreementCurve? = nil, length: Int? = nil, mayDecrypt: Bool, summary: String
    ) {
        self.id = id
        self.algorithm = algorithm
        self.encryption = encryption
        self.curve = curve
        self.length = length
        self.mayDecrypt = mayDecrypt
        self.summary = summary
    }

    func fits(_ attempt: DecryptionPlan.Attempt, _ encryption: ContentEncryptionAlgorithm) -> Bool {
        guard algorithm == attempt.algorithm else { return false }
        if algorithm == .direct {
            return length == encryption.keyLength && (self.encryption == nil || self.encryption == encryption)
        }
        if case .agreement(let key, _, _) = attempt.parameters { return key.curve == curve }
        return true
    }
}

import Codecs
import Crypto
public import Tokens

/// Opens encrypted tokens (RFC 7516): reads, checks against a policy, finds the key, decrypts.
public struct TokenDecrypter: Sendable {
    /// The keys, in the caller's order.
    public let keys: [DecryptionKey]
    private let judge: DecryptionJudge
    /// What is tried where there is no key, as long as the longest key. Nothing that opens with it is ever given out.
    private let substitute = SymmetricKey(size: SymmetricKeySize(bitCount: 512))

    /// A decrypter with these keys that accepts this.
    public init(keys: [DecryptionKey], policy: DecryptionPolicy) {
        self.keys = keys
        judge = DecryptionJudge(policy: policy)
    }

    /// What is asked of a token.
    public var policy: DecryptionPolicy { judge.policy }

    /// Opens a compact token: five parts with dots. The JSON forms are refused here, whatever they hold.
    /// - Parameters:
    ///   - token: the text as it arrived.
    ///   - report: hears of each step as it is made; absent, it costs nothing.
    public func decrypt(
        _ token: [UInt8], report: ((VerificationStep) -> Void)? = nil
    ) throws(TokenRejection) -> DecryptedContent {
        try decrypt(token, isJSON: false, report)
    }

    /// Opens a token in one of the JSON forms. Of its recipients only those are tried whose algorithm the policy lists
    /// and one of our keys fits.
    public func decrypt(
        json token: [UInt8], report: ((VerificationStep) -> Void)? = nil
    ) throws(TokenRejection) -> DecryptedContent {
        try decrypt(token, isJSON: true, report)
    }

    private func decrypt(
        _ text: [UInt8], isJSON: Bool, _ report: ((VerificationStep) -> Void)?
    ) throws(TokenRejection) -> DecryptedContent {
        let plan = try judge.plan(text, isJSON: isJSON, keys: keys.map(\.summary), report: report)
        var opened: (content: [UInt8], attempt: DecryptionPlan.Attempt)?
        for attempt in plan.attempts {
            if let content = open(plan, attempt) {
                opened = (content, attempt)
                break
            }
        }
        let bytes = try judge.judge(plan, content: opened?.content, report: report)
        let attempt = opened?.attempt ?? plan.attempts[0]
        return DecryptedContent(
            bytes: bytes, header: plan.token.recipients[attempt.recipient].header,
            protectedHeader: plan.token.protected, additionalData: plan.token.additionalData, key: attempt.key,
            algorithm: attempt.algorithm, encryption: plan.encryption)
    }

    /// Every failure takes the same way (RFC 7516 §11.5): with no key to be had, a random one is tried, and the tag says
    /// no. The substitute is cut to length for a good key too, so that both take the same time.
    private func open(_ plan: DecryptionPlan, _ attempt: DecryptionPlan.Attempt) -> [UInt8]? {
        let token = plan.token
        let substitute = substitute.withUnsafeBytes { SymmetricKey(data: $0.prefix(plan.encryption.keyLength)) }
        let key = keys[attempt.key].contentKey(
            token.recipients[attempt.recipient].encryptedKey, attempt.parameters, plan.encryption)
        let content = ContentCipher.open(
            token.ciphertext, tag: token.tag, plan.encryption, key: key ?? substitute,
            vector: token.initializationVector, authenticating: token.authenticatedText)
        return key == nil ? nil : content
    }
}

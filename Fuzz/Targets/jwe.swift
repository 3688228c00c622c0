import Codecs
import Tokens

/// An encrypted token in compact form or in JSON, up to the question that needs cryptography.
enum Target {
    static func run(_ input: [UInt8]) {
        let isJSON = input.first == UInt8(ascii: "{")
        if let encoded = try? EncodedEncryptedToken(input) {
            expect(input.filter { $0 == UInt8(ascii: ".") }.count == 4, "accepts another number of parts")
            if let token = try? DecodedEncryptedToken(encoded) {
                expect(token.recipients.count == 1, "a compact token of \(token.recipients.count) recipients")
                expect(token.authenticatedText == Array(input[encoded.header]), "another header is authenticated")
            }
        }
        if isJSON, let token = try? DecodedEncryptedToken(json: input) {
            expect(!token.recipients.isEmpty, "a token for nobody")
            expect(token.recipients.count <= DecodedEncryptedToken.maximumRecipients, "accepts too many recipients")
        }
        judge(input, isJSON)
    }

    private static func judge(_ input: [UInt8], _ isJSON: Bool) {
        let judge = DecryptionJudge(
            policy: DecryptionPolicy(
                keyManagement: KeyManagementAlgorithm.allCases, contentEncryption: ContentEncryptionAlgorithm.allCases))
        var steps: [VerificationStep] = []
        do throws(TokenRejection) {
            let plan = try judge.plan(input, isJSON: isJSON, keys: keys) { steps.append($0) }
            expect(!plan.attempts.isEmpty, "a plan without an attempt")
            for attempt in plan.attempts {
                expect(plan.token.recipients.indices.contains(attempt.recipient), "a recipient who is not there")
                expect(keys[attempt.key].algorithm == attempt.algorithm, "a key is tried for another algorithm")
                expect(keys[attempt.key].mayDecrypt, "a key is tried that may not decrypt")
            }
            expect((try? judge.judge(plan, content: nil)) == nil, "content out of nothing")
        } catch {
            expect(steps.last?.outcome == .failed, "a refusal without a failed step")
            expect(error.detail.utf8.count < 2_000, "a refusal of \(error.detail.utf8.count) bytes")
        }
    }

    private static let keys: [DecryptionKeyDescription] = [
        key("k", .a128KW), key("a", .rsaOAEP256), key(nil, .direct), key("b", .a128KW, mayDecrypt: false),
    ]

    private static func key(
        _ id: ByteString?, _ algorithm: KeyManagementAlgorithm, mayDecrypt: Bool = true
    ) -> DecryptionKeyDescription {
        DecryptionKeyDescription(id: id, algorithm: algorithm, mayDecrypt: mayDecrypt, summary: "a key")
    }
}

import Codecs
import Tokens

/// Something signed in any of the three serialisations, up to the question that needs cryptography.
enum Target {
    static func run(_ input: [UInt8]) {
        if let content = try? EncodedContent(input) {
            expect(!content.signatures.isEmpty, "accepts content without a signature")
            expect(content.signatures.count <= EncodedContent.maximumSignatures, "accepts too many signatures")
        }
        for signers: ContentPolicy.Signers in [.all, .exactly("mac")] {
            for detached: [UInt8]? in [nil, Array("a.b".utf8)] { judge(input, signers, detached) }
        }
    }

    private static func judge(_ input: [UInt8], _ signers: ContentPolicy.Signers, _ detached: [UInt8]?) {
        let judge = ContentJudge(policy: ContentPolicy(algorithms: SignatureAlgorithm.allCases, signers: signers))
        var steps: [VerificationStep] = []
        do throws(TokenRejection) {
            let plan = try judge.plan(input, detached: detached, keys: keys) { steps.append($0) }
            expect(!plan.questions.isEmpty, "asks for no signature")
            expect(detached == nil || plan.payload == detached, "vouches for another content")
            for question in plan.questions {
                expect(!question.candidates.isEmpty, "a signature without a key")
                expect(question.header["alg"]?.string != nil, "an algorithm that is not protected")
                expect(
                    question.candidates.contains { keys[$0].signatureLength == question.signature.count },
                    "a signature of a length that no key makes")
                for candidate in question.candidates {
                    expect(keys[candidate].algorithm == question.algorithm, "a key is asked for another algorithm")
                    expect(keys[candidate].mayVerify, "a key is asked that may not verify")
                    if signers != .all { expect(keys[candidate].id == "mac", "another signer is asked") }
                }
            }
        } catch {
            expect(steps.last?.outcome == .failed, "a refusal without a failed step")
            expect(error.detail.utf8.count < 2_000, "a refusal of \(error.detail.utf8.count) bytes")
        }
    }

    private static let keys: [KeyDescription] = [
        key("mac", .hs256, 32), key("rsa", .rs256, 256), key(nil, .ed25519, 64),
        key("no", .es384, 96, mayVerify: false),
    ]

    private static func key(
        _ id: ByteString?, _ algorithm: SignatureAlgorithm, _ length: Int, mayVerify: Bool = true
    ) -> KeyDescription {
        KeyDescription(
            id: id, algorithm: algorithm, mayVerify: mayVerify, maySign: false, signatureLength: length,
            summary: "a key")
    }
}

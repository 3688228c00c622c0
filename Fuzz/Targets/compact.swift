import Codecs
import Tokens

/// The compact form, the header, and the judge around a signature that somebody else looks at.
///
/// An input that starts with `{` is three lines (header, payload, signature) that are encoded first; any other is the
/// token's text itself.
enum Target {
    static func run(_ input: [UInt8]) {
        let text = input.first == UInt8(ascii: "{") ? encode(input) : input
        split(text)
        judge(text)
    }

    private static func encode(_ input: [UInt8]) -> [UInt8] {
        let lines = input.split(separator: 0x0A, maxSplits: 2, omittingEmptySubsequences: false)
        return Array(lines.map { Base64URL.encodeBytes(Array($0)) }.joined(separator: [UInt8(ascii: ".")]))
    }

    private static func split(_ text: [UInt8]) {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        do throws(FormDefect) {
            let token = try EncodedToken(text)
            expect(parts.count == 3, "accepts \(parts.count) parts")
            expect(text.count <= EncodedToken.maximumSize, "accepts a token that is too large")
            expect(parts[0].count <= EncodedToken.maximumHeaderSize, "accepts a header that is too large")
            for (part, wanted) in zip([TokenPart.header, .payload, .signature], parts) {
                expect(text[token.range(of: part)] == wanted, "a part stands elsewhere")
                expect((try? token.decode(part)) == (try? Base64URL.decode(Array(wanted))), "a part decodes otherwise")
            }
            expect(Array(token.signingInput) == Array(text[..<parts[1].endIndex]), "another text is signed")
            header(token)
        } catch {
            let fits = text.count <= EncodedToken.maximumSize && parts[0].count <= EncodedToken.maximumHeaderSize
            expect(parts.count != 3 || !fits, "refuses three parts: \(error.code.rawValue)")
        }
    }

    private static func header(_ token: EncodedToken) {
        guard let decoded = try? DecodedToken(token) else { return }
        let header = decoded.header
        expect(header.json["alg"]?.string == header.algorithm, "another algorithm than the header's")
        expect(header.json["kid"]?.string == header.keyID, "another key identifier than the header's")
        expect(header.json["typ"]?.string == header.type, "another type than the header's")
        expect((header.keyID?.count ?? 0) <= TokenHeader.maximumKeyIDSize, "accepts a long kid")
        expect(header.json["jwk"] == nil, "accepts a key that the token brings along")
        let text = JSONWriter.write(.object(header.json))
        let again = try? JSONReader.read(text, depth: DecodedToken.headerDepth)
        expect(again?.object == header.json, "the header comes back otherwise")
    }

    private static func judge(_ text: [UInt8]) {
        let judge = TokenJudge(policy: ClaimPolicy(algorithms: SignatureAlgorithm.allCases))
        var steps: [VerificationStep] = []
        do throws(TokenRejection) {
            let plan = try judge.plan(text, keys: keys) { steps.append($0) }
            expect(plan.candidates.count <= KeyCandidates.maximum, "tries too many keys")
            for candidate in plan.candidates {
                expect(keys.indices.contains(candidate), "names a key that is not there")
                expect(keys[candidate].algorithm == plan.algorithm, "a key is asked for another algorithm")
                expect(keys[candidate].mayVerify, "a key is asked that may not verify")
            }
            expect(plan.token.header.json["crit"] == nil, "passes over a critical extension")
            expect(steps.allSatisfy { $0.outcome != .failed }, "a failed step, and yet a plan")
            accept(judge, plan)
        } catch {
            refusal(error, text, steps)
        }
    }

    private static func accept(_ judge: TokenJudge, _ plan: VerificationPlan) {
        let bad = try? judge.judge(plan, signatureHolds: false, now: 0, revocations: .empty)
        expect(bad == nil, "a signature that does not hold is accepted")
        var steps: [VerificationStep] = []
        do throws(TokenRejection) {
            let claims = try judge.judge(plan, signatureHolds: true, now: 1_000, revocations: .empty) {
                steps.append($0)
            }
            let payload = try? JSONReader.read(plan.token.encoded.decode(.payload), depth: DecodedToken.claimsDepth)
            expect(payload?.object == claims.json, "other claims than the payload's")
        } catch {
            refusal(error, plan.token.encoded.bytes, steps)
        }
    }

    private static func refusal(_ rejection: TokenRejection, _ text: [UInt8], _ steps: [VerificationStep]) {
        expect(steps.last?.outcome == .failed, "a refusal without a failed step")
        expect(steps.last?.code == rejection.code, "the trace gives another reason")
        expect(steps.dropLast().allSatisfy { $0.outcome != .failed }, "two failed steps")
        expect(rejection.detail.utf8.count < 2_000, "a refusal of \(rejection.detail.utf8.count) bytes")
    }

    private static let keys: [KeyDescription] = [
        key("mac", .hs256, 32), key("rsa", .rs256, 256), key("ec", .es256, 64), key(nil, .ed25519, 64),
        key("no", .es384, 96, mayVerify: false), key("pq", .mlDSA65, 3_309),
    ]

    private static func key(
        _ id: ByteString?, _ algorithm: SignatureAlgorithm, _ length: Int, mayVerify: Bool = true
    ) -> KeyDescription {
        KeyDescription(
            id: id, algorithm: algorithm, mayVerify: mayVerify, maySign: false, signatureLength: length,
            summary: "a key")
    }
}

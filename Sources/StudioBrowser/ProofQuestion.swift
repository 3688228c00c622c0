import Codecs
import Tokens

/// What is asked of a DPoP proof (RFC 9449 §4.3): for which request it is, and with which access token. What the page does
/// not ask is taken from the proof itself, and told as not asked.
struct ProofQuestion {
    /// A server's usual patience, in seconds since `iat`.
    static let maximumAge: Int64 = 60
    static let type: ByteString = "dpop+jwt"

    /// The method of the request; nil when any would do.
    let method: ByteString?
    /// The address of the request; nil when any would do.
    let address: RequestAddress?
    private let accessTokenHash: ByteString?

    /// Whether an address was given that is none.
    let isAddressUnreadable: Bool

    /// {method?, address?, accessTokenHash?} beside the rest of a policy.
    init(_ policy: JSONObject) {
        method = policy["method"]?.string
        accessTokenHash = policy["accessTokenHash"]?.string
        let text = policy["address"]?.string
        address = text.flatMap { RequestAddress($0) }
        isAddressUnreadable = text != nil && address == nil
    }

    /// Whether a token says that it is a proof.
    static func isProof(_ token: [UInt8]) -> Bool {
        Inspection.header(of: token).map { isProof(header: $0) } ?? false
    }

    /// Whether a header is a proof's.
    static func isProof(header: JSONObject) -> Bool {
        guard let type = header["typ"] else { return false }
        return (try? TokenHeader(["alg": "none", "typ": type]))?.hasType(Self.type) == true
    }

    /// The proof with a header that says no more than its type: what is surveyed of its claims.
    static func withoutKey(_ token: [UInt8]) -> [UInt8] {
        let header = Base64URL.encodeBytes(JSONWriter.write(["alg": "ES256", "typ": .string(type)]))
        return header + token.drop { $0 != UInt8(ascii: ".") }
    }

    /// The judge that servers of this product ask.
    func judge(leeway: Int64) -> DPoPProofJudge {
        DPoPProofJudge(
            algorithms: SignatureAlgorithm.allCases, maximumAge: Self.maximumAge, leeway: leeway, acceptsEdDSA: true)
    }

    /// What the proof must say.
    func expectation(_ plan: DPoPProofPlan) -> DPoPExpectation? {
        let claims =
            (try? JSONReader.read(
                (try? plan.encoded.decode(.payload)) ?? [], depth: DecodedToken.claimsDepth))?.object
        guard let address = address ?? claims?["htu"]?.string.flatMap({ RequestAddress($0) }) else { return nil }
        return DPoPExpectation(
            method: method ?? claims?["htm"]?.string ?? "", address: address, accessTokenHash: accessTokenHash)
    }
}

extension Judgement {
    /// A proof brings its key, so that it needs no other; whose key that is, the access token says (`cnf.jkt`).
    static func ofProof(
        _ asked: JudgeQuestion, _ signatureHolds: Bool?, _ steps: inout [VerificationStep]
    ) -> Outcome {
        guard !asked.proof.isAddressUnreadable else {
            return .unable("The address that you expect is no http or https address.")
        }
        let judge = asked.proof.judge(leeway: asked.policy.leeway)
        var heard: [VerificationStep] = []
        defer { steps = heard }
        do throws(TokenRejection) {
            let plan = try judge.plan(asked.token) { heard.append($0) }
            guard let signatureHolds else { return .question(SignatureQuestion.json(proof: plan)) }
            guard let expected = asked.proof.expectation(plan) else {
                return .unable("\"htu\" is no http or https address, so it is for no request.")
            }
            _ = try judge.judge(plan, signatureHolds: signatureHolds, expecting: expected, now: asked.now) {
                heard.append($0)
            }
            return .valid
        } catch {
            return .refused(error.code)
        }
    }
}

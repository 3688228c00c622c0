import Codecs
import Edge
import HTTPWire
import JOSE
import OAuth
import Tokens

/// The proofs that come with requests for bound tokens (RFC 9449 §7): what a good one is, and which were used. One for
/// all event loops of the process.
final class RequestProofs: Sendable {
    static let verifier = DPoPProofVerifier(algorithms: DPoPProofVerifier.widelyUsed, acceptsEdDSA: true)

    private let used: UsedProofs

    /// - Parameter capacity: the most proofs that are remembered; further ones are refused.
    init(capacity: Int = 500_000) {
        used = UsedProofs(lifetime: Self.verifier.lifetime, capacity: capacity)
    }

    /// The proof of a request: its one `DPoP` field, good for this method, this address and this token.
    func proof(
        of exchange: Exchange, at origin: RequestOrigin, with token: [UInt8], now: Int64
    ) throws(ProofRefusal) -> VerifiedDPoPProof {
        guard let field = exchange.head.first(.dpop), exchange.head.count(of: .dpop) == 1 else {
            throw ProofRefusal(detail: "There must be one DPoP field, with a proof.")
        }
        guard let address = origin.address(of: exchange) else {
            throw ProofRefusal(detail: "No proof can name the address of this request.")
        }
        let expected = DPoPExpectation(
            method: ByteString(utf8: exchange.bytes(of: exchange.head.methodRange)), address: address,
            accessTokenHash: DPoPProofVerifier.hash(ofAccessToken: token))
        var steps: [VerificationStep] = []
        do throws(TokenRejection) {
            return try Self.verifier.verify(exchange.bytes(of: field), expecting: expected, now: now) {
                steps.append($0)
            }
        } catch {
            throw ProofRefusal(detail: "The proof was refused at the step \(error.check.rawValue).", steps: steps)
        }
    }

    /// Uses up a proof whose token passed; nil when it was not used before.
    func use(_ proof: VerifiedDPoPProof, now: Int64) -> Refusal? {
        switch used.use(proof, now: now) {
        case .first: nil
        case .again: .proofRefused(ProofRefusal(detail: "The proof was used before."))
        case .unknown: .proofsExhausted()
        }
    }
}

/// Why a proof is not accepted.
struct ProofRefusal: Error {
    /// One sentence, fit for the outside.
    let detail: String
    /// The steps of its verification, when it came to that.
    var steps: [VerificationStep] = []
}

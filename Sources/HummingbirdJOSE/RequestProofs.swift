import Codecs
import HTTPTypes
import Hummingbird
import JOSE
import Tokens

/// The proofs that come with requests for bound tokens (RFC 9449 §7): what a good one is, and which were used.
final class RequestProofs: Sendable {
    static let verifier = DPoPProofVerifier(algorithms: DPoPProofVerifier.widelyUsed, acceptsEdDSA: true)
    private static let field = HTTPField.Name("DPoP")

    private let origin: ByteString
    private let used = UsedProofs(lifetime: verifier.lifetime)

    /// - Parameter origin: scheme and authority of this server, as its clients see them.
    init(origin: ByteString) {
        self.origin = origin
    }

    /// The proof of a request: its one `DPoP` field, good for this method, this address and this token.
    func proof(of request: Request, with token: [UInt8], now: Int64) throws(ProofRefusal) -> VerifiedDPoPProof {
        let base = origin.bytes.last == UInt8(ascii: "/") ? origin.bytes.dropLast() : origin.bytes[...]
        guard let name = Self.field, case let fields = request.headers[values: name], fields.count == 1,
            let proof = fields.first,
            let address = RequestAddress(ByteString(utf8: base + Array((request.head.path ?? "/").utf8)))
        else { throw ProofRefusal() }
        do throws(TokenRejection) {
            return try Self.verifier.verify(
                Array(proof.utf8),
                expecting: DPoPExpectation(
                    method: ByteString(request.method.rawValue), address: address,
                    accessTokenHash: DPoPProofVerifier.hash(ofAccessToken: token)), now: now)
        } catch {
            throw ProofRefusal(rejection: error)
        }
    }

    /// Uses up a proof whose token passed.
    func use(_ proof: VerifiedDPoPProof, now: Int64) throws(ProofRefusal) {
        switch used.use(proof, now: now) {
        case .first: return
        case .again: throw ProofRefusal()
        case .unknown: throw ProofRefusal(isExhausted: true)
        }
    }
}

/// Why a proof is not accepted.
struct ProofRefusal: Error {
    /// What its verification said; nil when it did not come to that, or the proof was used before.
    var rejection: TokenRejection?
    /// Whether there is no room to remember it.
    var isExhausted = false
}

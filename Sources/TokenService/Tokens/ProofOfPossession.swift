import Codecs
import HTTPTypes
import Hummingbird
import JOSE
import OAuth
import Storage
import Tokens

/// Reads the DPoP proof of a request to one of our own addresses (RFC 9449 §4.3): which key its sender holds.
struct ProofOfPossession: Sendable {
    private static let field = HTTPField.Name("DPoP")
    /// Under which name uses are noted; no client can be called so, as it has a space.
    private static let usedUnder: ByteString = "DPoP proof"

    /// Says what a proof must be.
    static let verifier = DPoPProofVerifier(algorithms: DPoPProofVerifier.widelyUsed, acceptsEdDSA: true)

    private let address: ByteString
    private let store: Store
    private let clock: @Sendable () -> Int64

    /// - Parameter path: the path that a proof must name; the issuer stands before it.
    init(_ parts: AuthorizationParts, path: String) {
        address = ServerMetadata.address(of: ByteString(path), at: parts.configuration.issuer)
        store = parts.store
        clock = parts.clock
    }

    /// The thumbprint of the key; nil when the request brings no proof.
    /// - Parameter token: the access token that comes with the proof, which must then name it (`ath`).
    /// - Throws: `invalid_dpop_proof` when there are several, or the one is not good or not new.
    func thumbprint(of request: Request, with token: [UInt8]? = nil) async throws -> ByteString? {
        guard let name = Self.field else { return nil }
        let fields = request.headers[values: name]
        guard let proof = fields.first else { return nil }
        guard fields.count == 1, let expected = RequestAddress(address) else {
            throw OAuthError(.invalidDPoPProof, "There must be one DPoP field.")
        }
        let now = clock()
        let verified: VerifiedDPoPProof
        do throws(TokenRejection) {
            verified = try Self.verifier.verify(
                Array(proof.utf8),
                expecting: DPoPExpectation(
                    method: ByteString(request.method.rawValue), address: expected,
                    accessTokenHash: token.map { DPoPProofVerifier.hash(ofAccessToken: $0) }), now: now)
        } catch {
            throw OAuthError(.invalidDPoPProof, "The proof was refused at the step \(error.check.rawValue).")
        }
        guard let id = verified.claims.tokenID, id.count <= 256 else {
            throw OAuthError(.invalidDPoPProof, "The proof has no jti, or a very long one.")
        }
        let isNew = try await store.write {
            try UsedAssertionRecord.insert(
                issuer: Self.usedUnder, id: id, expires: now + Self.verifier.lifetime, in: $0)
        }
        guard isNew else { throw OAuthError(.invalidDPoPProof, "The proof was used before.") }
        return verified.thumbprint
    }
}

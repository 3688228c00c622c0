import Codecs
import ControlPlane
import Hummingbird
import JOSE
import Storage
import Tokens

/// `POST /revoke` `{"token"}` with a bearer access token: ends an access token, or the session of a refresh token.
///
/// For one's own tokens, or for an admin anybody's. 200 also for tokens that are unknown, foreign or over
/// (RFC 7009 §2.2): there is nothing to end. When the answer arrives, the revocation is on the disk and every judge
/// of tokens knows it.
struct RevokeEndpoint: Sendable {
    private static let maximumTokenBytes = 16_384

    let store: Store
    let sessions: Sessions
    let bearer: BearerAuthentication
    let revocations: RevocationFeed
    /// Accepts every token of ours that some route may still accept.
    let lenientVerifier: TokenVerifier
    let configuration: AuthorizationConfiguration
    let clock: @Sendable () -> Int64

    func answer(_ request: Request) async throws -> Response {
        let caller = try bearer.authenticate(request)
        let text = try await JSONRequestBody(of: request).string("token", atMost: Self.maximumTokenBytes)
        if let token = OpaqueToken(.refresh, text: text) {
            if let known = try await sessions.find(token) {
                try caller.requireRight(over: ByteString(known.family.grant.userID))
                try await sessions.end(token)
            }
        } else if let token = try? lenientVerifier.verify(text.bytes, now: clock()) {
            try await revoke(token.claims, for: caller)
        }
        return Response(status: .ok, headers: [.cacheControl: "no-store"])
    }

    private func revoke(_ claims: Claims, for caller: Caller) async throws {
        guard let issuer = claims.issuer, let id = claims.tokenID, let expiry = claims.expiry else { return }
        try caller.requireRight(over: claims.subject)
        let revocation = RevocationRecord(
            kind: .token, identity: TokenIdentity(issuer: issuer, id: id),
            expires: expiry.ceiling + configuration.revocationMargin)
        try await store.write { try revocation.insert(in: $0) }
        await revocations.publish([revocation])
    }
}

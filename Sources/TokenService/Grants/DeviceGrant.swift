import Codecs
import ControlPlane
import OAuth
import Storage

/// A device's question whether it was allowed by now, and then its tokens, once (RFC 8628 §3.4, §3.5).
struct DeviceGrant: Sendable {
    let store: Store
    let sessions: Sessions
    let idTokens: IDTokenIssuer
    let clock: @Sendable () -> Int64

    func exchange(_ text: ByteString, for client: Client, proof: ByteString?, by actor: AuditActor) async throws
        -> TokenResponse
    {
        guard let code = OpaqueToken(.deviceCode, text: text) else { throw Self.unknown }
        let now = clock()
        let outcome = try await store.write { transaction -> Result<Sessions.Tokens, OAuthError> in
            guard let record = try DeviceAuthorizationRecord.find(code, in: transaction),
                record.clientID == client.id
            else { return .failure(Self.unknown) }
            guard record.expires > now, record.state != .spent else {
                return .failure(OAuthError(.expiredToken, "The device_code is over, or was used. Begin again."))
            }
            guard record.keyThumbprint ?? proof == proof else {
                return .failure(OAuthError(.invalidGrant, "The device_code is bound to another key."))
            }
            let isTooSoon = record.state == .asked && now - record.polled < record.interval
            try DeviceAuthorizationRecord.note(
                poll: now, interval: min(record.interval + (isTooSoon ? 5 : 0), 60), of: code, in: transaction)
            switch record.state {
            case .asked where isTooSoon:
                return .failure(OAuthError(.slowDown, "Wait five seconds longer between two questions."))
            case .asked:
                return .failure(OAuthError(.authorizationPending, "Nobody has answered yet."))
            case .denied, .spent:
                return .failure(OAuthError(.accessDenied, "The person said no."))
            case .allowed:
                return try open(record, code, for: client, proof: proof, by: actor, now: now, in: transaction)
            }
        }
        let tokens = try outcome.get()
        return try tokens.response(idTokens: idTokens, nonce: nil)
    }

    private func open(
        _ record: DeviceAuthorizationRecord, _ code: OpaqueToken, for client: Client, proof: ByteString?,
        by actor: AuditActor, now: Int64, in transaction: Transaction
    ) throws -> Result<Sessions.Tokens, OAuthError> {
        guard let id = record.userID, let user = try UserRecord.find(id: id, in: transaction), user.isActive,
            try DeviceAuthorizationRecord.spend(code, in: transaction)
        else { return .failure(Self.unknown) }
        // A device goes on by itself: its grant does not end with the browser session in which it was allowed.
        let grant = Grant(
            userID: user.id, clientID: client.id, scope: record.scope, audiences: client.audiences,
            authenticated: record.authenticated, methods: record.methods, browserSession: nil, keyThumbprint: proof)
        return .success(
            try sessions.open(grant, for: user, client: client, by: actor, now: now, in: transaction))
    }

    private static let unknown = OAuthError(.invalidGrant, "The device_code is unknown, or another client's.")
}

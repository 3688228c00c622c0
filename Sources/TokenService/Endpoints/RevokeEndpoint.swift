import Codecs
import ControlPlane
import Hummingbird
import JOSE
import OAuth
import Storage
import Tokens

/// `POST /revoke`: ends an access token, or the session of a refresh token (RFC 7009).
///
/// A client sends a form and proves who it is; it may end its own tokens. A person, or an admin, sends JSON
/// `{"token"}` with a bearer token; people may end their own, an admin with a management token anybody's. The answer is 200 also for tokens that are
/// unknown, foreign or over (RFC 7009 §2.2): there is nothing to end. When it arrives, the revocation is on the disk
/// and every judge of tokens knows it.
struct RevokeEndpoint: Sendable {
    private static let maximumTokenBytes = 16_384

    private let store: Store
    private let sessions: Sessions
    private let bearer: BearerAuthentication
    private let management: ManagementAuthentication
    private let authentication: ClientAuthentication
    private let keyring: SigningKeyring
    private let configuration: AuthorizationConfiguration
    private let clock: @Sendable () -> Int64

    init(_ parts: AuthorizationParts, authentication: ClientAuthentication) {
        store = parts.store
        sessions = parts.sessions
        bearer = parts.bearer
        management = ManagementAuthentication(parts)
        self.authentication = authentication
        keyring = parts.keyring
        configuration = parts.configuration
        clock = parts.clock
    }

    func answer(_ request: Request, _ context: some RemoteAddressRequestContext) async throws -> Response {
        if FormRequestBody.isForm(request) {
            let parameters = try RequestParameters(await FormRequestBody.bytes(of: request))
            let client = try await authentication.authenticate(request, parameters, address: context.remoteAddress)
            try await end(
                try parameters.required("token"), for: client, by: AuditActor(.client(client.id), context))
        } else {
            let caller = try await caller(request)
            let text = try await JSONRequestBody(of: request).string("token", atMost: Self.maximumTokenBytes)
            try await end(
                text, for: caller, by: AuditActor(.person(caller.subject.text, client: caller.client), context))
        }
        return Response(status: .ok, headers: [.cacheControl: "no-store"])
    }

    private func caller(_ request: Request) async throws -> Caller {
        do {
            return try await management.authenticate(request).caller
        } catch is ProblemBody {
            return try bearer.authenticate(request)
        }
    }

    private func end(_ text: ByteString, for client: Client, by actor: AuditActor) async throws {
        if let token = OpaqueToken(.refresh, text: text) {
            guard try await sessions.find(token)?.family.grant.clientID == client.id else { return }
            try await sessions.end(token, by: actor)
        } else if let token = try? keyring.keys.verifiers.lenient.verify(text.bytes, now: clock()),
            token.claims.value(named: "client_id")?.string == client.id
        {
            try await revoke(token.claims, by: actor)
        }
    }

    private func end(_ text: ByteString, for caller: Caller, by actor: AuditActor) async throws {
        if let token = OpaqueToken(.refresh, text: text) {
            guard let known = try await sessions.find(token) else { return }
            try caller.requireRight(over: ByteString(known.family.grant.userID))
            try await sessions.end(token, by: actor)
        } else if let token = try? keyring.keys.verifiers.lenient.verify(text.bytes, now: clock()) {
            try caller.requireRight(over: token.claims.subject)
            try await revoke(token.claims, by: actor)
        }
    }

    private func revoke(_ claims: Claims, by actor: AuditActor) async throws {
        guard let issuer = claims.issuer, let id = claims.tokenID, let expiry = claims.expiry else { return }
        let revocation = RevocationRecord(
            kind: .token, identity: TokenIdentity(issuer: issuer, id: id),
            expires: expiry.ceiling + configuration.revocationMargin)
        let event = AuditEvent(
            .tokenRevoked, by: actor, user: claims.subject?.text, client: claims.value(named: "client_id")?.string,
            detail: id.text)
        let now = clock()
        try await store.write { transaction in
            try revocation.insert(in: transaction)
            try event.insert(now: now, in: transaction)
        }
    }
}

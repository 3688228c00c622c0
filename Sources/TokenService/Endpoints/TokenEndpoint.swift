import Codecs
import ControlPlane
import HTTPTypes
import Hummingbird
import JOSE
import OAuth
import Storage

/// `POST /token` (RFC 6749 §3.2): the client proves who it is, then its grant is exchanged for tokens.
struct TokenEndpoint: Sendable {
    private let authentication: ClientAuthentication
    private let proofs: ProofOfPossession
    private let codes: CodeGrant
    private let devices: DeviceGrant
    private let clientCredentials: ClientCredentialsGrant
    private let exchanges: TokenExchangeGrant
    private let sessions: Sessions

    init(_ parts: AuthorizationParts, authentication: ClientAuthentication) {
        self.authentication = authentication
        proofs = ProofOfPossession(parts, path: AuthorizationPath.token)
        codes = CodeGrant(
            store: parts.store, sessions: parts.sessions, idTokens: parts.idTokens, clock: parts.clock)
        devices = DeviceGrant(
            store: parts.store, sessions: parts.sessions, idTokens: parts.idTokens, clock: parts.clock)
        clientCredentials = ClientCredentialsGrant(
            accessTokens: parts.accessTokens, configuration: parts.configuration, clock: parts.clock)
        exchanges = TokenExchangeGrant(
            keyring: parts.keyring, accessTokens: parts.accessTokens, revocations: parts.revocations,
            clock: parts.clock)
        sessions = parts.sessions
    }

    func answer(_ request: Request, _ context: some RemoteAddressRequestContext) async throws -> Response {
        let parameters = try RequestParameters(await FormRequestBody.bytes(of: request))
        let client = try await authentication.authenticate(request, parameters, address: context.remoteAddress)
        let wanted = try TokenRequest(parameters)
        guard client.grants.contains(wanted.grant) else {
            throw OAuthError(.unauthorizedClient, "This client may not use the grant \(wanted.grant.rawValue).")
        }
        let key = try await proofs.thumbprint(of: request)
        guard key != nil || !client.requiresDPoP else {
            throw OAuthError(.invalidDPoPProof, "This client must send a DPoP proof (RFC 9449).")
        }
        return .tokens(
            try await exchange(wanted, for: client, key: key, by: AuditActor(.client(client.id), context)))
    }

    private func exchange(_ wanted: TokenRequest, for client: Client, key: ByteString?, by actor: AuditActor)
        async throws
        -> TokenResponse
    {
        switch wanted {
        case .authorizationCode(let exchange):
            return try await codes.exchange(exchange, for: client, proof: key, by: actor)
        case .deviceCode(let code):
            return try await devices.exchange(code, for: client, proof: key, by: actor)
        case .refreshToken(let text, let scope):
            guard let token = OpaqueToken(.refresh, text: text) else { throw RefreshRefusal.unknown.oauthError }
            do {
                return try await sessions.refresh(
                    token, client: client, scope: scope, keyThumbprint: key, by: actor
                ).response
            } catch let refusal as RefreshRefusal {
                throw refusal.oauthError
            }
        case .clientCredentials(let scope, let audiences):
            return try clientCredentials.issue(
                for: client, scope: scope, audiences: audiences, keyThumbprint: key)
        case .tokenExchange(let exchange):
            return try exchanges.exchange(exchange, for: client, keyThumbprint: key)
        }
    }
}

import Codecs
import ControlPlane
import Hummingbird
import OAuth
import Storage
import Tokens

/// Finds out who manages this server by a request, and what they may.
///
/// Four things must hold, and none of them is a claim that a rule, a mapping or an application can write: the token is
/// for management alone (its own `aud` and `scope`), its client is one that the operator named for it, and its user has a
/// role on this server by the user's record at this moment.
struct ManagementAuthentication: Sendable {
    private let bearer: BearerAuthentication
    private let clients: ClientDirectory
    private let store: Store

    init(_ parts: AuthorizationParts) {
        bearer = BearerAuthentication(revocations: parts.revocations, clock: parts.clock) { [keyring = parts.keyring] in
            keyring.keys.verifiers.management
        }
        clients = parts.clients
        store = parts.store
    }

    /// Who it is, and their role; throws 401 with a challenge when the token is no management token, and 403 when it is
    /// nobody's who manages.
    func authenticate(_ request: Request) async throws -> (caller: Caller, role: Role) {
        let claims = try bearer.claims(of: request)
        guard let subject = claims.subject, let client = claims.value(named: "client_id")?.string,
            clients.active(client)?.client.isManagement ?? false,
            let user = try await store.read({ try UserRecord.find(id: subject.text, in: $0) }),
            user.isActive, let role = user.serverRole
        else { throw ProblemOf.noServerRole }
        return (Caller(subject: subject, client: client, isAdmin: role >= .admin), role)
    }
}

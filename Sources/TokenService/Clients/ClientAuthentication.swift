import Codecs
import ControlPlane
import Crypto
import Hummingbird
import JOSE
import NIOCore
import OAuth
import Storage
import Tokens

/// Finds out which client sends a request, and whether it is the one: by the method it registered and no other
/// (RFC 6749 §2.3, RFC 7523 §3).
struct ClientAuthentication: Sendable {
    /// The algorithms that an assertion may be signed with; what a client may use is decided by its keys.
    static let assertionAlgorithms: [SignatureAlgorithm] = [.es256, .ed25519, .rs256, .ps256, .es384, .mlDSA65]
    /// The longest an assertion may live, in seconds.
    static let longestAssertion: Int64 = 300

    private let clients: ClientDirectory
    private let store: Store
    private let issuer: ByteString
    /// Only wrong proofs are counted: a secret has 256 random bits, and a busy client asks thousands of times a second.
    private let throttle = LoginThrottle()
    private let refusals: RefusalLog
    private let clock: @Sendable () -> Int64

    init(_ parts: AuthorizationParts) {
        clients = parts.clients
        store = parts.store
        issuer = parts.configuration.issuer
        refusals = parts.refusals
        clock = parts.clock
    }

    /// The client of a request; throws `invalid_client` unless it is active and proves that it is the one.
    func authenticate(
        _ request: Request, _ parameters: RequestParameters, address: SocketAddress?
    ) async throws -> Client {
        let field = request.headers[.authorization].map { ByteString($0) }
        let credentials = try ClientCredentials.read(authorization: field, parameters: parameters)
        guard let record = clients.active(credentials.clientID) else {
            try await noteFailure(of: credentials.clientID, request, address)
            throw Self.refused
        }
        switch (record.client.authentication, credentials.proof) {
        case (.none, .none):
            return record.client
        case (.secretBasic, .basicSecret(let secret)), (.secretPost, .postSecret(let secret)):
            guard Self.isSecret(secret, of: record) else { break }
            return record.client
        case (.privateKeyJWT, .assertion(let assertion)):
            guard try await isAssertion(assertion, of: record.client) else { break }
            return record.client
        default:
            break
        }
        try await noteFailure(of: credentials.clientID, request, address)
        throw Self.refused
    }

    /// The same for an unknown client, a wrong proof and a wrong method.
    private static let refused = OAuthError(
        .invalidClient, "There is no such client, or it did not prove that it is the one by its registered method.")

    /// Counts a wrong proof, and tells the audit log of it unless there were too many for this client from there.
    private func noteFailure(of id: ByteString, _ request: Request, _ address: SocketAddress?) async throws {
        let now = clock()
        if let wait = throttle.admit(account: id, address: address, now: now) {
            throw ProblemOf.tooManyTries(wait: wait)
        }
        // An id that is no client's is not kept: people paste secrets into the wrong field.
        let refused = AuditEvent(
            .clientRefused, by: AuditActor(.nobody, at: address), client: clients.record(id)?.client.id,
            detail: "at \(request.uri.path)")
        try await refusals.insert(refused, now: now, in: store)
    }

    private static func isSecret(_ text: ByteString, of record: ClientRecord) -> Bool {
        guard let secret = OpaqueToken(.clientSecret, text: text), let hash = record.secretHash else { return false }
        // The equality of two symmetric keys is the crypto library's constant-time comparison.
        return SymmetricKey(data: secret.hash) == SymmetricKey(data: hash)
    }

    /// RFC 7523 §3: for this server alone, short-lived, and used for the first time.
    private func isAssertion(_ assertion: [UInt8], of client: Client) async throws -> Bool {
        guard let document = client.keys, let keys = try? KeySet(publicJWKS: JSONWriter.write(document)) else {
            return false
        }
        let policy = ClaimPolicy.clientAssertion(
            clientID: client.id, audiences: [issuer], algorithms: Self.assertionAlgorithms)
        let now = clock()
        guard let token = try? TokenVerifier(keys: keys, policy: policy).verify(assertion, now: now),
            let id = token.claims.tokenID, let expiry = token.claims.expiry,
            expiry.ceiling <= now + Self.longestAssertion + policy.leeway
        else { return false }
        return try await store.write {
            try UsedAssertionRecord.insert(
                issuer: client.id, id: id, expires: expiry.ceiling + policy.leeway, in: $0)
        }
    }
}

import Codecs
import ControlPlane
import HTTPTypes
import Hummingbird
import JOSE
import NIOCore
import OAuth
import Storage
import Synchronization
import Tokens

/// `POST /introspect` (RFC 7662): whether a token is good now, for a client that has to do with it.
///
/// Only clients that authenticate may ask. A token that is unknown, over, revoked or none of the client's business is
/// `{"active":false}` alike.
final class IntrospectionEndpoint: Sendable {
    private let authentication: ClientAuthentication
    private let keyring: SigningKeyring
    private let revocations: RevocationFeed
    private let sessions: Sessions
    private let configuration: AuthorizationConfiguration
    private let clock: @Sendable () -> Int64
    /// Gateways ask for the same tokens again and again: a signature is checked once.
    private let known = Mutex(VerdictCache<Known>())

    init(_ parts: AuthorizationParts, authentication: ClientAuthentication) {
        self.authentication = authentication
        keyring = parts.keyring
        revocations = parts.revocations
        sessions = parts.sessions
        configuration = parts.configuration
        clock = parts.clock
    }

    func answer(_ request: Request, _ context: some RemoteAddressRequestContext) async throws -> Response {
        let parameters = try RequestParameters(await FormRequestBody.bytes(of: request))
        let client = try await authentication.authenticate(request, parameters, address: context.remoteAddress)
        guard client.isConfidential else {
            throw OAuthError(.invalidClient, "A client that does not authenticate may not introspect.")
        }
        let text = try parameters.required("token")
        if let token = OpaqueToken(.refresh, text: text) {
            return Self.answer(JSONWriter.write(.object(try await describe(token, for: client) ?? Self.inactive)))
        }
        guard let known = verified(text.bytes), mayKnow(client, holder: known.holder, audiences: known.audiences) else {
            return Self.answer(JSONWriter.write(.object(Self.inactive)))
        }
        return Self.answer(known.answer)
    }

    private static let inactive: JSONObject = ["active": false]

    private static func answer(_ body: [UInt8]) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }

    /// What is to be said of a token that is good, and to whom.
    private struct Known {
        let holder: ByteString?
        let audiences: [ByteString]
        let answer: [UInt8]

        init(_ claims: Claims) {
            holder = claims.value(named: "client_id")?.string
            audiences = claims.audience ?? []
            var members: JSONObject = ["active": true]
            for member in claims.json.members { members[member.name] = member.value }
            members["token_type"] = members["cnf"] == nil ? "Bearer" : "DPoP"
            answer = JSONWriter.write(.object(members))
        }
    }

    private func verified(_ token: [UInt8]) -> Known? {
        let keys = keyring.keys
        let revoked = revocations.snapshot
        let now = clock()
        let remembered = known.withLock {
            $0.verdict(for: token, policy: 0, keys: keys.generation, now: now, revocations: revoked)
        }
        if let remembered { return remembered }
        let verifier = keys.verifiers.introspected
        guard let verified = try? verifier.verify(token, now: now, revocations: revoked) else { return nil }
        let fresh = Known(verified.claims)
        known.withLock {
            $0.remember(
                fresh, for: token, policy: 0, keys: keys.generation, claims: verified.claims, keyID: verified.keyID,
                asked: verifier.policy)
        }
        return fresh
    }

    private func describe(_ token: OpaqueToken, for client: Client) async throws -> JSONObject? {
        let now = clock()
        let (known, isLive) = try await sessions.store.read { transaction in
            (
                try RefreshTokenRecord.find(token, in: transaction),
                try RefreshTokenRecord.isLive(token, now: now, in: transaction)
            )
        }
        guard let family = known?.family, isLive, family.isLive, family.expires > now,
            mayKnow(client, holder: family.grant.clientID, audiences: [])
        else { return nil }
        return [
            "active": true, "iss": .string(configuration.issuer), "sub": .string(ByteString(family.grant.userID)),
            "client_id": .string(family.grant.clientID), "scope": .string(family.grant.scope.text),
            "exp": .number(JSONNumber(family.expires)), "sid": .string(ByteString(family.session)),
        ]
    }

    /// The client that holds the token, one that the token is for, or one of our own.
    private func mayKnow(_ client: Client, holder: ByteString?, audiences: [ByteString]) -> Bool {
        client.isFirstParty || holder == client.id || audiences.contains(client.id)
            || audiences.contains { client.audiences.contains($0) }
    }
}

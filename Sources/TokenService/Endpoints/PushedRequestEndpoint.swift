import Codecs
import ControlPlane
import HTTPTypes
import Hummingbird
import OAuth
import Storage

/// `POST /par` (RFC 9126): takes an authorization request straight from its client, so that nothing of it passes through
/// the browser, and gives it a name that works once.
struct PushedRequestEndpoint: Sendable {
    private let authentication: ClientAuthentication
    private let proofs: ProofOfPossession
    private let judge: AuthorizationJudge
    private let store: Store
    private let clock: @Sendable () -> Int64

    init(_ parts: AuthorizationParts, authentication: ClientAuthentication) {
        self.authentication = authentication
        proofs = ProofOfPossession(parts, path: AuthorizationPath.pushedRequest)
        judge = AuthorizationJudge(issuer: parts.configuration.issuer)
        store = parts.store
        clock = parts.clock
    }

    func answer(_ request: Request, _ context: some RemoteAddressRequestContext) async throws -> Response {
        let sent = try RequestParameters(await FormRequestBody.bytes(of: request))
        let client = try await authentication.authenticate(request, sent, address: context.remoteAddress)
        guard sent["request_uri"] == nil else {
            throw OAuthError(.invalidRequest, "A pushed request cannot name another one.")
        }
        let key = try await proofs.thumbprint(of: request)
        guard key == nil || sent["dpop_jkt"] ?? key == key else {
            throw OAuthError(.invalidDPoPProof, "dpop_jkt is not the key of the proof.")
        }
        // What proves who the client is has done its work and is not kept.
        var kept = sent.pairs.filter { !ClientCredentials.parameterNames.contains($0.name) && $0.name != "dpop_jkt" }
        kept.append(FormURLEncoded.Pair("client_id", client.id))
        if let thumbprint = key ?? sent["dpop_jkt"] { kept.append(FormURLEncoded.Pair("dpop_jkt", thumbprint)) }
        switch judge.judge(try RequestParameters(kept), client: client, wasPushed: true) {
        case .refusedHere(let error), .refused(let error, _): throw error
        case .accepted: break
        }
        let name = OpaqueToken(.pushedRequest)
        let record = PushedRequestRecord(clientID: client.id, parameters: FormURLEncoded.encode(kept))
        let now = clock()
        try await store.write { try record.insert(name, now: now, in: $0) }
        return .json(
            [
                "request_uri": .string(ByteString(utf8: PushedRequestName.prefix.bytes + Array(name.text.utf8))),
                "expires_in": .number(JSONNumber(PushedRequestRecord.lifetime)),
            ], status: .created, headers: [.cacheControl: "no-store"])
    }
}

/// The name of a pushed request, as a `request_uri` (RFC 9126 §2.2).
enum PushedRequestName {
    static let prefix: ByteString = "urn:ietf:params:oauth:request_uri:"

    /// Whether a `request_uri` looks like one of ours.
    static func isOurs(_ text: ByteString) -> Bool { text.bytes.starts(with: prefix.bytes) }

    static func read(_ text: ByteString) -> OpaqueToken? {
        guard isOurs(text) else { return nil }
        return OpaqueToken(.pushedRequest, text: ByteString(utf8: Array(text.bytes.dropFirst(prefix.count))))
    }
}

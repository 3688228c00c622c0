import Codecs
import ControlPlane
import HTTPTypes
import Hummingbird
import JOSE
import OAuth
import Storage

/// `POST /device_authorization` (RFC 8628 §3.1): gives a device that has no browser two codes, one to ask with and one
/// for a person to type elsewhere.
struct DeviceAuthorizationEndpoint: Sendable {
    private let authentication: ClientAuthentication
    private let proofs: ProofOfPossession
    private let store: Store
    private let issuer: ByteString
    private let clock: @Sendable () -> Int64

    init(_ parts: AuthorizationParts, authentication: ClientAuthentication) {
        self.authentication = authentication
        proofs = ProofOfPossession(parts, path: AuthorizationPath.deviceAuthorization)
        store = parts.store
        issuer = parts.configuration.issuer
        clock = parts.clock
    }

    func answer(_ request: Request, _ context: some RemoteAddressRequestContext) async throws -> Response {
        let parameters = try RequestParameters(await FormRequestBody.bytes(of: request))
        let client = try await authentication.authenticate(request, parameters, address: context.remoteAddress)
        guard client.grants.contains(.deviceCode) else {
            throw OAuthError(.unauthorizedClient, "This client may not use the grant device_code.")
        }
        let scope = try Scope(text: parameters["scope"] ?? "")
        guard scope.isSubset(of: client.scope) else {
            throw OAuthError(.invalidScope, "This client may not ask for all of this scope.")
        }
        let key = try await proofs.thumbprint(of: request)
        let (code, userCode) = try await begin(client, scope, key)
        let page = ServerMetadata.address(of: ByteString(DeviceEndpoint.path), at: issuer).text
        return .json(
            [
                "device_code": .string(ByteString(code.text)), "user_code": .string(ByteString(userCode.text)),
                "verification_uri": .string(ByteString(page)),
                "verification_uri_complete": .string(ByteString("\(page)?user_code=\(userCode.text)")),
                "expires_in": .number(JSONNumber(DeviceAuthorizationRecord.lifetime)),
                "interval": .number(JSONNumber(DeviceAuthorizationRecord.interval)),
            ], headers: [.cacheControl: "no-store"])
    }

    private func begin(
        _ client: Client, _ scope: Scope, _ key: ByteString?
    ) async throws -> (OpaqueToken, UserCode) {
        let now = clock()
        while true {
            let code = OpaqueToken(.deviceCode)
            let userCode = UserCode { RandomBytes.make(count: $0) }
            let isNew = try await store.write {
                try DeviceAuthorizationRecord.insert(
                    code, userCode, client: client.id, scope: scope, keyThumbprint: key, now: now, in: $0)
            }
            // Two codes of eight letters may be alike.
            if isNew { return (code, userCode) }
        }
    }
}

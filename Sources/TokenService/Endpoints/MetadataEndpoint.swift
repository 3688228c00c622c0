import Codecs
import ControlPlane
import Hummingbird
import JOSE
import OAuth
import Tokens

/// `GET /.well-known/openid-configuration` and `GET /.well-known/oauth-authorization-server`: one document, what this
/// server is and where everything is (OpenID Connect Discovery §4, RFC 8414 §3).
struct MetadataEndpoint: Sendable {
    private let configuration: AuthorizationConfiguration
    private let keyring: SigningKeyring

    init(_ parts: AuthorizationParts) {
        configuration = parts.configuration
        keyring = parts.keyring
    }

    private var document: JSON {
        ServerMetadata(
            issuer: configuration.issuer,
            idTokenAlgorithms: keyring.keys.signing.map { ByteString($0.rawValue) },
            scopes: Scope(["openid", "profile", "email", "phone", "address", "roles", "groups", "offline_access"]),
            claims: [
                "sub", "iss", "aud", "exp", "iat", "auth_time", "amr", "nonce", "sid", "name", "preferred_username",
                "given_name", "family_name", "email", "email_verified", "phone_number", "address", "locale",
                "zoneinfo",
                "roles", "groups",
            ],
            assertionAlgorithms: ClientAuthentication.assertionAlgorithms.map { ByteString($0.rawValue) },
            proofAlgorithms: ProofOfPossession.verifier.algorithmNames,
            endpoints: [
                ("authorization_endpoint", AuthorizationPath.authorize),
                ("pushed_authorization_request_endpoint", AuthorizationPath.pushedRequest),
                ("registration_endpoint", AuthorizationPath.registration),
                ("device_authorization_endpoint", AuthorizationPath.deviceAuthorization),
                ("token_endpoint", AuthorizationPath.token), ("jwks_uri", AuthorizationPath.keySet),
                ("userinfo_endpoint", AuthorizationPath.userInfo),
                ("introspection_endpoint", AuthorizationPath.introspection),
                ("revocation_endpoint", AuthorizationPath.revocation),
                ("end_session_endpoint", AuthorizationPath.endSession),
            ].map { (ByteString($0.0), ByteString($0.1)) }
        ).json
    }

    func answer() -> Response {
        .json(document, headers: [.cacheControl: "public, max-age=300"])
    }
}

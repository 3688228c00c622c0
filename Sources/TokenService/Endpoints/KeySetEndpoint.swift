import Codecs
import ControlPlane
import Hummingbird
import JOSE

/// `GET /.well-known/jwks.json`: the public keys that our tokens verify with (RFC 7517 §5).
struct KeySetEndpoint: Sendable {
    let keyring: SigningKeyring

    func answer() -> Response {
        .json(
            keyring.keys.keySet.publicJWKS, headers: [.cacheControl: "public, max-age=300"],
            mediaType: "application/jwk-set+json")
    }
}

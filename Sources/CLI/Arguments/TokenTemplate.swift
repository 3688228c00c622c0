import ArgumentParser
import Codecs

/// What a token of a known kind must say, filled with placeholders under example.com where nobody said more.
enum TokenTemplate: String, ExpressibleByArgument, CaseIterable {
    case accessToken = "access-token"
    case idToken = "id-token"
    case clientAssertion = "client-assertion"
    case dpopProof = "dpop-proof"
    case logoutToken = "logout-token"
    case securityEvent = "security-event"

    private static let issuer: JSON = "https://issuer.example.com"
    private static let client: JSON = "example-client"

    /// The claims that only whoever asks for the token can know; a template fills in examples.
    static let examples: [ByteString] = ["iss", "sub", "aud", "client_id", "htm", "htu"]

    /// The header's `typ`.
    var type: String {
        switch self {
        case .accessToken: "at+jwt"
        case .idToken: "JWT"
        case .clientAssertion: "client-authentication+jwt"
        case .dpopProof: "dpop+jwt"
        case .logoutToken: "logout+jwt"
        case .securityEvent: "secevent+jwt"
        }
    }

    /// The claims, valid for a while from now.
    /// - Parameters:
    ///   - now: seconds since 1970.
    ///   - id: for `jti`.
    func claims(now: Int64, id: ByteString) -> JSONObject {
        let issuedAt = JSON.number(JSONNumber(now))
        func end(_ seconds: Int64) -> JSON { .number(JSONNumber(now + seconds)) }
        switch self {
        case .accessToken:
            // RFC 9068 §2.2
            return [
                "iss": Self.issuer, "sub": "example-subject", "aud": "https://api.example.com",
                "client_id": Self.client, "iat": issuedAt, "exp": end(600), "jti": .string(id),
            ]
        case .idToken:
            // OpenID Connect Core §2
            return [
                "iss": Self.issuer, "sub": "example-subject", "aud": Self.client, "iat": issuedAt, "exp": end(600),
            ]
        case .clientAssertion:
            // RFC 7523 §3
            return [
                "iss": Self.client, "sub": Self.client, "aud": Self.issuer, "iat": issuedAt, "exp": end(60),
                "jti": .string(id),
            ]
        case .dpopProof:
            // RFC 9449 §4.2; the public key goes into the header.
            return ["jti": .string(id), "htm": "GET", "htu": "https://api.example.com/", "iat": issuedAt]
        case .logoutToken:
            // OpenID Connect Back-Channel Logout §2.4
            return [
                "iss": Self.issuer, "sub": "example-subject", "aud": Self.client, "iat": issuedAt, "exp": end(120),
                "jti": .string(id), "events": ["http://schemas.openid.net/event/backchannel-logout": [:]],
            ]
        case .securityEvent:
            // RFC 8417 §2.2
            return [
                "iss": Self.issuer, "aud": "https://receiver.example.com", "iat": issuedAt, "jti": .string(id),
                "events": ["https://schemas.openid.net/secevent/caep/event-type/session-revoked": [:]],
            ]
        }
    }
}

public import Codecs

/// A refusal in the words of the OAuth family: a code from a registry, and one sentence for developers.
///
/// How it travels is not said here: as a JSON body of the token endpoint (RFC 6749 §5.2), as parameters of a redirect
/// (RFC 6749 §4.1.2.1), or on a page when there is nowhere safe to send it.
public struct OAuthError: Error, Hashable, Sendable {
    /// The registered codes that this server uses.
    public enum Code: String, Sendable, CaseIterable {
        // RFC 6749 §4.1.2.1 and §5.2
        case invalidRequest = "invalid_request"
        case invalidClient = "invalid_client"
        case invalidGrant = "invalid_grant"
        case unauthorizedClient = "unauthorized_client"
        case unsupportedGrantType = "unsupported_grant_type"
        case unsupportedResponseType = "unsupported_response_type"
        case invalidScope = "invalid_scope"
        case accessDenied = "access_denied"
        // OpenID Connect Core §3.1.2.6
        case loginRequired = "login_required"
        case consentRequired = "consent_required"
        case requestNotSupported = "request_not_supported"
        case requestURINotSupported = "request_uri_not_supported"
        // RFC 9126 §4
        case invalidRequestURI = "invalid_request_uri"
        // RFC 8628 §3.5
        case authorizationPending = "authorization_pending"
        case slowDown = "slow_down"
        case expiredToken = "expired_token"
        // RFC 7591 §3.2.2
        case invalidRedirectURI = "invalid_redirect_uri"
        case invalidClientMetadata = "invalid_client_metadata"
        // RFC 8707 §2
        case invalidTarget = "invalid_target"
        // RFC 9449 §5
        case invalidDPoPProof = "invalid_dpop_proof"
    }

    /// Which refusal.
    public let code: Code
    /// One sentence for developers. It never repeats a secret, a code or a token.
    public let detail: String

    /// A refusal.
    public init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    /// The HTTP status of the JSON form (RFC 6749 §5.2).
    public var status: Int {
        code == .invalidClient ? 401 : 400
    }

    /// The two parameters of the redirect form (RFC 6749 §4.1.2.1).
    public var parameters: [FormURLEncoded.Pair] {
        [
            FormURLEncoded.Pair("error", ByteString(code.rawValue)),
            FormURLEncoded.Pair("error_description", ByteString(Self.plain(detail))),
        ]
    }

    /// The members of the JSON form (RFC 6749 §5.2).
    public var json: JSONObject {
        [
            "error": .string(ByteString(code.rawValue)),
            "error_description": .string(ByteString(Self.plain(detail))),
        ]
    }

    /// RFC 6749 §5.2 allows printable ASCII without `"` and `\` in a description.
    private static func plain(_ text: String) -> String {
        let bytes = text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "`"): UInt8(ascii: "'")
            case 0x20..<0x7F: byte
            default: UInt8(ascii: "?")
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension OAuthError: CustomStringConvertible {
    /// Code and sentence.
    public var description: String { "\(code.rawValue): \(detail)" }
}

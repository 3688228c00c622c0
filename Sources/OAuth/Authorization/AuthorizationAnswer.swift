public import Codecs

/// Where the answer to an authorization request goes: an address that was judged, never one that was only asked for.
public struct AuthorizationAnswer: Hashable, Sendable {
    /// How the parameters travel (OAuth 2.0 Multiple Response Type Encoding Practices §2.1, Form Post Response Mode).
    public enum Mode: String, Sendable {
        /// In the query of a redirect.
        case query
        /// In the body of a form that a page submits.
        case formPost = "form_post"
    }

    /// The address as the request named it.
    public let redirectURI: ByteString
    /// The client's own value, handed back as it is.
    public let state: ByteString?
    /// How the parameters travel.
    public let mode: Mode
    /// Who answers (RFC 9207).
    public let issuer: ByteString

    init(redirectURI: ByteString, state: ByteString?, mode: Mode, issuer: ByteString) {
        self.redirectURI = redirectURI
        self.state = state
        self.mode = mode
        self.issuer = issuer
    }

    /// The parameters that hand a code over (RFC 6749 §4.1.2, RFC 9207 §2).
    public func parameters(code: String) -> [FormURLEncoded.Pair] {
        [FormURLEncoded.Pair("code", ByteString(code))] + echoes
    }

    /// The parameters that refuse (RFC 6749 §4.1.2.1, RFC 9207 §2).
    public func parameters(refusal: OAuthError) -> [FormURLEncoded.Pair] {
        refusal.parameters + echoes
    }

    /// The address with parameters in its query.
    public func location(_ parameters: [FormURLEncoded.Pair]) -> String {
        RedirectURI.address(redirectURI, adding: parameters)
    }

    private var echoes: [FormURLEncoded.Pair] {
        (state.map { [FormURLEncoded.Pair("state", $0)] } ?? []) + [FormURLEncoded.Pair("iss", issuer)]
    }
}

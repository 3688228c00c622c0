public import Codecs

/// An authorization request that was judged: by a registered client, answered at a registered address (RFC 6749 §4.1.1,
/// OpenID Connect Core §3.1.2.1).
public struct AuthorizationRequest: Sendable {
    /// What the client wants the person to be asked (OpenID Connect Core §3.1.2.1).
    public enum Prompt: String, Sendable {
        /// Nothing; whoever would have to be asked gets an error instead.
        case none
        /// To log in again.
        case login
        /// To consent again.
        case consent
        /// To choose an account; here the same as to log in again.
        case selectAccount = "select_account"
    }

    /// Where the answer goes, and how.
    public let answer: AuthorizationAnswer
    /// The client.
    public let clientID: ByteString
    /// The address as the request named it; the code is bound to it.
    public let redirectURI: ByteString
    /// What is asked for: at most what the client may have.
    public let scope: Scope
    /// Binds the code to whoever began the flow.
    public let challenge: CodeChallenge
    /// Goes into the ID token as it is.
    public let nonce: ByteString?
    /// What the person is to be asked.
    public let prompts: Set<Prompt>
    /// How long ago the person may have logged in, in seconds.
    public let maximumAge: Int64?
    /// What the login page may begin with.
    public let loginHint: ByteString?
    /// An ID token that says who should be logged in; not verified yet.
    public let idTokenHint: ByteString?
    /// The thumbprint of the key that the code is bound to (RFC 9449 §10).
    public let dpopThumbprint: ByteString?

    /// Whether an ID token is asked for.
    public var isOpenID: Bool { scope.contains("openid") }

    /// The longest `state` and `nonce` that are carried along, in bytes.
    static let longestEcho = 2_048

    /// Judges the parameters of a request for a client and an address that are known to belong together.
    /// - Parameters:
    ///   - parameters: the request.
    ///   - client: the registered client that `client_id` names.
    ///   - answer: where a refusal may be sent.
    /// - Throws: what to answer the client with.
    init(_ parameters: RequestParameters, client: Client, answer: AuthorizationAnswer) throws(OAuthError) {
        self.answer = answer
        clientID = client.id
        redirectURI = answer.redirectURI
        for name: ByteString in ["state", "nonce"] where (parameters[name]?.count ?? 0) > Self.longestEcho {
            throw OAuthError(.invalidRequest, "The parameter \(name) is longer than \(Self.longestEcho) bytes.")
        }
        guard parameters["request"] == nil else {
            throw OAuthError(.requestNotSupported, "Request objects are not supported; send parameters.")
        }
        guard parameters["request_uri"] == nil else {
            throw OAuthError(.requestURINotSupported, "Requests by reference must be pushed here first (RFC 9126).")
        }
        guard client.grants.contains(.authorizationCode) else {
            throw OAuthError(.unauthorizedClient, "This client may not use the grant authorization_code.")
        }
        guard try parameters.required("response_type") == "code" else {
            throw OAuthError(.unsupportedResponseType, "The only response_type is code.")
        }
        challenge = try Self.challenge(parameters)
        let asked = try Scope(text: parameters["scope"] ?? "")
        guard asked.isSubset(of: client.scope) else {
            let tooMuch = asked.names.filter { !client.scope.contains($0) }
            throw OAuthError(.invalidScope, "This client may not ask for the scope \(Scope(tooMuch).text).")
        }
        scope = asked
        nonce = parameters["nonce"]
        prompts = try Self.prompts(parameters)
        maximumAge = try Self.maximumAge(parameters)
        loginHint = parameters["login_hint"].flatMap { $0.count <= 256 ? $0 : nil }
        idTokenHint = parameters["id_token_hint"]
        dpopThumbprint = parameters["dpop_jkt"]
    }

    private static func challenge(_ parameters: RequestParameters) throws(OAuthError) -> CodeChallenge {
        guard let text = parameters["code_challenge"] else {
            throw OAuthError(.invalidRequest, "PKCE is required: send code_challenge with code_challenge_method=S256.")
        }
        guard parameters["code_challenge_method"] == "S256" else {
            throw OAuthError(.invalidRequest, "code_challenge_method must be S256.")
        }
        guard let challenge = CodeChallenge(text) else {
            throw OAuthError(.invalidRequest, "code_challenge must be the base64url of a SHA-256: 43 characters.")
        }
        return challenge
    }

    private static func prompts(_ parameters: RequestParameters) throws(OAuthError) -> Set<Prompt> {
        var prompts: Set<Prompt> = []
        for word in try Scope(text: parameters["prompt"] ?? "").names {
            guard let prompt = Prompt(rawValue: word.text) else {
                throw OAuthError(.invalidRequest, "prompt may hold none, login, consent and select_account.")
            }
            prompts.insert(prompt)
        }
        guard !prompts.contains(.none) || prompts.count == 1 else {
            throw OAuthError(.invalidRequest, "prompt=none stands alone.")
        }
        return prompts
    }

    private static func maximumAge(_ parameters: RequestParameters) throws(OAuthError) -> Int64? {
        guard let text = parameters["max_age"] else { return nil }
        guard text.count <= 10, text.bytes.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) else {
            throw OAuthError(.invalidRequest, "max_age must be a number of seconds.")
        }
        return text.bytes.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
    }
}

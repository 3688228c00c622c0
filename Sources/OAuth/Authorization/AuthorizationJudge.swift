public import Codecs

/// What is to be done with an authorization request.
public enum AuthorizationJudgement: Sendable {
    /// Client or address are not to be trusted: a page says so, and nothing is sent anywhere (RFC 6749 §4.1.2.1).
    case refusedHere(OAuthError)
    /// The client learns what is wrong.
    case refused(OAuthError, AuthorizationAnswer)
    /// The person may be asked.
    case accepted(AuthorizationRequest)
}

/// Judges authorization requests. The client and the redirect URI come first; until both are known to be good, nothing
/// is redirected.
public struct AuthorizationJudge: Sendable {
    /// The exact `iss` of this server.
    public let issuer: ByteString

    /// A judge.
    public init(issuer: ByteString) {
        self.issuer = issuer
    }

    /// Judges the parameters of a request.
    /// - Parameters:
    ///   - parameters: as they were sent or pushed.
    ///   - client: the registered client that `client_id` names; nil when there is none.
    ///   - wasPushed: whether the parameters came by the pushed authorization endpoint (RFC 9126).
    public func judge(_ parameters: RequestParameters, client: Client?, wasPushed: Bool) -> AuthorizationJudgement {
        guard parameters["client_id"] != nil else {
            return .refusedHere(OAuthError(.invalidRequest, "The parameter client_id is missing."))
        }
        guard let client else {
            return .refusedHere(OAuthError(.invalidClient, "There is no such client."))
        }
        guard let redirectURI = parameters["redirect_uri"] ?? onlyAddress(of: client) else {
            return .refusedHere(OAuthError(.invalidRequest, "The parameter redirect_uri is missing."))
        }
        guard client.redirectURI(matching: redirectURI) != nil else {
            return .refusedHere(
                OAuthError(.invalidRequest, "redirect_uri is none of the addresses that this client registered."))
        }
        let mode = parameters["response_mode"].map { AuthorizationAnswer.Mode(rawValue: $0.text) } ?? .query
        let answer = AuthorizationAnswer(
            redirectURI: redirectURI, state: parameters["state"].flatMap(Self.echoable), mode: mode ?? .query,
            issuer: issuer)
        do throws(OAuthError) {
            guard mode != nil else {
                throw OAuthError(.invalidRequest, "response_mode must be query or form_post.")
            }
            guard wasPushed || !client.requiresPushedRequests else {
                throw OAuthError(.invalidRequest, "This client must push its requests first (RFC 9126).")
            }
            return .accepted(try AuthorizationRequest(parameters, client: client, answer: answer))
        } catch {
            return .refused(error, answer)
        }
    }

    /// RFC 6749 §3.1.2.3 lets a request leave the address out when there is one only; OpenID Connect wants it always.
    private func onlyAddress(of client: Client) -> ByteString? {
        client.redirectURIs.count == 1 ? client.redirectURIs.first?.text : nil
    }

    private static func echoable(_ state: ByteString) -> ByteString? {
        state.count <= AuthorizationRequest.longestEcho ? state : nil
    }
}

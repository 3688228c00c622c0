import Codecs
import OAuth

/// What comes next in an authorization (OpenID Connect Core §3.1.2). A pure function of what is known.
enum AuthorizationStep: Equatable {
    /// The person has to say who they are.
    case signIn
    /// The person has to say whether they agree.
    case consent
    /// Nothing is left to ask.
    case grant
    /// The client forbade to ask.
    case refuse(OAuthError)

    /// What is known when the next step is decided.
    struct Situation {
        let request: AuthorizationRequest
        let client: Client
        /// Who is logged in at this browser; nil when nobody is.
        let session: BrowserSessionRecord?
        /// Whom the client expects, by an ID token of ours; nil when it expects nobody in particular.
        let expectedUser: ByteString?
        /// What the user allowed this client before.
        let allowed: Scope?
        /// Whether that login came after the client's request.
        let isSessionNew: Bool
        let now: Int64
    }

    /// Decides.
    static func next(_ situation: Situation) -> AuthorizationStep {
        let mayAsk = !situation.request.prompts.contains(.none)
        if needsSignIn(situation) {
            return mayAsk ? .signIn : .refuse(OAuthError(.loginRequired, "The person has to log in."))
        }
        if needsConsent(situation) {
            return mayAsk ? .consent : .refuse(OAuthError(.consentRequired, "The person has to agree."))
        }
        return .grant
    }

    private static func needsSignIn(_ situation: Situation) -> Bool {
        guard let session = situation.session else { return true }
        let request = situation.request
        if let expected = situation.expectedUser, expected != ByteString(session.userID) { return true }
        // A login since the request arrived is as fresh as the client can want it.
        guard !situation.isSessionNew else { return false }
        if request.prompts.contains(.login) || request.prompts.contains(.selectAccount) { return true }
        return request.maximumAge.map { situation.now - session.authenticated > $0 } ?? false
    }

    private static func needsConsent(_ situation: Situation) -> Bool {
        let client = situation.client
        if situation.request.prompts.contains(.consent) { return true }
        guard !client.isFirstParty else { return false }
        // Anybody can call themselves a public client whose address nobody owns (RFC 8252 §8.6).
        let isKnown =
            client.isConfidential || client.redirectURI(matching: situation.request.redirectURI)?.isClaimed ?? false
        guard isKnown, let allowed = situation.allowed else { return true }
        return !situation.request.scope.isSubset(of: allowed)
    }
}

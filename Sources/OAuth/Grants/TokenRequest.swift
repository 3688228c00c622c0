public import Codecs

/// A request to the token endpoint, read: which grant, with what (RFC 6749 §4 to §6, RFC 8693 §2.1).
public enum TokenRequest: Sendable {
    /// A code for its tokens.
    case authorizationCode(CodeExchange)
    /// A refresh token for the next tokens; the scope may only narrow.
    case refreshToken(ByteString, scope: Scope?)
    /// Tokens for the client itself.
    case clientCredentials(scope: Scope?, audiences: [ByteString])
    /// A device asks whether it was allowed by now (RFC 8628 §3.4).
    case deviceCode(ByteString)
    /// A token for a lesser one.
    case tokenExchange(TokenExchange)

    /// What comes with a code.
    public struct CodeExchange: Sendable {
        /// The code.
        public let code: ByteString
        /// The address of the authorization request, where it named one.
        public let redirectURI: ByteString?
        /// Answers the challenge; always needed.
        public let verifier: ByteString?
    }

    /// What is to be exchanged (RFC 8693 §2.1).
    public struct TokenExchange: Sendable {
        /// Whom the new token speaks for.
        public let subjectToken: ByteString
        /// What kind of token that is.
        public let subjectTokenType: ByteString
        /// Who will act with it, where somebody else does.
        public let actorToken: ByteString?
        /// What kind of token that is.
        public let actorTokenType: ByteString?
        /// What kind of token is wanted.
        public let requestedTokenType: ByteString?
        /// At most so much.
        public let scope: Scope?
        /// For whom.
        public let audiences: [ByteString]
        /// What narrows the new token further; not of any standard.
        public let limits: ExchangeLimits
    }

    /// What narrows a token for an agent: `models`, `budget` and `expires_in` of the request.
    public struct ExchangeLimits: Sendable, Equatable {
        /// The only models; nil for those of the old token.
        public let models: [ByteString]?
        /// What may be spent with the new token, in decimals as `0.10`, and its currency (ISO 4217).
        public let budget: Budget?
        /// The most seconds that it lives; nil for the usual time.
        public let lifetime: Int64?

        /// An amount of a currency.
        public struct Budget: Sendable, Equatable {
            /// Digits, and at most nine behind a point.
            public let amount: ByteString
            /// Three capital letters.
            public let currency: ByteString
        }
    }

    /// Access tokens in an exchange (RFC 8693 §3).
    public static let accessTokenType: ByteString = "urn:ietf:params:oauth:token-type:access_token"

    /// The longest code or token that is looked at, in bytes.
    public static let longestToken = 16_384

    /// Reads the body.
    /// - Throws: `invalid_request` or `unsupported_grant_type`.
    public init(_ parameters: RequestParameters) throws(OAuthError) {
        let name = try parameters.required("grant_type")
        guard let grant = Client.Grant(rawValue: name.text) else {
            throw OAuthError(.unsupportedGrantType, "There is no such grant_type here.")
        }
        let scope = try parameters["scope"].map { text throws(OAuthError) in try Scope(text: text) }
        switch grant {
        case .authorizationCode:
            self = .authorizationCode(
                CodeExchange(
                    code: try Self.token("code", parameters), redirectURI: parameters["redirect_uri"],
                    verifier: parameters["code_verifier"]))
        case .refreshToken:
            self = .refreshToken(try Self.token("refresh_token", parameters), scope: scope)
        case .clientCredentials:
            self = .clientCredentials(scope: scope, audiences: Self.audiences(parameters))
        case .deviceCode:
            self = .deviceCode(try Self.token("device_code", parameters))
        case .tokenExchange:
            guard (parameters["actor_token"] == nil) == (parameters["actor_token_type"] == nil) else {
                throw OAuthError(.invalidRequest, "actor_token and actor_token_type belong together.")
            }
            self = .tokenExchange(
                TokenExchange(
                    subjectToken: try Self.token("subject_token", parameters),
                    subjectTokenType: try parameters.required("subject_token_type"),
                    actorToken: parameters["actor_token"], actorTokenType: parameters["actor_token_type"],
                    requestedTokenType: parameters["requested_token_type"], scope: scope,
                    audiences: Self.audiences(parameters), limits: try ExchangeLimits(parameters)))
        }
    }

    /// The grant that the client must be allowed to use.
    public var grant: Client.Grant {
        switch self {
        case .authorizationCode: .authorizationCode
        case .refreshToken: .refreshToken
        case .clientCredentials: .clientCredentials
        case .deviceCode: .deviceCode
        case .tokenExchange: .tokenExchange
        }
    }

    private static func token(_ name: ByteString, _ parameters: RequestParameters) throws(OAuthError) -> ByteString {
        let token = try parameters.required(name)
        guard token.count <= longestToken else {
            throw OAuthError(.invalidRequest, "The parameter \(name) is longer than \(longestToken) bytes.")
        }
        return token
    }

    /// `resource` (RFC 8707) and `audience` (RFC 8693) name the same things here.
    private static func audiences(_ parameters: RequestParameters) -> [ByteString] {
        Scope(parameters.all("resource") + parameters.all("audience")).names
    }
}

extension TokenRequest.ExchangeLimits {
    /// How many models may be named.
    public static let mostModels = 100

    init(_ parameters: RequestParameters) throws(OAuthError) {
        models = try parameters["models"].map { text throws(OAuthError) in
            let names = Scope(JSON.string(text).names ?? []).names
            guard (1...Self.mostModels).contains(names.count) else {
                throw OAuthError(.invalidRequest, "models is 1 to \(Self.mostModels) names with spaces between.")
            }
            return names
        }
        budget = try parameters["budget"].map { text throws(OAuthError) in
            guard let budget = Budget(text) else {
                throw OAuthError(.invalidRequest, "budget is an amount and a currency, as in \"0.10 USD\".")
            }
            return budget
        }
        lifetime = try parameters["expires_in"].map { text throws(OAuthError) in
            guard text.count <= 9, let seconds = Int64(text.text), seconds > 0, text.bytes.first != UInt8(ascii: "+")
            else { throw OAuthError(.invalidRequest, "expires_in is a number of seconds, at least 1.") }
            return seconds
        }
    }
}

extension TokenRequest.ExchangeLimits.Budget {
    init?(_ text: ByteString) {
        let parts = text.bytes.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].count == 3,
            parts[1].allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) })
        else { return nil }
        let digits = parts[0].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard (1...2).contains(digits.count), (1...9).contains(digits[0].count),
            digits.count == 1 || (1...9).contains(digits[1].count),
            digits.joined().allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        amount = ByteString(utf8: Array(parts[0]))
        currency = ByteString(utf8: Array(parts[1]))
    }
}

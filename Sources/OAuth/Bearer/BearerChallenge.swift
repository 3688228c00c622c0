/// The `WWW-Authenticate` value of a refused request (RFC 6750 §3).
public struct BearerChallenge: Equatable, Sendable {
    /// The error codes of RFC 6750 §3.1.
    public enum Failure: String, Sendable {
        /// The request itself is wrong, for instance two tokens: answered with 400.
        case invalidRequest = "invalid_request"
        /// The token is expired, revoked, malformed or otherwise no good: answered with 401.
        case invalidToken = "invalid_token"
        /// The token is good and grants too little: answered with 403.
        case insufficientScope = "insufficient_scope"

        /// The HTTP status that goes with the error.
        public var status: Int {
            switch self {
            case .invalidRequest: 400
            case .invalidToken: 401
            case .insufficientScope: 403
            }
        }
    }

    /// The protected space; nil leaves it out.
    public let realm: String?
    /// What is wrong; nil when the request brought no token at all, which is no error (RFC 6750 §3.1).
    public let failure: Failure?
    /// One sentence for developers.
    public let description: String?
    /// The scopes that would be enough, separated by spaces.
    public let scope: String?

    /// A challenge.
    public init(
        realm: String? = "signet", failure: Failure? = nil, description: String? = nil, scope: String? = nil
    ) {
        self.realm = realm
        self.failure = failure
        self.description = description
        self.scope = scope
    }

    /// The field value. Characters that RFC 6750 §3 does not allow inside the quotes are left out.
    public var headerValue: String {
        let parameters = [
            ("realm", realm), ("error", failure?.rawValue), ("error_description", description), ("scope", scope),
        ]
        let said = parameters.compactMap { name, value in value.map { "\(name)=\"\(Self.quotable($0))\"" } }
        return said.isEmpty ? "Bearer" : "Bearer " + said.joined(separator: ", ")
    }

    static func quotable(_ text: String) -> String {
        let allowed = text.utf8.filter {
            $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
        }
        return String(decoding: allowed, as: UTF8.self)
    }
}

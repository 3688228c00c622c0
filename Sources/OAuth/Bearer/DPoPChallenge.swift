public import Codecs

/// The `WWW-Authenticate` value that asks for a token with a proof of its key (RFC 9449 §7.1).
public struct DPoPChallenge: Equatable, Sendable {
    /// What is wrong.
    public enum Failure: String, Sendable {
        /// The token is no good, or is bound to no key or to another one.
        case invalidToken = "invalid_token"
        /// The proof is missing, not good, or not new.
        case invalidProof = "invalid_dpop_proof"
    }

    /// The protected space; nil leaves it out.
    public let realm: String?
    /// What is wrong; nil when the request brought no such token at all.
    public let failure: Failure?
    /// The algorithms that a proof may be signed with.
    public let algorithms: [ByteString]

    /// A challenge.
    public init(realm: String? = "signet", failure: Failure? = nil, algorithms: [ByteString]) {
        self.realm = realm
        self.failure = failure
        self.algorithms = algorithms
    }

    /// The field value.
    public var headerValue: String {
        let parameters: [(String, String?)] = [
            ("realm", realm), ("error", failure?.rawValue),
            ("algs", algorithms.map(\.text).joined(separator: " ")),
        ]
        return "DPoP "
            + parameters.compactMap { name, value in
                value.map { "\(name)=\"\(BearerChallenge.quotable($0))\"" }
            }.joined(separator: ", ")
    }
}

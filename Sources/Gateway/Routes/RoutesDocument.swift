import Codecs

/// What a person writes to say which requests go where, and with whose token. Read, not yet understood: names are
/// names, files have not been opened.
struct RoutesDocument: Sendable {
    /// Somebody whose tokens may be trusted.
    struct Issuer: Sendable {
        /// Where its keys come from.
        enum Keys: Sendable {
            /// The token service in this process.
            case builtIn
            /// A file with a JWK set or one key; relative paths start at the document's folder.
            case file(String)
        }

        let name: String
        /// The exact `iss`; nil for the built-in one, which knows its own.
        let issuer: String?
        let keys: Keys
        let line: Int
    }

    /// How clients call the gateway.
    struct Address: Sendable {
        let url: String
        let line: Int
    }

    /// A server that requests are passed on to.
    struct Upstream: Sendable {
        let name: String
        let url: String
        let line: Int
    }

    /// What a token must be to pass.
    struct TokenRule: Sendable {
        let issuer: String
        let audiences: [String]
        let types: [String]?
        let leeway: Int64
        let require: [ClaimRule]
        let scopes: [String]
        let line: Int
    }

    /// A claim that must be there, and perhaps what it must be or contain.
    struct ClaimRule: Sendable {
        let name: String
        let value: String?
    }

    /// Who may pass.
    enum Access: Sendable {
        /// Everybody.
        case anonymous
        /// Whoever brings a token that satisfies the rule.
        case token(TokenRule)
    }

    /// One route.
    struct Route: Sendable {
        let name: String
        let path: String
        let methods: [String]?
        let upstream: String
        let access: Access
        let line: Int
    }

    /// Nil where they call it by http and the name in `Host`.
    var address: Address?
    var issuers: [Issuer] = []
    var upstreams: [Upstream] = []
    var routes: [Route] = []
    /// Every name that was written, also where what stood under it could not be read.
    var issuerNames: Set<String> = []
    var upstreamNames: Set<String> = []
    var routeCount = 0

    var isEmpty: Bool { issuerNames.isEmpty && upstreamNames.isEmpty && routeCount == 0 }
}

/// What is wrong with a routes document, and where.
public struct RouteComplaint: Error, Sendable, Equatable, CustomStringConvertible {
    /// The line, counted from 1.
    public let line: Int
    /// What is wrong and what to do.
    public let message: String

    /// The same in words.
    public var description: String { "line \(line): \(message)" }
}

/// Every complaint about a routes document; it is refused whole.
public struct RouteComplaints: Error, Sendable, CustomStringConvertible {
    /// In the order of the document.
    public let complaints: [RouteComplaint]

    /// The same in words.
    public var description: String { complaints.map { $0.description }.joined(separator: "\n") }
}

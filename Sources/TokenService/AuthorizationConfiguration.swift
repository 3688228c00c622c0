public import Codecs
import ControlPlane
public import Tokens

/// What an operator decides about the tokens that are given out.
public struct AuthorizationConfiguration: Sendable {
    /// `iss` of every token, for example `http://localhost:8080`. Links and checks use this text, never a Host header.
    public var issuer: ByteString

    /// `aud` of every access token; at least one.
    public var audiences: [ByteString]

    /// How long an access token lives, in seconds.
    public var accessTokenLifetime: Int64 = 300

    /// How long a refresh token lives when it is not used, in seconds.
    public var refreshTokenLifetime: Int64 = 14 * 86_400

    /// When a session ends however often it is refreshed, in seconds after the login.
    public var sessionLifetime: Int64 = 30 * 86_400

    /// How long a revocation outlives its tokens' `exp`, in seconds: no route may have a larger leeway.
    public var revocationMargin: Int64 = 3_600

    /// What tokens are signed with unless a client asks for another algorithm.
    public var signingAlgorithm: SignatureAlgorithm = .es256

    /// How long a signing key signs, in seconds.
    public var keyLifetime: Int64 = 90 * 86_400

    /// How long a signing key is published before it signs, in seconds: longer than anybody keeps a key set.
    public var keyAnnouncement: Int64 = 86_400

    /// How long any token lives at most, in seconds, and a route's leeway: so long a retired key is published.
    var longestTokenLifetime: Int64 { 86_400 + revocationMargin }

    /// `aud` of the tokens that manage this server, and of no others.
    var managementAudience: ByteString { ByteString(issuer.text + OperationTable.path) }

    /// Takes messages to people; nil where nobody is written to.
    public var mail: MailSink?

    /// The work that one password check costs.
    public var passwordCost: ScryptCost = .standard

    /// A configuration with the standard lifetimes.
    public init(issuer: ByteString, audiences: [ByteString]) {
        self.issuer = issuer
        self.audiences = audiences
    }
}

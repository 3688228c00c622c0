import Codecs
import ControlPlane
import HTTPTypes
import Hummingbird
import JOSE
import OAuth
import Tokens

/// Who calls, as one of our own access tokens says.
struct Caller: Sendable {
    let subject: ByteString
    /// The client that holds the token.
    let client: ByteString?
    /// Whether the caller manages this server, which only `ManagementAuthentication` finds out.
    var isAdmin = false

    /// Throws 403 unless the thing is the caller's own or the caller is an admin.
    func requireRight(over owner: ByteString?) throws(ProblemBody) {
        guard isAdmin || owner == subject else { throw ProblemOf.notYourToken }
    }
}

/// Reads the bearer token of a request to one of our own protected addresses, and has it verified like any other.
struct BearerAuthentication: Sendable {
    let revocations: RevocationFeed
    let clock: @Sendable () -> Int64
    /// What verifies now: keys change.
    let verifier: @Sendable () -> TokenVerifier

    /// The caller; throws 401 with a challenge (RFC 6750 §3).
    func authenticate(_ request: Request) throws(ProblemBody) -> Caller {
        let claims = try claims(of: request)
        // The policy requires `sub`, so this only says it once more.
        guard let subject = claims.subject else { throw ProblemOf.bearerMissing }
        return Caller(subject: subject, client: claims.value(named: "client_id")?.string)
    }

    /// What the token of a request says; throws 401 with a challenge (RFC 6750 §3). A token that is bound to a key is no
    /// bearer token (RFC 9449 §7.2).
    func claims(of request: Request) throws(ProblemBody) -> Claims {
        guard let field = request.headers[.authorization],
            case .token(let token) = BearerCredentials.read(authorization: Array(field.utf8))
        else { throw ProblemOf.bearerMissing }
        return try claims(of: token)
    }

    /// What a token says; throws 401 with a challenge.
    /// - Parameter key: the key that the sender proved to hold; nil for a bearer.
    func claims(of token: [UInt8], boundTo key: ByteString? = nil) throws(ProblemBody) -> Claims {
        do throws(TokenRejection) {
            return try verifier().verify(
                token, now: clock(), confirmation: key.map { .key(thumbprint: $0) } ?? .none,
                revocations: revocations.snapshot
            ).claims
        } catch {
            throw error.check == .confirmation ? ProblemOf.confirmationRefused(error) : ProblemOf.bearerRefused(error)
        }
    }
}

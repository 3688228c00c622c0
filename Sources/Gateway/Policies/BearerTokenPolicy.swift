import Codecs
import JOSE
import Tokens

/// Asks for a bearer token (RFC 6750) that satisfies one route's policy.
///
/// An object, so that verdicts can be remembered under its identity: a token that passed one route's policy has not
/// passed another's.
final class BearerTokenPolicy: Sendable {
    let verifier: TokenVerifier

    init(verifier: TokenVerifier) {
        self.verifier = verifier
    }

    /// The scopes the route asks for, as a challenge names them.
    var scope: String? {
        let scopes = verifier.policy.scopes
        return scopes.isEmpty ? nil : scopes.map { $0.text }.joined(separator: " ")
    }

    /// The moment from which a token that passed passes no more.
    func end(of claims: Claims) -> Int64 {
        guard let expiry = claims.expiry else { return .max }
        let (end, overflow) = expiry.ceiling.addingReportingOverflow(verifier.policy.leeway)
        return overflow ? .max : end
    }
}

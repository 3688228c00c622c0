import Codecs
import JOSE
import Synchronization
import Tokens

/// Asks for a bearer token (RFC 6750) that satisfies one route's policy.
///
/// Verdicts are remembered under its number: a token that passed one route's policy has not passed another's, and a new
/// route table or key set makes new policies.
final class BearerTokenPolicy: Sendable {
    let verifier: TokenVerifier
    /// No other policy of this process has it.
    let number: UInt64

    private static let made = Atomic<UInt64>(0)

    init(verifier: TokenVerifier) {
        self.verifier = verifier
        number = Self.made.wrappingAdd(1, ordering: .relaxed).newValue
    }

    /// The scopes the route asks for, as a challenge names them.
    var scope: String? {
        let scopes = verifier.policy.scopes
        return scopes.isEmpty ? nil : scopes.map { $0.text }.joined(separator: " ")
    }
}

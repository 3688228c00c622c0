import Codecs
import Synchronization
public import Tokens

/// Verifies tokens with the keys that an issuer publishes: one policy, and a `TokenVerifier` for as long as the keys stay
/// the same, so that what it remembers of headers pays. Keep it; call it from any thread.
public final class RemoteTokenVerifier: Sendable {
    /// The issuer's keys.
    public let keys: RemoteKeySet
    /// What is asked of a token.
    public let policy: ClaimPolicy

    private struct Kept {
        let generation: UInt64
        let verifier: TokenVerifier
    }

    private let kept = Mutex<Kept?>(nil)

    /// A verifier that trusts these keys and asks for this.
    public init(keys: RemoteKeySet, policy: ClaimPolicy) {
        self.keys = keys
        self.policy = policy
    }

    /// Verifies a token. Waits for a fetch only when there are no keys yet, or when the token names a key that is not among
    /// them; what `RemoteKeySet` says of floods holds here too.
    /// - Parameters:
    ///   - token: the text as it arrived.
    ///   - now: seconds since 1970.
    ///   - confirmation: what the sender proved beside the token.
    ///   - revocations: what has been revoked; nil where nobody knows.
    /// - Throws: `TokenRejection` when the token is no good; `RemoteKeySetFailure` when there are no keys to tell.
    public func verify(
        _ token: [UInt8], now: Int64, confirmation: Confirmation = .none,
        revocations: RevocationSnapshot? = .empty
    ) async throws -> VerifiedToken {
        let known = try await keys.served(for: nil)
        do throws(TokenRejection) {
            return try verifier(known).verify(token, now: now, confirmation: confirmation, revocations: revocations)
        } catch {
            guard error.code == .keyUnknown, let name = Self.keyID(of: token) else { throw error }
            let renewed = try await keys.served(for: name)
            guard renewed.generation != known.generation else { throw error }
            return try verifier(renewed).verify(token, now: now, confirmation: confirmation, revocations: revocations)
        }
    }

    private func verifier(_ served: (keys: KeySet, generation: UInt64)) -> TokenVerifier {
        kept.withLock { kept in
            if let kept, kept.generation == served.generation { return kept.verifier }
            let verifier = TokenVerifier(keys: served.keys, policy: policy)
            // A set that another task has replaced meanwhile serves this once.
            if kept.map({ $0.generation < served.generation }) ?? true {
                kept = Kept(generation: served.generation, verifier: verifier)
            }
            return verifier
        }
    }

    /// The key that a token names; only a token whose header was read is refused for its key.
    private static func keyID(of token: [UInt8]) -> ByteString? {
        guard let encoded = try? EncodedToken(token) else { return nil }
        return (try? DecodedToken(encoded))?.header.keyID
    }
}

import Codecs
import JOSE
import Synchronization
import Tokens

/// One issuer as one route's rule trusts it: its keys, fixed or published, and what is asked of its tokens.
final class IssuerVerifier: Sendable {
    /// Where the keys are.
    enum Source: Sendable {
        /// The keys that the configuration brought.
        case fixed(KeySet)
        /// Those that the issuer publishes.
        case published(RemoteKeySet)
    }

    private struct Kept {
        let generation: UInt64
        let verifier: TokenVerifier
    }

    let issuer: ByteString
    let published: RemoteKeySet?
    /// Whether this server hears of what the issuer revokes: it is the token service in this process.
    let isOwn: Bool
    private let policy: ClaimPolicy
    private let kept: Mutex<Kept?>

    /// - Parameter policy: everything but the algorithms, which are those of the keys, and the issuer.
    init(_ trusted: TrustedKeys, policy: ClaimPolicy) {
        let (issuer, source) = (trusted.issuer, trusted.source)
        self.issuer = issuer
        isOwn = trusted.isOwn
        var asked = policy
        asked.issuers = [issuer]
        self.policy = asked
        switch source {
        case .fixed(let keys):
            published = nil
            asked.algorithms = keys.algorithms
            kept = Mutex(Kept(generation: 0, verifier: TokenVerifier(keys: keys, policy: asked)))
        case .published(let keys):
            published = keys
            kept = Mutex(nil)
        }
    }

    /// Which keys serve now: another number is another set. Has published ones fetched when they are due.
    var generation: UInt64 {
        guard let published else { return 0 }
        published.want(nil)
        return published.current.generation
    }

    /// The verifier with the keys that serve now; nil when there are none yet.
    var verifier: TokenVerifier? {
        guard let published else { return kept.withLock { $0?.verifier } }
        let (keys, generation) = published.current
        guard let keys else { return nil }
        return kept.withLock { kept in
            if let kept, kept.generation == generation { return kept.verifier }
            var asked = policy
            asked.algorithms = keys.algorithms
            let verifier = TokenVerifier(keys: keys, policy: asked)
            kept = Kept(generation: generation, verifier: verifier)
            return verifier
        }
    }
}

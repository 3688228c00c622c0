import Codecs
import Crypto
import Synchronization
import Tokens

/// Remembers which DPoP proofs were used, so that each is good for one request (RFC 9449 §11.1). In this process alone:
/// several that serve one address see a proof once each.
///
/// Bounded: when there is no room, nothing more is taken for new until what is remembered is too old to be used again.
/// Enter a proof only once its access token has been verified, so that strangers cannot fill it.
public final class UsedProofs: Sendable {
    /// What is known of a proof that comes now.
    public enum Use: Sendable {
        /// It is the first time.
        case first
        /// It came before.
        case again
        /// Nobody can say: there is no room to remember it, so that it must not be accepted.
        case unknown
    }

    /// Half of a SHA-256 hash: nobody finds two proofs with the same.
    private struct Mark: Hashable {
        let high: UInt64
        let low: UInt64
    }

    private struct State {
        var recent: Set<Mark> = []
        var older: Set<Mark> = []
        /// When `recent` was begun, in seconds since 1970.
        var begun: Int64 = 0
    }

    private let lifetime: Int64
    private let capacity: Int
    private let state = Mutex(State())

    /// A memory.
    /// - Parameters:
    ///   - lifetime: how long a proof must be remembered, in seconds: `DPoPProofVerifier.lifetime`.
    ///   - capacity: the most proofs that are taken within that time; each costs some 30 bytes, for twice as long.
    public init(lifetime: Int64, capacity: Int = 500_000) {
        self.lifetime = max(1, lifetime)
        self.capacity = max(0, capacity)
    }

    /// Takes a proof for used.
    /// - Parameters:
    ///   - proof: one that was verified.
    ///   - now: seconds since 1970.
    public func use(_ proof: VerifiedDPoPProof, now: Int64) -> Use {
        let mark = Self.mark(proof)
        return state.withLock { state in
            // Each half lives on for a whole lifetime after its last entry. A clock that was set back forgets nothing.
            let (age, overflow) = now.subtractingReportingOverflow(state.begun)
            if overflow || age >= lifetime {
                state.older = overflow || age / 2 >= lifetime ? [] : state.recent
                state.recent = []
                state.begun = now
            }
            guard !state.recent.contains(mark), !state.older.contains(mark) else { return .again }
            guard state.recent.count < capacity else { return .unknown }
            state.recent.insert(mark)
            return .first
        }
    }

    /// Identifiers are the key's own: nobody can use up those of others.
    private static func mark(_ proof: VerifiedDPoPProof) -> Mark {
        var hash = SHA256()
        hash.update(data: proof.thumbprint.bytes)
        hash.update(data: [0])
        hash.update(data: proof.claims.tokenID?.bytes ?? [])
        return hash.finalize().withUnsafeBytes {
            Mark(high: $0.loadUnaligned(as: UInt64.self), low: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
    }
}

public import Codecs
public import Tokens

/// Remembers which tokens passed which policy, so that a signature is checked once and not at every request.
///
/// Owned by one thread or event loop: there is no lock, and it is not `Sendable`. Only what a verifier passed may enter,
/// so nobody can fill it with guesses. What a hit compares: the whole token in constant time, the policy, the generation
/// of the keys; what it looks at again: `exp`, `nbf`, `iat` and the ages that the policy allows, with its leeway, and what
/// has been revoked, which costs nothing while the revocations' generation is the one that was looked at last.
///
/// Bounded in tokens and in bytes. The place of a token follows from the last bytes of its signature, mixed with a random
/// seed: nobody outside can make tokens crowd together. A new token displaces one of its eight neighbours when they are
/// all taken.
public final class VerdictCache<Verdict> {
    @usableFromInline let table: VerdictTable
    @usableFromInline var verdicts: [Verdict?]

    /// A cache.
    /// - Parameters:
    ///   - entries: the most tokens; rounded up to a power of two, between 8 and about a million.
    ///   - bytes: the most bytes of token text.
    public init(entries: Int = 4_096, bytes: Int = 8 << 20) {
        table = VerdictTable(entries: entries, bytes: bytes)
        verdicts = Array(repeating: nil, count: table.capacity)
    }

    /// How many tokens are remembered.
    public var count: Int { table.count }
    /// How many bytes of token text are remembered.
    public var size: Int { table.size }

    /// What was remembered of a token, if it would pass again now.
    /// - Parameters:
    ///   - token: the text as it arrived.
    ///   - policy: the caller's number for the policy that the token is to pass; another policy never gave this verdict.
    ///   - keys: the generation of the trusted keys; under other keys nothing holds.
    ///   - now: seconds since 1970.
    ///   - confirmation: what the sender proved with this request.
    ///   - revocations: what has been revoked.
    @inlinable public func verdict(
        for token: UnsafeRawBufferPointer, policy: UInt64, keys: UInt64, now: Int64,
        confirmation: Confirmation = .none, revocations: RevocationSnapshot
    ) -> Verdict? {
        let slot = table.find(token, policy: policy, keys: keys)
        guard slot >= 0, slot < verdicts.count, table.isConfirmed(slot, by: confirmation) else { return nil }
        guard table.stillHolds(slot, now: now, revocations: revocations) else {
            verdicts[slot] = nil
            return nil
        }
        return verdicts[slot]
    }

    /// What was remembered of a token, if it would pass again now.
    @inlinable public func verdict(
        for token: [UInt8], policy: UInt64, keys: UInt64, now: Int64,
        confirmation: Confirmation = .none, revocations: RevocationSnapshot
    ) -> Verdict? {
        token.withUnsafeBytes {
            verdict(for: $0, policy: policy, keys: keys, now: now, confirmation: confirmation, revocations: revocations)
        }
    }

    /// Remembers a token that has just passed.
    /// - Parameters:
    ///   - verdict: what to answer for it.
    ///   - claims: its claims, vouched for.
    ///   - keyID: the identifier of the key that verified it.
    ///   - asked: the policy that it passed: its leeway and the ages it allows say when the verdict ends.
    public func remember(
        _ verdict: Verdict, for token: UnsafeRawBufferPointer, policy: UInt64, keys: UInt64, claims: Claims,
        keyID: ByteString?, asked: ClaimPolicy
    ) {
        let terms = VerdictTerms(claims, keyID: keyID, asked)
        let slot = table.insert(token, policy: policy, keys: keys, terms: terms) { verdicts[$0] = nil }
        if let slot { verdicts[slot] = verdict }
    }

    /// Remembers a token that has just passed.
    public func remember(
        _ verdict: Verdict, for token: [UInt8], policy: UInt64, keys: UInt64, claims: Claims, keyID: ByteString?,
        asked: ClaimPolicy
    ) {
        token.withUnsafeBytes {
            remember(verdict, for: $0, policy: policy, keys: keys, claims: claims, keyID: keyID, asked: asked)
        }
    }

    /// Forgets everything.
    public func removeAll() {
        table.removeAll()
        for slot in verdicts.indices { verdicts[slot] = nil }
    }
}

import Synchronization
import Tokens

/// The first headers of good tokens that a verifier saw. One issuer writes few, and writes them again for every token;
/// they need not be read again. Without a lock: a place is filled once and never changes.
final class HeaderMemory: Sendable {
    private let first = AtomicLazyReference<HeaderDecision>()
    private let second = AtomicLazyReference<HeaderDecision>()
    private let third = AtomicLazyReference<HeaderDecision>()
    private let fourth = AtomicLazyReference<HeaderDecision>()

    /// What was decided about this token's header, if it is one of the four.
    func decision(for token: [UInt8]) -> HeaderDecision? {
        guard let known = first.load() else { return nil }
        if known.isAbout(token) { return known }
        guard let known = second.load() else { return nil }
        if known.isAbout(token) { return known }
        guard let known = third.load() else { return nil }
        if known.isAbout(token) { return known }
        guard let known = fourth.load(), known.isAbout(token) else { return nil }
        return known
    }

    /// Remembers what was decided, while there is room. Only for a token whose signature held: strangers could otherwise
    /// take the places.
    func remember(_ plan: VerificationPlan) {
        guard fourth.load() == nil else { return }
        let new = plan.headerDecision
        if first.storeIfNil(new) === new || second.storeIfNil(new) === new || third.storeIfNil(new) === new { return }
        _ = fourth.storeIfNil(new)
    }
}

import Synchronization
import Tokens

/// The first headers of good tokens that a verifier saw. One issuer writes few, and writes them again for every token;
/// they need not be read again. Without a lock: a place is filled once and never changes.
final class HeaderMemory: Sendable {
    private final class Remembered: Sendable {
        let decision: HeaderDecision
        init(_ decision: HeaderDecision) { self.decision = decision }
    }

    private let first = AtomicLazyReference<Remembered>()
    private let second = AtomicLazyReference<Remembered>()
    private let third = AtomicLazyReference<Remembered>()
    private let fourth = AtomicLazyReference<Remembered>()

    /// What was decided about this token's header, if it is one of the four.
    func decision(for token: [UInt8]) -> HeaderDecision? {
        guard let known = first.load() else { return nil }
        if known.decision.isAbout(token) { return known.decision }
        guard let known = second.load() else { return nil }
        if known.decision.isAbout(token) { return known.decision }
        guard let known = third.load() else { return nil }
        if known.decision.isAbout(token) { return known.decision }
        guard let known = fourth.load(), known.decision.isAbout(token) else { return nil }
        return known.decision
    }

    /// Remembers what was decided, while there is room. Only for a token whose signature held: strangers could otherwise
    /// take the places.
    func remember(_ plan: VerificationPlan) {
        guard fourth.load() == nil else { return }
        let new = Remembered(plan.headerDecision)
        if first.storeIfNil(new) === new || second.storeIfNil(new) === new || third.storeIfNil(new) === new { return }
        _ = fourth.storeIfNil(new)
    }
}

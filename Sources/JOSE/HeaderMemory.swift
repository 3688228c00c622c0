import Synchronization
import Tokens

/// The first headers of good tokens that a verifier saw. One issuer writes few, and writes them again for every token;
/// they need not be read again. Without a lock: a place is filled once and never changes.
final class HeaderMemory: Sendable {
    private let first = Place()
    private let second = Place()
    private let third = Place()
    private let fourth = Place()

    /// What was decided about this token's header, if it is one of the four.
    func decision(for token: [UInt8]) -> HeaderDecision? {
        guard let known = first.decision else { return nil }
        if known.isAbout(token) { return known }
        guard let known = second.decision else { return nil }
        if known.isAbout(token) { return known }
        guard let known = third.decision else { return nil }
        if known.isAbout(token) { return known }
        guard let known = fourth.decision, known.isAbout(token) else { return nil }
        return known
    }

    /// Remembers what was decided, while there is room. Only for a token whose signature held: strangers could otherwise
    /// take the places.
    func remember(_ plan: VerificationPlan) {
        guard fourth.decision == nil else { return }
        let new = plan.headerDecision
        _ = first.fill(new) || second.fill(new) || third.fill(new) || fourth.fill(new)
    }

    /// Holds one decision from when it is filled. `AtomicLazyReference` does the same, but looks metadata up at each load.
    private struct Place: ~Copyable {
        /// The address of the object, which this owns; 0 while there is none.
        private let address = Atomic<UInt>(0)

        var decision: HeaderDecision? {
            Self.object(address.load(ordering: .acquiring))?.takeUnretainedValue()
        }

        /// False if it is taken by another.
        func fill(_ decision: HeaderDecision) -> Bool {
            let own = Unmanaged.passRetained(decision)
            let (exchanged, _) = address.compareExchange(
                expected: 0, desired: UInt(bitPattern: own.toOpaque()), ordering: .acquiringAndReleasing)
            if !exchanged { own.release() }
            return exchanged
        }

        deinit { Self.object(address.load(ordering: .acquiring))?.release() }

        private static func object(_ address: UInt) -> Unmanaged<HeaderDecision>? {
            UnsafeRawPointer(bitPattern: address).map { Unmanaged.fromOpaque($0) }
        }
    }
}

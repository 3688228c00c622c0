import Tokens

/// Remembers, on one event loop, which tokens passed which policy, so that a signature is checked once and not at
/// every request.
///
/// Only verified tokens enter, so nobody can fill it with guesses. A hit compares the whole token; expiry and
/// revocation are looked at again on every hit; a new route table or key set makes new policies, whose identity no old
/// entry has. Fixed in size: a new token takes the slot that its signature points to.
final class VerdictCache {
    private struct Entry {
        let policy: BearerTokenPolicy
        let token: [UInt8]
        let claims: Claims
        let end: Int64
    }

    /// Longer tokens are verified each time: the cache's memory stays bounded by slots times this.
    private static let longestToken = 4_096

    private var slots: [Entry?]
    private let mask: Int

    /// - Parameter slots: a power of two.
    init(slots: Int = 2_048) {
        self.slots = Array(repeating: nil, count: slots)
        mask = slots - 1
    }

    /// The claims of a token that has passed this policy and still does.
    func claims(
        of token: UnsafeRawBufferPointer, policy: BearerTokenPolicy, now: Int64, revocations: RevocationSnapshot
    ) -> Claims? {
        guard let slot = slot(of: token), let entry = slots[slot], entry.policy === policy,
            Self.areEqual(entry.token, token)
        else { return nil }
        guard now < entry.end, !revocations.revokes(entry.claims) else {
            slots[slot] = nil
            return nil
        }
        return entry.claims
    }

    /// Remembers a token that has just passed.
    func remember(_ token: UnsafeRawBufferPointer, policy: BearerTokenPolicy, claims: Claims) {
        guard token.count <= Self.longestToken, let slot = slot(of: token) else { return }
        slots[slot] = Entry(policy: policy, token: Array(token), claims: claims, end: policy.end(of: claims))
    }

    /// Forgets everything.
    func clear() {
        for index in slots.indices { slots[index] = nil }
    }

    /// The last bytes belong to a signature that verified: nobody can choose them to collide.
    private func slot(of token: UnsafeRawBufferPointer) -> Int? {
        guard token.count >= 16 else { return nil }
        let tail = token.loadUnaligned(fromByteOffset: token.count - 8, as: UInt64.self)
        let before = token.loadUnaligned(fromByteOffset: token.count - 16, as: UInt64.self)
        let mixed = (tail ^ before &* 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
        return Int(truncatingIfNeeded: mixed >> 32) & mask
    }

    /// Takes the same time wherever two tokens of one length differ: the kept token is a credential.
    private static func areEqual(_ kept: [UInt8], _ token: UnsafeRawBufferPointer) -> Bool {
        guard kept.count == token.count else { return false }
        return kept.withUnsafeBytes { kept in
            var difference: UInt64 = 0
            var offset = 0
            while offset + 8 <= kept.count {
                difference |=
                    kept.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                    ^ token.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                offset += 8
            }
            while offset < kept.count {
                difference |= UInt64(kept[offset] ^ token[offset])
                offset += 1
            }
            return difference == 0
        }
    }
}

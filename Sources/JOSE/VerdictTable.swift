import Codecs
public import Tokens

/// When a verdict ends, and who could revoke it.
struct VerdictTerms {
    /// The first second at which the token passes.
    let start: Int64
    /// The first second at which it passes no more.
    let end: Int64
    let handles: RevocationHandles
    /// The key that the token is bound to, where the policy asks for a proof of it.
    let binding: ByteString?

    /// The terms of a token that has passed this policy just now.
    init(_ claims: Claims, keyID: ByteString?, _ policy: ClaimPolicy) {
        let leeway = policy.leeway
        func moved(_ time: Int64, _ seconds: Int64) -> Int64 {
            let (sum, overflow) = time.addingReportingOverflow(seconds)
            return overflow ? (seconds < 0 ? .min : .max) : sum
        }
        /// The first second at which something of this time is older than allowed; without a time, it never passed.
        func old(_ time: NumericDate?, _ maximumAge: Int64?) -> Int64 {
            guard let maximumAge else { return .max }
            guard let time else { return .min }
            return moved(moved(moved(time.ceiling, maximumAge), leeway), 1)
        }
        let opposite = leeway == .min ? .max : -leeway
        let notBefore = max(claims.notBefore?.ceiling ?? .min, claims.issuedAt?.ceiling ?? .min)
        start = notBefore == .min ? .min : moved(notBefore, opposite)
        var authenticatedAt: NumericDate?
        if policy.maximumAuthenticationAge != nil, case .number(let number) = claims.value(named: "auth_time") {
            authenticatedAt = NumericDate(number)
        }
        end = min(
            claims.expiry.map { moved($0.ceiling, leeway) } ?? .max, old(claims.issuedAt, policy.maximumAge),
            old(authenticatedAt, policy.maximumAuthenticationAge))
        handles = RevocationHandles(claims, keyID: keyID)
        binding = policy.confirmation == .unchecked ? nil : claims.boundKey
    }
}

/// The table under a `VerdictCache`, without the verdicts: eight places to a bucket, whose eight hashes lie side by side
/// in one cache line. Positions are those of the verdicts.
@usableFromInline final class VerdictTable {
    private struct Entry {
        var text: UnsafeMutableRawPointer
        var length: Int
        var policy: UInt64
        var keys: UInt64
        var start: Int64
        var end: Int64
        /// The generation of the revocations that were looked at last.
        var revocations: UInt64
        var sawRevocations: Bool
        var isBound: Bool
    }

    /// Longer tokens are verified each time.
    static let longestToken = EncodedToken.maximumSize
    private static let places = 8

    let capacity: Int
    private(set) var count = 0
    private(set) var size = 0
    private let maximumBytes: Int
    private let bucketMask: UInt64
    private let seed: UInt64
    /// 0 means free.
    private let hashes: UnsafeMutablePointer<UInt64>
    private let entries: UnsafeMutablePointer<Entry>
    private var handles: [RevocationHandles?]
    private var bindings: [Int: ByteString] = [:]
    private var hand = 0

    init(entries wanted: Int, bytes: Int) {
        var capacity = Self.places
        while capacity < min(wanted, 1 << 20) { capacity *= 2 }
        self.capacity = capacity
        maximumBytes = max(0, bytes)
        bucketMask = UInt64(capacity / Self.places - 1)
        seed = UInt64.random(in: .min ... .max) | 1
        hashes = UnsafeMutableRawPointer.allocate(byteCount: capacity * 8, alignment: 64)
            .bindMemory(to: UInt64.self, capacity: capacity)
        hashes.initialize(repeating: 0, count: capacity)
        entries = .allocate(capacity: capacity)
        handles = Array(repeating: nil, count: capacity)
    }

    deinit {
        for slot in 0..<capacity where hashes[slot] != 0 { entries[slot].text.deallocate() }
        UnsafeMutableRawPointer(hashes).deallocate()
        entries.deallocate()
    }

    /// The place of a token that passed this policy under these keys; negative when there is none.
    @usableFromInline func find(_ token: UnsafeRawBufferPointer, policy: UInt64, keys: UInt64) -> Int {
        guard let text = token.baseAddress, let hash = hash(token, policy) else { return -1 }
        let first = bucket(hash)
        for slot in first..<(first + Self.places) where hashes[slot] == hash {
            let entry = entries + slot
            guard entry.pointee.length == token.count, entry.pointee.policy == policy, entry.pointee.keys == keys,
                Self.areEqual(UnsafeRawPointer(entry.pointee.text), text, count: token.count)
            else { continue }
            return slot
        }
        return -1
    }

    /// Whether a token that is bound to a key came with a proof of that key, and one that is not came without. When it
    /// did not, nothing is forgotten: its owner may come next.
    @usableFromInline func isConfirmed(_ slot: Int, by confirmation: Confirmation) -> Bool {
        switch confirmation {
        case .none: !entries[slot].isBound
        case .key(let thumbprint): entries[slot].isBound && bindings[slot] == thumbprint
        }
    }

    /// Whether the token at a place passes now; when it does not, it is forgotten.
    @usableFromInline func stillHolds(_ slot: Int, now: Int64, revocations: RevocationSnapshot) -> Bool {
        let entry = entries + slot
        guard now >= entry.pointee.start, now < entry.pointee.end else {
            forget(slot)
            return false
        }
        if let generation = revocations.generation, entry.pointee.sawRevocations,
            entry.pointee.revocations == generation
        {
            return true
        }
        guard let handles = handles[slot], !revocations.revokes(handles) else {
            forget(slot)
            return false
        }
        if let generation = revocations.generation {
            entry.pointee.revocations = generation
            entry.pointee.sawRevocations = true
        }
        return true
    }

    /// Takes a token in; nil when it is too long or too short. Hears of each place that had to be cleared for it.
    func insert(
        _ token: UnsafeRawBufferPointer, policy: UInt64, keys: UInt64, terms: VerdictTerms, cleared: (Int) -> Void
    ) -> Int? {
        guard token.count <= min(Self.longestToken, maximumBytes), let text = token.baseAddress,
            let hash = hash(token, policy)
        else { return nil }
        let slot = place(for: hash, token, policy)
        if hashes[slot] != 0 {
            forget(slot)
            cleared(slot)
        }
        while size > maximumBytes - token.count {
            hand = (hand + 1) % capacity
            guard hashes[hand] != 0 else { continue }
            forget(hand)
            cleared(hand)
        }
        let copy = UnsafeMutableRawPointer.allocate(byteCount: token.count, alignment: 16)
        copy.copyMemory(from: text, byteCount: token.count)
        (entries + slot).initialize(
            to: Entry(
                text: copy, length: token.count, policy: policy, keys: keys, start: terms.start, end: terms.end,
                revocations: 0, sawRevocations: false, isBound: terms.binding != nil))
        hashes[slot] = hash
        handles[slot] = terms.handles
        if let binding = terms.binding { bindings[slot] = binding }
        count += 1
        size += token.count
        return slot
    }

    func removeAll() {
        for slot in 0..<capacity where hashes[slot] != 0 { forget(slot) }
    }

    /// The same token's old place, else a free one, else one of the eight, by turns.
    private func place(for hash: UInt64, _ token: UnsafeRawBufferPointer, _ policy: UInt64) -> Int {
        let first = bucket(hash)
        var free: Int?
        for slot in first..<(first + Self.places) {
            if hashes[slot] == hash { return slot }
            if hashes[slot] == 0, free == nil { free = slot }
        }
        if let free { return free }
        hand = (hand + 1) % capacity
        return first + hand % Self.places
    }

    private func forget(_ slot: Int) {
        guard hashes[slot] != 0 else { return }
        hashes[slot] = 0
        count -= 1
        size -= entries[slot].length
        entries[slot].text.deallocate()
        handles[slot] = nil
        if entries[slot].isBound { bindings[slot] = nil }
    }

    private func bucket(_ hash: UInt64) -> Int { Int((hash >> 32) & bucketMask) * Self.places }

    /// The last 16 bytes belong to a signature that verified: nobody chooses them, and the seed is not known outside.
    private func hash(_ token: UnsafeRawBufferPointer, _ policy: UInt64) -> UInt64? {
        guard token.count >= 32 else { return nil }
        let last = token.loadUnaligned(fromByteOffset: token.count - 8, as: UInt64.self)
        let before = token.loadUnaligned(fromByteOffset: token.count - 16, as: UInt64.self)
        let product = (last ^ seed).multipliedFullWidth(by: before ^ 0x9E37_79B9_7F4A_7C15)
        let mixed = (product.high ^ product.low ^ policy &* 0xD6E8_FEB8_6659_FD93).multipliedFullWidth(by: seed)
        return (mixed.high ^ mixed.low) | 1
    }

    /// Takes the same time wherever two tokens of one length differ: the kept token is a credential.
    private static func areEqual(_ kept: UnsafeRawPointer, _ token: UnsafeRawPointer, count: Int) -> Bool {
        var difference = SIMD4<UInt64>()
        var offset = 0
        while offset + 32 <= count {
            difference |=
                kept.loadUnaligned(fromByteOffset: offset, as: SIMD4<UInt64>.self)
                ^ token.loadUnaligned(fromByteOffset: offset, as: SIMD4<UInt64>.self)
            offset += 32
        }
        // The last 32 bytes once more, from their own start: a token is never shorter.
        difference |=
            kept.loadUnaligned(fromByteOffset: count - 32, as: SIMD4<UInt64>.self)
            ^ token.loadUnaligned(fromByteOffset: count - 32, as: SIMD4<UInt64>.self)
        return difference == SIMD4<UInt64>()
    }
}

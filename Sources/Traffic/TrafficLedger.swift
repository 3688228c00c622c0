import Synchronization

/// The counters of every limit in a process, shared by its event loops: exact among all of them.
///
/// Seconds, minutes and hours are rolling windows: never more than a limit's count in any span of the window's length,
/// and a use comes back at most 1/32 of the window late. Days and months are windows of the UTC calendar that start
/// anew. A request's uses are counted at all of its limits or at none.
///
/// Counters lie in shards, each under its own lock; a request takes the locks of its shards in one order. Memory is
/// bounded: counters whose window is over are swept a few at a time, and when a shard is full of live ones, further
/// keys of a limit share one counter of that limit and shard. A key that later gets a counter of its own begins with
/// what was used together, so that no key ever has more than its limit.
public final class TrafficLedger: Sendable {
    /// What keys are hashed with.
    public let seed: TrafficSeed
    let shards: [TrafficShard]

    /// An empty ledger of at most about `capacity` counters (they are spread over the shards by hash, so that the first
    /// shard is full a little earlier). The seed may be one that was kept.
    public init(seed: TrafficSeed = .random(), capacity: Int = 1_000_000, shards: Int = 64) {
        self.seed = seed
        let shards = min(max(shards, 1), 4_096)
        let capacity = min(max(capacity, 1), 1 << 30)
        self.shards = (0..<shards).map { _ in TrafficShard(capacity: (capacity + shards - 1) / shards) }
    }

    /// Admits or refuses a request that is held to several limits, without allocating for the usual handful. A use that
    /// occurs twice counts twice.
    public func admit(_ uses: UnsafeBufferPointer<TrafficUse>, at now: TrafficTime) -> Admission {
        if uses.isEmpty { return .admitted(tightest: nil) }
        return withUnsafeTemporaryAllocation(of: PendingUse.self, capacity: uses.count) { scratch in
            for order in 0..<uses.count {
                let pending = pending(uses[order], order: order)
                var place = order
                while place > 0, scratch[place - 1].shard > pending.shard {
                    scratch.initializeElement(at: place, to: scratch[place - 1])
                    place -= 1
                }
                scratch.initializeElement(at: place, to: pending)
            }
            var verdict = Verdict()
            settle(scratch, from: 0, &verdict, at: now)
            return verdict.admission
        }
    }

    /// Admits or refuses a request that is held to several limits.
    public func admit(_ uses: [TrafficUse], at now: TrafficTime) -> Admission {
        uses.withUnsafeBufferPointer { admit($0, at: now) }
    }

    /// Admits or refuses a request that is held to one limit.
    public func admit(_ use: TrafficUse, at now: TrafficTime) -> Admission {
        withUnsafePointer(to: use) { admit(UnsafeBufferPointer(start: $0, count: 1), at: now) }
    }

    func pending(_ use: TrafficUse, order: Int) -> PendingUse {
        let hash = use.limit.tag.hash(with: use.key)
        let shard = Int(((hash &>> 32) &* UInt64(shards.count)) &>> 32)
        return PendingUse(use, order: order, shard: shard, hash: hash)
    }

    /// Locks one shard after the other in ascending order and judges its uses; in the innermost lock all are judged, and
    /// on the way out each shard counts what it judged, if all of them admit.
    private func settle(
        _ pending: UnsafeMutableBufferPointer<PendingUse>, from start: Int, _ verdict: inout Verdict,
        at now: TrafficTime
    ) {
        let shard = pending[start].shard
        var end = start + 1
        while end < pending.count, pending[end].shard == shard { end += 1 }
        shards[shard].state.withLock { state in
            state.begin(at: now)
            for place in start..<end {
                state.judge(&pending[place], earlier: pending[start..<place])
                verdict.hear(pending[place], place, state, at: now)
            }
            if end < pending.count { settle(pending, from: end, &verdict, at: now) }
            guard verdict.admits else { return }
            for place in start..<end {
                let counter = state.countingCounter(of: pending[place])
                counter?.add(1)
                if place == verdict.tightest {
                    verdict.standing = ShardState.standing(
                        pending[place], counter, remaining: verdict.remaining, leavingAtMost: pending[place].used,
                        at: now)
                }
            }
        }
    }
}

/// What is known of a request while it is judged.
private struct Verdict {
    private(set) var admits = true
    /// The place of the use of which the least part is left.
    private(set) var tightest = 0
    private(set) var remaining = Int64.max
    private var share = Double.infinity
    /// That of the tightest use, or of the one that refuses longest.
    var standing: LimitStanding?

    mutating func hear(_ pending: PendingUse, _ place: Int, _ state: borrowing ShardState, at now: TrafficTime) {
        let count = pending.use.limit.count
        if pending.used < count {
            let left = count - pending.used - 1
            let part = Double(left) / Double(count)
            guard part < share else { return }
            (tightest, remaining, share) = (place, left, part)
            return
        }
        admits = false
        let counter = state.counter(of: pending)
        let most = count - 1 - (pending.used - (counter?.total ?? 0))
        let refusal = ShardState.standing(pending, counter, remaining: 0, leavingAtMost: most, at: now)
        if let longest = standing, longest.secondsUntilReset >= refusal.secondsUntilReset { return }
        standing = refusal
    }

    var admission: Admission {
        guard !admits else { return .admitted(tightest: standing) }
        guard let standing else { return .admitted(tightest: nil) }
        return .refused(by: standing, retryAfter: standing.secondsUntilReset)
    }
}

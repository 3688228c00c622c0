import Synchronization

/// A part of a ledger's counters under its own lock.
final class TrafficShard: Sendable {
    let state: Mutex<ShardState>

    init(capacity: Int) { state = Mutex(ShardState(capacity: capacity)) }
}

/// One use while a request is judged.
struct PendingUse {
    let use: TrafficUse
    /// Which of the request's uses it is.
    let order: Int
    let shard: Int
    let hash: UInt64
    /// The position of the shard's latest moment.
    var position: Int64 = 0
    /// The key's own counter, when it has one.
    var slot: Int?
    /// Uses that count against it, with earlier ones of the same request.
    var used: Int64 = 0

    init(_ use: TrafficUse, order: Int, shard: Int, hash: UInt64) {
        self.use = use
        self.order = order
        self.shard = shard
        self.hash = hash
    }
}

/// The counters of a shard. Unchecked: it owns its memory, and is reached through its shard's lock alone.
struct ShardState: ~Copyable, @unchecked Sendable {
    /// One for each layout.
    let stores: UnsafeMutablePointer<CounterStore>
    private(set) var latest = LatestTime()
    private let capacity: Int
    private var operations = 0
    private var sweptStore = 0

    /// Every so many operations as many counters are looked at, twice as many in all: in one go, since what is next to
    /// each other in memory is cheap to read.
    private static var sweepInterval: Int { 8 }
    private static var sweepLength: Int { 16 }

    init(capacity: Int) {
        self.capacity = max(capacity, 1)
        stores = .allocate(capacity: CounterLayout.allCases.count)
        for layout in CounterLayout.allCases { (stores + layout.ordinal).initialize(to: CounterStore(layout)) }
    }

    deinit {
        stores.deinitialize(count: CounterLayout.allCases.count)
        stores.deallocate()
    }

    /// Counters that keys have for themselves; overflow counters are as few as limits and not among them.
    private var ownCounters: Int {
        var sum = 0
        for ordinal in 0..<CounterLayout.allCases.count { sum += stores[ordinal].count - stores[ordinal].overflowCount }
        return sum
    }

    /// Whether a further key gets no counter of its own.
    var isFull: Bool { ownCounters >= capacity }

    /// Hears the time and sweeps a little. Slots stay as they are until the next call.
    mutating func begin(at time: TrafficTime) {
        latest.hear(time)
        operations &+= 1
        if operations % Self.sweepInterval == 0 || isFull { sweep() }
    }

    /// Looks at a few counters, each store in turn, and removes those that are over.
    private mutating func sweep() {
        let store = stores + sweptStore
        var left = Self.sweepLength
        while left > 0, let head = store.pointee.head(store.pointee.cursor) {
            left -= 1
            if head.isOver(at: head.tag.period.position(at: latest)) {
                store.pointee.remove(store.pointee.cursor)
            } else {
                store.pointee.cursor += 1
            }
        }
        guard store.pointee.cursor >= store.pointee.count else { return }
        store.pointee.cursor = 0
        sweptStore = (sweptStore + 1) % CounterLayout.allCases.count
    }

    /// The counter that a use is held to: the key's own, else the overflow counter of its limit while that lives, since
    /// the key may have uses there.
    func counter(of pending: PendingUse) -> Counter? {
        let store = stores + pending.use.limit.layout.ordinal
        if let slot = pending.slot { return store.pointee[slot] }
        return overflowCounter(of: pending.use.limit, at: pending.position)
    }

    func overflowCounter(of limit: TrafficLimit, at position: Int64) -> Counter? {
        let store = stores + limit.layout.ordinal
        guard store.pointee.overflowCount > 0 else { return nil }
        let tag = limit.tag
        guard let slot = store.pointee.find(tag, .overflow, hash: tag.hash(with: .overflow)),
            let counter = store.pointee[slot]
        else { return nil }
        counter.advance(to: position)
        return counter
    }

    /// Looks up what counts against a use. `earlier` are those of the same request in this shard.
    func judge(_ pending: inout PendingUse, earlier: Slice<UnsafeMutableBufferPointer<PendingUse>>? = nil) {
        let limit = pending.use.limit
        let store = stores + limit.layout.ordinal
        pending.position = limit.period.position(at: latest)
        pending.slot = store.pointee.find(limit.tag, pending.use.key, hash: pending.hash)
        let counter = counter(of: pending)
        counter?.advance(to: pending.position)
        pending.used = counter?.total ?? 0
        guard let earlier else { return }
        for other in earlier where other.use.limit.tag == limit.tag {
            if other.use.key == pending.use.key || other.slot == nil && pending.slot == nil { pending.used += 1 }
        }
    }

    /// The counter that a judged use is counted at, made when there is none yet; nothing was swept since.
    mutating func countingCounter(of pending: PendingUse) -> Counter? {
        let limit = pending.use.limit
        let store = stores + limit.layout.ordinal
        let tag = limit.tag
        if let slot = pending.slot ?? store.pointee.find(tag, pending.use.key, hash: pending.hash) {
            return store.pointee[slot]
        }
        if isFull {
            if let counter = overflowCounter(of: limit, at: pending.position) { return counter }
            let hash = tag.hash(with: .overflow)
            return store.pointee[store.pointee.insert(tag, .overflow, hash: hash, at: pending.position)]
        }
        let slot = store.pointee.insert(tag, pending.use.key, hash: pending.hash, at: pending.position)
        guard let counter = store.pointee[slot] else { return nil }
        // The key may have been among those that shared: it begins with what all of them used, never with less.
        if pending.use.key != .overflow, let shared = overflowCounter(of: limit, at: pending.position) {
            counter.copyUses(of: shared)
        }
        return counter
    }

    /// How the limit of a judged use stands; the reset is when the counter holds `most` uses or fewer.
    static func standing(
        _ pending: PendingUse, _ counter: Counter?, remaining: Int64, leavingAtMost most: Int64, at now: TrafficTime
    ) -> LimitStanding {
        let limit = pending.use.limit
        let position = counter?.position(leavingAtMost: most) ?? pending.position
        let seconds: Int64
        if limit.period.isCalendar {
            seconds = limit.period.start(ofWindow: position + 1) - now.unixSeconds
        } else {
            seconds = (limit.period.expiry(ofSubBucket: position) - now.monotonicMilliseconds + 999) / 1_000
        }
        return LimitStanding(
            index: pending.order, number: limit.number, count: limit.count,
            windowSeconds: limit.period.seconds(ofWindow: pending.position), remaining: remaining,
            secondsUntilReset: max(seconds, 1))
    }
}

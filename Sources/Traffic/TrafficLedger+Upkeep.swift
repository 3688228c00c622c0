import Synchronization

extension TrafficLedger {
    /// Takes back uses of a request that was admitted at `time` but went nowhere. Uses whose window is over meanwhile
    /// are left alone. To be called once for a request.
    public func giveBack(_ uses: [TrafficUse], admittedAt time: TrafficTime) {
        for (order, use) in uses.enumerated() {
            var pending = pending(use, order: order)
            // The time is a past one: the shard does not hear it.
            shards[pending.shard].state.withLock { state in
                state.judge(&pending)
                state.counter(of: pending)?.takeBack(from: use.limit.period.position(at: time))
            }
        }
    }

    /// Drops the counters of every limit whose number is not among these.
    public func retain(numbers: Set<UInt32>) {
        for shard in shards {
            shard.state.withLock { $0.removeCounters { !numbers.contains($0.tag.number) } }
        }
    }

    /// How full it is. Takes every lock, one after the other.
    public func occupancy() -> LedgerOccupancy {
        var (counters, overflow, bytes) = (0, 0, 0)
        for shard in shards {
            shard.state.withLock { state in
                for layout in CounterLayout.allCases {
                    counters += state.stores[layout.ordinal].count
                    overflow += state.stores[layout.ordinal].overflowCount
                    bytes += state.stores[layout.ordinal].bytes
                }
            }
        }
        return LedgerOccupancy(counters: counters, overflowCounters: overflow, bytes: bytes)
    }

    /// The counts of the days and months that `now` lies in, in no order. Takes every lock, one after the other.
    public func snapshot(at now: TrafficTime) -> [CalendarCount] {
        var counts: [CalendarCount] = []
        for shard in shards {
            shard.state.withLock { state in
                let store = state.stores + CounterLayout.calendar.ordinal
                for slot in 0..<store.pointee.count {
                    guard let head = store.pointee.head(slot), head.total > 0 else { continue }
                    let period = head.tag.period
                    guard head.position == period.position(at: now) else { continue }
                    counts.append(
                        CalendarCount(
                            number: head.tag.number, period: period, key: head.key,
                            windowStart: period.start(ofWindow: head.position), count: head.total))
                }
            }
        }
        return counts
    }

    /// Adds counts that were kept under the same seed to what was counted since; those of windows other than `now`'s are
    /// left out.
    public func restore(_ counts: [CalendarCount], at now: TrafficTime) {
        // The shared ones last: what a key had for itself is known, and should not begin with what was shared.
        for count in counts where count.key != .overflow { restore(count, at: now) }
        for count in counts where count.key == .overflow { restore(count, at: now) }
    }

    private func restore(_ count: CalendarCount, at now: TrafficTime) {
        guard count.count > 0, count.period.isCalendar,
            count.windowStart == count.period.start(ofWindow: count.period.position(at: now))
        else { return }
        let uses = min(count.count, 1 << 60)
        // A limit's count does not matter here: all calendar counters lie together.
        let limit = TrafficLimit(number: count.number, count: 1, period: count.period)
        let pending = pending(TrafficUse(of: limit, by: count.key), order: 0)
        guard count.key == .overflow else {
            return shards[pending.shard].state.withLock { $0.restore(uses, pending, at: now) }
        }
        // Of which shard it was is not known; a key that shared is in one of them.
        for shard in shards { shard.state.withLock { $0.restore(uses, pending, at: now) } }
    }
}

extension ShardState {
    /// Removes the counters that a test names.
    mutating func removeCounters(where isGone: (CounterHead) -> Bool) {
        for layout in CounterLayout.allCases {
            let store = stores + layout.ordinal
            var slot = store.pointee.count - 1
            while let head = store.pointee.head(slot) {
                if isGone(head) { store.pointee.remove(slot) }
                slot -= 1
            }
        }
    }

    /// Adds uses of an earlier process to a key's counter; to the shared one, as many as it takes to cover them.
    mutating func restore(_ uses: Int64, _ restored: PendingUse, at now: TrafficTime) {
        begin(at: now)
        var pending = restored
        judge(&pending)
        // The windows that this shard has got to may be later than `now`.
        guard pending.position == pending.use.limit.period.position(at: now) else { return }
        guard pending.slot == nil && isFull || pending.use.key == .overflow else {
            guard let counter = countingCounter(of: pending) else { return }
            return counter.add(min(uses, max(0, Int64.max / 2 - counter.total)))
        }
        if pending.use.key != .overflow {
            let limit = pending.use.limit
            pending = PendingUse(
                TrafficUse(of: limit, by: .overflow), order: 0, shard: pending.shard,
                hash: limit.tag.hash(with: .overflow))
            judge(&pending)
        }
        if let counter = countingCounter(of: pending) { counter.add(max(0, uses - counter.total)) }
    }
}

import Synchronization

/// The counters of all event loops, and how a scrape reads them.
public final class Metrics: Sendable {
    private let version: String
    private let names: SeriesNames
    private let shards = Mutex<[MetricsShard]>([])
    private let readings: @Sendable () -> MetricsReadings

    /// Counters for a program of this version. `seriesLimit` bounds the lines that routes, upstreams and reasons may
    /// be; everything beyond is counted under labels "other". `readings` is called for each scrape.
    public init(
        version: String, seriesLimit: Int = 10_000, readings: @escaping @Sendable () -> MetricsReadings
    ) {
        self.version = version
        names = SeriesNames(limit: seriesLimit)
        self.readings = readings
    }

    /// Counters for one more event loop.
    public func shard() -> MetricsShard {
        let shard = MetricsShard(names: names)
        shards.withLock { $0.append(shard) }
        return shard
    }

    /// What all loops together have counted.
    public func snapshot() -> MetricsSnapshot {
        var tally = MetricsTally()
        var inFlight = 0
        for shard in shards.withLock({ $0 }) {
            tally.add(shard.tally)
            inFlight &+= shard.inFlight
        }
        // After the tallies: each number in them has its name by now.
        return MetricsSnapshot(tally, names: names.listing, inFlight: inFlight)
    }

    /// What all loops together have counted since the last time: for one who asks, and adds it up.
    public func drain() -> ExchangeTally {
        let recent = shards.withLock { $0 }.map { $0.drain() }
        var tally = ExchangeTally()
        let names = names.listing
        for counts in recent { tally.add(counts, names: names) }
        return tally
    }

    /// The requests that have begun and not ended.
    public var inFlight: Int { max(0, shards.withLock { $0 }.reduce(0) { $0 &+ $1.inFlight }) }

    /// The answer to a scrape.
    public func text(_ format: MetricsFormat = .prometheus) -> [UInt8] {
        var text = MetricsText(format: format)
        text.append(snapshot())
        text.append(readings(), version: version)
        return text.finished()
    }
}

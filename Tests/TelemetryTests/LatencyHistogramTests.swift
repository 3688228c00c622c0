import TestSupport
import Testing

@testable import Telemetry

@Suite struct LatencyHistogramTests {
    @Test("every duration is in a bucket that is no wider than a 32nd of it, and buckets follow one another")
    func buckets() {
        var last = -1
        var next: UInt64 = 0
        for bucket in 0..<1_024 {
            #expect(LatencyHistogram.bucket(of: next) == bucket)
            let end = LatencyHistogram.end(of: bucket)
            #expect(LatencyHistogram.bucket(of: end) == bucket)
            #expect(end - next <= next / 32)
            #expect(bucket == last + 1)
            (last, next) = (bucket, end + 1)
        }
        #expect(next == 1 << 36)
        #expect(LatencyHistogram.bucket(of: .max) == 1_023)
    }

    @Test("quantiles are those of the durations themselves, at most three percent too large")
    func quantiles() throws {
        for seed in UInt64(1)...20 {
            var random = SeededGenerator(seed: seed)
            var histogram = LatencyHistogram()
            let durations = (0..<Int.random(in: 1...2_000, using: &random)).map { _ in
                UInt64.random(in: 0...(1 << UInt64.random(in: 1...40, using: &random)), using: &random) % (1 << 36)
            }.sorted()
            for duration in durations.shuffled(using: &random) { histogram.observe(Int64(duration) * 1_000) }
            for share in [UInt64(0), 1, 10, 500, 900, 990, 999, 1_000] {
                let rank = max(1, (UInt64(durations.count) * share + 999) / 1_000)
                let exact = durations[Int(rank) - 1]
                let told = try #require(histogram.quantile(perMille: share))
                #expect(told >= exact && told - exact <= exact / 32, "seed \(seed), \(share): \(told) for \(exact)")
            }
            #expect(histogram.count == UInt64(durations.count))
            #expect(histogram.sum == durations.reduce(0, +))
        }
        #expect(LatencyHistogram().quantile(perMille: 500) == nil)
        #expect(LatencyHistogram().mean == nil)
    }

    @Test("histograms add up to what one would have counted, and are as they were after writing and reading")
    func merging() {
        var random = SeededGenerator(seed: 7)
        var whole = LatencyHistogram()
        var sum = LatencyHistogram()
        for _ in 0..<50 {
            var part = LatencyHistogram()
            for _ in 0..<Int.random(in: 0...20, using: &random) {
                let duration = Int64.random(in: -5...(1 << Int64.random(in: 4...50, using: &random)), using: &random)
                part.observe(duration)
                whole.observe(duration)
            }
            #expect(LatencyHistogram(bytes: part.bytes) == part)
            sum.add(part)
        }
        #expect(sum == whole)
        #expect(LatencyHistogram(bytes: whole.bytes) == whole)
        #expect(whole.bytes.count < 2_000)
        var most = LatencyHistogram()
        most.observe(.min)
        most.observe(.max)
        #expect(LatencyHistogram(bytes: most.bytes) == most)
        #expect(most.bytes.count < 20)
    }

    @Test("bytes that are no histogram are none, whatever they are")
    func foreign() {
        var histogram = LatencyHistogram()
        for duration in [Int64(5_000), 70_000_000, 9_000_000_000] { histogram.observe(duration) }
        for count in 0..<3 { #expect(LatencyHistogram(bytes: Array(histogram.bytes.prefix(count))) == nil) }
        #expect(LatencyHistogram(bytes: []) == nil)
        #expect(LatencyHistogram(bytes: [2, 0, 0]) == nil)
        // Behind the last bucket, at once and by empty ones.
        #expect(LatencyHistogram(bytes: [1, 0, 0xFF, 0x07, 1]) != nil)
        #expect(LatencyHistogram(bytes: [1, 0, 0xFF, 0x07, 1, 1]) == nil)
        #expect(LatencyHistogram(bytes: [1, 0, 0x80, 0x08, 1]) == nil)
        #expect(LatencyHistogram(bytes: [1, 0, 5, 0, 0xFF, 0x07, 1]) == nil)
        #expect(LatencyHistogram(bytes: [1, 0, 5, 0, 0, 1]) == nil)
        var random = SeededGenerator(seed: 3)
        for _ in 0..<5_000 {
            let bytes = [1] + random.bytes(Int.random(in: 0...40, using: &random))
            guard let read = LatencyHistogram(bytes: bytes) else { continue }
            _ = read.quantile(perMille: 990)
            var sum = histogram
            sum.add(read)
        }
    }

    @Test("what loops count is drained once, by names, and without a listener it stays small")
    func draining() throws {
        let metrics = Metrics(version: "1") { MetricsReadings() }
        let shards = [metrics.shard(), metrics.shard()]
        let ada = CallerIdentity(consumer: "ada")
        for shard in shards {
            for (status, caller) in [(200, ada), (204, ada), (429, nil), (0, ada)] {
                shard.begin()
                shard.record(
                    Records.record(
                        duration: 2_000_000, status: status, end: status == 429 ? .refused : .complete,
                        code: status == 429 ? "limit-exceeded" : nil, requestBytes: 3, responseBytes: 5, caller: caller)
                )
            }
        }
        shards[0].begin()
        #expect(metrics.inFlight == 1)
        let tally = metrics.drain()
        #expect(tally.exchanges.count == 3)
        let good = ExchangeSeries(api: "shop", route: "orders", consumer: "ada", statusClass: 2)
        let count = try #require(tally.exchanges[good])
        #expect([count.requests, count.requestBytes, count.responseBytes] == [4, 12, 20])
        #expect(count.durations.quantile(perMille: 500).map { (2_000...2_064).contains($0) } == true)
        let refused = ExchangeSeries(api: "shop", route: "orders", consumer: "", statusClass: 4)
        #expect(tally.exchanges[refused]?.requests == 2)
        #expect(tally.refusals == [RefusalSeries(api: "shop", route: "orders", code: "limit-exceeded"): 2])
        #expect(metrics.drain() == ExchangeTally())
        // The scrape goes on counting.
        #expect(metrics.snapshot().requests.map(\.count).reduce(0, +) == 8)
        for number in 0..<6_000 {
            shards[0].begin()
            shards[0].record(Records.record(caller: CallerIdentity(consumer: "c\(number)")))
        }
        let many = metrics.drain()
        #expect(many.exchanges.count <= 4_097)
        #expect(many.exchanges.values.map(\.requests).reduce(0, +) == 6_000)
        let other = ExchangeSeries(api: "other", route: "other", consumer: "other", statusClass: 2)
        #expect(many.exchanges[other]?.requests == 6_000 - 4_096)
    }
}

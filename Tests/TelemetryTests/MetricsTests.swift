import Telemetry
import Testing

@Suite struct MetricsTests {
    private let shop = ["api": "shop", "route": "orders"]

    @Test func `requests are counted by route, method and status`() throws {
        let metrics = metrics()
        let shard = metrics.shard()
        for _ in 0..<3 { count(Records.record(), in: shard) }
        count(Records.record(method: .post, status: 201), in: shard)
        count(Records.record(method: .other("BREW"), status: 418), in: shard)
        count(Records.record(route: nil, status: 404), in: shard)
        count(Records.record(status: 0, end: .clientGone), in: shard)
        let read = try PrometheusReader(metrics.text())
        let name = "signet_requests_total"
        #expect(read.value(name, shop.merging(["method": "GET", "status": "200"]) { $1 }) == "3")
        #expect(read.value(name, shop.merging(["method": "POST", "status": "201"]) { $1 }) == "1")
        #expect(read.value(name, shop.merging(["method": "other", "status": "418"]) { $1 }) == "1")
        #expect(read.value(name, shop.merging(["method": "GET", "status": "other"]) { $1 }) == "1")
        #expect(read.value(name, ["api": "", "route": "", "method": "GET", "status": "404"]) == "1")
        #expect(read.all(name).count == 5)
    }

    @Test func `a text says nothing that a client made up`() {
        let metrics = metrics()
        let shard = metrics.shard()
        let caller = CallerIdentity(consumer: "marker", subject: "marker", client: "marker", credential: "marker")
        count(Records.record(method: .other("marker"), path: Array("/marker".utf8), caller: caller), in: shard)
        #expect(!String(decoding: metrics.text(), as: UTF8.self).contains("marker"))
    }

    @Test func `buckets are cumulative, hold their limits, and end in all`() throws {
        let metrics = metrics()
        let shard = metrics.shard()
        let durations: [Int64] = [-1, 0, 5_000_000, 5_000_001, 60_000_000_000, 60_000_000_001, 1_500_000_000]
        for duration in durations { count(Records.record(duration: duration), in: shard) }
        let read = try PrometheusReader(metrics.text())
        let name = "signet_request_duration_seconds"
        let buckets = read.all(name + "_bucket")
        let counts = try buckets.map { try #require(Int($0.value)) }
        let limits = try buckets.map { try #require(Double($0.labels["le"] ?? "")) }
        #expect(counts == [3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 5, 5, 5, 5, 5, 6, 7])
        #expect(limits == limits.sorted() && limits.last == .infinity)
        #expect(limits.dropLast().map { UInt64(($0 * 1e9).rounded()) } == DurationHistogram.limits)
        #expect(read.value(name + "_count", shop) == "7")
        #expect(read.value(name + "_sum", shop) == "121.510000002")
        #expect(read.types[name] == "histogram")
    }

    @Test func `an upstream's time, refusals and bytes are counted`() throws {
        let metrics = metrics()
        let shard = metrics.shard()
        count(
            Records.record(firstByte: 7_000_000, requestBytes: 10, responseBytes: 4_000, upstream: "east"), in: shard)
        count(Records.record(requestBytes: 5, responseBytes: -1, upstream: "east"), in: shard)
        count(
            Records.record(status: 401, end: .refused, code: "token-expired", phase: "authenticate"), in: shard)
        count(Records.record(route: nil, status: 404, end: .refused, code: "route-not-found"), in: shard)
        let read = try PrometheusReader(metrics.text())
        let upstream = "signet_upstream_duration_seconds"
        #expect(read.value(upstream + "_count", ["upstream": "east"]) == "1")
        #expect(read.value(upstream + "_bucket", ["upstream": "east", "le": "0.01"]) == "1")
        #expect(read.value(upstream + "_bucket", ["upstream": "east", "le": "0.005"]) == "0")
        let expired = shop.merging(["code": "token-expired", "phase": "authenticate"]) { $1 }
        #expect(read.value("signet_refusals_total", expired) == "1")
        let unknown = ["api": "", "route": "", "code": "route-not-found", "phase": ""]
        #expect(read.value("signet_refusals_total", unknown) == "1")
        #expect(read.value("signet_request_bytes_total", shop) == "15")
        #expect(read.value("signet_response_bytes_total", shop) == "4000")
    }

    @Test func `labels are escaped`() throws {
        let name = "a\"b\\c\nd\\n{},= é\u{2028}"
        let metrics = metrics()
        count(Records.record(route: RouteLabels(api: name, route: name), upstream: name), in: metrics.shard())
        let read = try PrometheusReader(metrics.text())
        #expect(read.all("signet_requests_total").first?.labels["api"] == name)
        #expect(read.value("signet_request_bytes_total", ["api": name, "route": name]) == "0")
    }

    @Test func `the loops' counts are one scrape, and replaced routes go on counting`() throws {
        let metrics = metrics()
        let (first, second) = (metrics.shard(), metrics.shard())
        count(Records.record(firstByte: 1, route: RouteLabels(api: "a", route: "x"), upstream: "u"), in: first)
        count(Records.record(route: RouteLabels(api: "b", route: "y"), code: "c", phase: "p"), in: second)
        count(Records.record(firstByte: 1, route: RouteLabels(api: "a", route: "x"), upstream: "u"), in: second)
        let read = try PrometheusReader(metrics.text())
        let labels = ["api": "a", "route": "x", "method": "GET", "status": "200"]
        #expect(read.value("signet_requests_total", labels) == "2")
        #expect(read.value("signet_request_duration_seconds_count", ["api": "a", "route": "x"]) == "2")
        #expect(read.value("signet_request_duration_seconds_count", ["api": "b", "route": "y"]) == "1")
        #expect(read.value("signet_upstream_duration_seconds_count", ["upstream": "u"]) == "2")
        #expect(read.all("signet_refusals_total").map(\.labels["api"]) == ["b"])
        #expect(first.snapshot().requests.map(\.count) == [1])
        #expect(second.snapshot().requests.map(\.count) == [1, 1])
        #expect(metrics.snapshot().routes.map(\.duration.count) == [2, 1])
    }

    @Test func `series are bounded, and what is beyond is counted under other`() throws {
        let limit = 500
        let metrics = metrics(seriesLimit: limit)
        let shards = [metrics.shard(), metrics.shard()]
        for index in 0..<2_000 {
            let route = RouteLabels(api: "api", route: "route\(index)")
            count(
                Records.record(
                    firstByte: 1, route: route, status: 200 + index % 300, code: "code\(index)", phase: "p",
                    upstream: "upstream\(index)"), in: shards[index % 2])
        }
        let read = try PrometheusReader(metrics.text())
        let series = read.samples.filter { $0.name.hasPrefix("signet_re") || $0.name.hasPrefix("signet_up") }
        // The gauge of requests in flight is none of them.
        #expect(series.count - 1 <= limit)
        #expect(series.count > limit / 2)
        func sum(_ name: String) -> Int { read.all(name).compactMap { Int($0.value) }.reduce(0, +) }
        for name in [
            "signet_requests_total", "signet_refusals_total", "signet_request_duration_seconds_count",
            "signet_upstream_duration_seconds_count",
        ] {
            #expect(sum(name) == 2_000)
            #expect(read.all(name).contains { $0.labels.values.allSatisfy { $0 == "other" } && $0.value != "0" })
        }
        // A series that was there before the limit is still its own.
        count(Records.record(route: RouteLabels(api: "api", route: "route0"), status: 200), in: shards[1])
        let labels = ["api": "api", "route": "route0", "method": "GET", "status": "200"]
        #expect(try PrometheusReader(metrics.text()).value("signet_requests_total", labels) == "2")
    }

    @Test func `requests in flight are those that began and have no record`() throws {
        let metrics = metrics()
        let shard = metrics.shard()
        for _ in 0..<5 { shard.begin() }
        shard.record(Records.record())
        #expect(try PrometheusReader(metrics.text()).value("signet_requests_in_flight") == "4")
    }

    @Test func `language models are counted by name, with an exact cost, and are not there without any`() throws {
        var fast = MetricsReadings.Model(name: "fa\"st")
        fast.requests = ["answered": 3, "failed": 1]
        fast.inputTokens = 1_000
        fast.outputTokens = 200
        fast.nanos = ["USD": 2_800_000, "EUR": 1_000_000_000_000_000_001]
        let read = try PrometheusReader(Metrics(version: "1") { [fast] in MetricsReadings(models: [fast]) }.text())
        #expect(read.value("signet_model_requests_total", ["model": "fa\"st", "outcome": "answered"]) == "3")
        #expect(read.value("signet_model_tokens_total", ["model": "fa\"st", "direction": "output"]) == "200")
        #expect(read.value("signet_model_cost_total", ["model": "fa\"st", "currency": "USD"]) == "0.002800000")
        #expect(
            read.value("signet_model_cost_total", ["model": "fa\"st", "currency": "EUR"]) == "1000000000.000000001")
        #expect(!String(decoding: metrics().text(), as: UTF8.self).contains("signet_model"))
    }

    @Test func `readings of others are written, once for each listener`() throws {
        let metrics = Metrics(version: "1.2.3") {
            MetricsReadings(
                listeners: [
                    .init(name: "public", connections: 3), .init(name: "inner", connections: -2),
                    .init(name: "public", connections: 4),
                ], droppedLines: 9,
                process: .init(
                    residentBytes: 12_345_678, openDescriptors: 17, processorTime: 1_500_000_000,
                    start: 1_700_000_000_007))
        }
        let read = try PrometheusReader(metrics.text())
        #expect(read.value("signet_connections_open", ["listener": "public"]) == "7")
        #expect(read.value("signet_connections_open", ["listener": "inner"]) == "0")
        #expect(read.value("signet_access_log_dropped_total") == "9")
        #expect(read.value("signet_build_info", ["version": "1.2.3"]) == "1")
        #expect(read.value("process_resident_memory_bytes") == "12345678")
        #expect(read.value("process_open_fds") == "17")
        #expect(read.value("process_cpu_seconds_total") == "1.500000000")
        #expect(read.value("process_start_time_seconds") == "1700000000.007")
        #expect(read.types["signet_access_log_dropped_total"] == "counter")
        #expect(Set(read.types.keys) == read.helps)
    }

    @Test func `many loops count at once while somebody scrapes`() async throws {
        let metrics = metrics()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                let shard = metrics.shard()
                group.addTask {
                    for index in 0..<2_000 {
                        shard.begin()
                        shard.record(
                            Records.record(route: RouteLabels(api: "a", route: "\(index % 7)"), status: 200 + index % 5)
                        )
                    }
                }
            }
            group.addTask {
                for _ in 0..<20 {
                    let snapshot = metrics.snapshot()
                    // A scrape never sees half a record.
                    let requests = snapshot.requests.reduce(0) { $0 + $1.count }
                    #expect(requests == snapshot.routes.reduce(0) { $0 + $1.duration.count })
                }
            }
        }
        #expect(metrics.snapshot().requests.reduce(0) { $0 + $1.count } == 8_000)
        #expect(metrics.snapshot().inFlight == 0)
    }

    @Test func `OpenMetrics names a counter's family without its suffix and ends in a mark`() {
        let metrics = metrics()
        count(Records.record(), in: metrics.shard())
        let text = String(decoding: metrics.text(.openMetrics), as: UTF8.self)
        #expect(text.contains("# TYPE signet_requests counter\nsignet_requests_total{"))
        #expect(text.hasSuffix("\n# EOF\n"))
        #expect(!String(decoding: metrics.text(), as: UTF8.self).contains("# EOF"))
    }

    @Test(arguments: [
        ("", false), ("*/*", false), ("text/plain;version=0.0.4", false), ("application/openmetrics-text", true),
        ("text/plain, application/openmetrics-text; version=1.0.0; charset=utf-8;q=0.5", true),
        ("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,*/*;q=0.2", true),
        ("APPLICATION/OpenMetrics-Text", true), ("application/openmetrics-text;q=0", false),
        ("application/openmetrics-text;q=0.000", false), ("application/openmetrics-text;version=0.0.1", false),
        ("application/openmetrics-textual", false), (";,;=,", false),
    ])
    func `the format is the one that is asked for`(accept: String, isOpenMetrics: Bool) {
        #expect((MetricsFormat(accept: Array(accept.utf8)) == .openMetrics) == isOpenMetrics)
    }

    private func metrics(seriesLimit: Int = 10_000) -> Metrics {
        Metrics(version: "0", seriesLimit: seriesLimit) { MetricsReadings() }
    }

    private func count(_ record: borrowing ExchangeRecord, in shard: MetricsShard) {
        shard.begin()
        shard.record(record)
    }
}

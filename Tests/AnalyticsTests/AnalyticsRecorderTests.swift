import Storage
import Telemetry
import TestSupport
import Testing

@testable import Analytics

@Suite struct AnalyticsRecorderTests {
    private static let noon: Int64 = 1_709_208_000
    private let temporary: TemporaryFolder
    private let key = MasterKey.generate()

    init() throws { temporary = try TemporaryFolder() }

    private func open() async throws -> Store {
        try await Store(folder: try DataFolder.claim(temporary.path), masterKey: key)
    }

    private func tally(
        _ counts: [(api: String, consumer: String, status: Int, requests: Int, milliseconds: Int64)],
        refusals: [String: UInt64] = [:]
    ) -> ExchangeTally {
        var tally = ExchangeTally()
        for (api, consumer, status, requests, milliseconds) in counts {
            let series = ExchangeSeries(api: api, route: "r", consumer: consumer, statusClass: status)
            var count = ExchangeCount()
            count.requests = UInt64(requests)
            count.requestBytes = 10
            count.responseBytes = 20
            for _ in 0..<requests { count.durations.observe(milliseconds * 1_000_000) }
            tally.exchanges[series, default: ExchangeCount()].add(count)
        }
        for (code, count) in refusals { tally.refusals[RefusalSeries(api: "a", route: "r", code: code)] = count }
        return tally
    }

    private func lines(
        _ recorder: AnalyticsRecorder, _ step: AnalyticsStep, by grouping: AnalyticsGrouping, limit: Int = 20,
        api: String? = nil, consumer: String? = nil, from: Int64 = noon, to: Int64 = noon + 86_400
    ) async throws -> [String] {
        let question = try #require(
            AnalyticsQuestion(
                step: step, from: from, to: to, grouping: grouping, limit: limit, api: api, consumer: consumer))
        return try await recorder.report(question).points.map {
            "\($0.starts - Self.noon) \($0.name) \($0.requests) \($0.clientErrors) \($0.serverErrors)"
        }
    }

    @Test("what is counted each second is added up by minute, hour and day, across a restart")
    func addedUp() async throws {
        var store = try await open()
        var recorder = try await AnalyticsRecorder.open(in: store, now: Self.noon)
        for (second, requests) in [(Int64(0), 1), (59, 2), (60, 4)] {
            await recorder.take(
                tally([("a", "ada", 2, requests, 5), ("b", "", 4, 1, 5)]), inFlight: 0, now: Self.noon + second)
        }
        try await recorder.keep()
        await recorder.take(tally([("a", "ada", 5, 8, 5)]), inFlight: 0, now: Self.noon + 61)
        try await recorder.keep()
        // What is not kept is lost, and only that.
        await recorder.take(tally([("a", "ada", 2, 1_000, 5)]), inFlight: 0, now: Self.noon + 62)
        try store.close()

        store = try await open()
        recorder = try await AnalyticsRecorder.open(in: store, now: Self.noon + 70)
        await recorder.take(tally([("a", "bob", 2, 16, 500), ("b", "", 4, 1, 5)]), inFlight: 0, now: Self.noon + 71)
        await recorder.take(tally([("a", "bob", 2, 32, 5)]), inFlight: 0, now: Self.noon + 3_600)
        try await recorder.keep()
        #expect(
            try await lines(recorder, .minute, by: .api)
                == ["0 a 3 0 0", "0 b 2 2 0", "60 a 28 0 8", "60 b 2 2 0", "3600 a 32 0 0"])
        #expect(try await lines(recorder, .hour, by: .api) == ["0 a 31 0 8", "0 b 4 4 0", "3600 a 32 0 0"])
        #expect(
            try await lines(recorder, .day, by: .consumer) == [
                "-43200  4 4 0", "-43200 ada 15 0 8", "-43200 bob 48 0 0",
            ])
        #expect(try await lines(recorder, .hour, by: .all, api: "b") == ["0  4 4 0"])
        #expect(try await lines(recorder, .hour, by: .route, consumer: "bob") == ["0 a r 16 0 0", "3600 a r 32 0 0"])
        #expect(
            try await lines(recorder, .hour, by: .status, to: Self.noon + 1) == [
                "0 2xx 23 0 0", "0 4xx 4 4 0", "0 5xx 8 0 8",
            ])
        let question = try #require(
            AnalyticsQuestion(step: .hour, from: Self.noon, to: Self.noon + 3_600, grouping: .consumer))
        let groups = try await recorder.report(question).groups
        #expect(groups.map(\.name) == ["bob", "ada", ""])
        #expect(groups[0].p50.map { (500_000...516_000).contains($0) } == true)
        #expect(groups[1].p99.map { (5_000...5_170).contains($0) } == true)
        #expect(groups[1].requestBytes == 40)
        #expect(groups[1].responseBytes == 80)
        try store.close()
    }

    @Test("reasons are counted, and beyond the limit of an answer the rest is one group")
    func reasons() async throws {
        let store = try await open()
        let recorder = try await AnalyticsRecorder.open(in: store, now: Self.noon)
        let counts = tally(
            [("a", "", 4, 6, 1), ("b", "", 2, 2, 1), ("c", "", 2, 1, 1)],
            refusals: ["token-expired": 4, "limit-exceeded": 2])
        await recorder.take(counts, inFlight: 0, now: Self.noon)
        try await recorder.keep()
        #expect(try await lines(recorder, .minute, by: .reason) == ["0 limit-exceeded 2 0 0", "0 token-expired 4 0 0"])
        #expect(try await lines(recorder, .minute, by: .reason, api: "b") == [])
        #expect(try await lines(recorder, .minute, by: .api, limit: 1) == ["0 a 6 6 0", "0 other 3 0 0"])
        for (from, to) in [(Int64(10), Int64(10)), (0, 86_400 * 30), (-1, 5)] {
            #expect(AnalyticsQuestion(step: .minute, from: from, to: to, grouping: .all) == nil)
        }
        #expect(AnalyticsQuestion(step: .day, from: 0, to: .max, grouping: .all) == nil)
        try store.close()
    }

    @Test("a window has at most a thousand series, and counts the rest as others")
    func bounded() async throws {
        let store = try await open()
        let recorder = try await AnalyticsRecorder.open(in: store, now: Self.noon)
        for round in 0..<2 {
            let counts = (0..<700).map {
                (api: "a\(round)-\($0)", consumer: "", status: 2, requests: 1, milliseconds: Int64(1))
            }
            await recorder.take(tally(counts), inFlight: 0, now: Self.noon)
        }
        try await recorder.keep()
        let question = try #require(
            AnalyticsQuestion(step: .day, from: Self.noon, to: Self.noon + 60, grouping: .api, limit: 2_000))
        let groups = try await recorder.report(question).groups
        #expect(groups.count == 1_001)
        #expect(groups.first?.name == "other")
        #expect(groups.first?.requests == 400)
        try store.close()
    }

    @Test("what the store does not take is kept for the next time, also when its minute is over")
    func refused() async throws {
        var store = try await open()
        var recorder = try await AnalyticsRecorder.open(in: store, now: Self.noon)
        await recorder.take(tally([("a", "", 2, 1, 1)], refusals: ["x": 1]), inFlight: 0, now: Self.noon)
        _ = try await store.write { try $0.execute(Statement("ALTER TABLE analytics_refusals RENAME TO away")) }
        await #expect(throws: StoreError.self) { try await recorder.keep() }
        await recorder.take(tally([("a", "", 2, 2, 1)]), inFlight: 0, now: Self.noon + 60)
        await #expect(throws: StoreError.self) { try await recorder.keep() }
        _ = try await store.write { try $0.execute(Statement("ALTER TABLE away RENAME TO analytics_refusals")) }
        try await recorder.keep()
        #expect(try await lines(recorder, .minute, by: .api) == ["0 a 1 0 0", "60 a 2 0 0"])
        #expect(try await lines(recorder, .hour, by: .reason) == ["0 x 1 0 0"])
        try store.close()
        store = try await open()
        recorder = try await AnalyticsRecorder.open(in: store, now: Self.noon + 90 * 86_400 + 3_601)
        try await recorder.keepUp(now: Self.noon + 90 * 86_400 + 3_601)
        #expect(try await lines(recorder, .minute, by: .api) == [])
        #expect(try await lines(recorder, .hour, by: .api) == [])
        #expect(try await lines(recorder, .day, by: .api) == ["-43200 a 3 0 0"])
        try store.close()
    }

    @Test("whoever listens hears each second, and no more than may")
    func listening() async throws {
        let store = try await open()
        let recorder = try await AnalyticsRecorder.open(in: store, now: Self.noon)
        var streams: [AsyncStream<AnalyticsSecond>] = []
        while let stream = await recorder.listen() { streams.append(stream) }
        #expect(streams.count == 64)
        await recorder.take(tally([("a", "", 2, 3, 1)]), inFlight: 7, now: Self.noon)
        let second = try #require(await streams[0].first { _ in true })
        #expect(second.inFlight == 7)
        #expect(second.tally.exchanges.values.map(\.requests) == [3])
        streams = []
        for _ in 0..<200 where streams.isEmpty {
            try await Task.sleep(for: .milliseconds(10))
            if let stream = await recorder.listen() { streams.append(stream) }
        }
        #expect(!streams.isEmpty)
        try store.close()
    }
}

import Storage
import Telemetry

/// The rows of the analytics.
enum AnalyticsRecords {
    /// Writes whole counts in the place of those that are there.
    static func write(_ changes: AnalyticsChanges, in transaction: Transaction) throws(StoreError) {
        let (step, starts) = (StoreValue.integer(changes.step.seconds), StoreValue.integer(changes.starts))
        for (series, count) in changes.tally.exchanges {
            try transaction.execute(
                Statement(
                    """
                    INSERT INTO analytics_exchanges (step, starts, api, route, consumer, status, requests, request_bytes,
                        response_bytes, durations)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (step, starts, api, route, consumer, status) DO UPDATE SET
                        requests = excluded.requests, request_bytes = excluded.request_bytes,
                        response_bytes = excluded.response_bytes, durations = excluded.durations
                    """,
                    step, starts, text(series.api), text(series.route), text(series.consumer),
                    .integer(Int64(series.statusClass)), number(count.requests), number(count.requestBytes),
                    number(count.responseBytes), .blob(count.durations.bytes)))
        }
        for (series, count) in changes.tally.refusals {
            try transaction.execute(
                Statement(
                    """
                    INSERT INTO analytics_refusals (step, starts, api, route, code, refusals) VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT (step, starts, api, route, code) DO UPDATE SET refusals = excluded.refusals
                    """,
                    step, starts, text(series.api), text(series.route), text(series.code), number(count)))
        }
    }

    /// What was counted in one stretch.
    static func window(
        _ step: AnalyticsStep, starts: Int64, in transaction: Transaction
    ) throws(StoreError) -> AnalyticsWindow {
        var tally = ExchangeTally()
        for (series, count) in try exchanges(step, starts: starts, in: transaction) { tally.exchanges[series] = count }
        for (series, count) in try refusals(step, starts: starts, in: transaction) { tally.refusals[series] = count }
        return AnalyticsWindow(step, starts: starts, tally: tally)
    }

    static func exchanges(
        _ step: AnalyticsStep, starts: Int64, in transaction: Transaction
    ) throws(StoreError) -> [(ExchangeSeries, ExchangeCount)] {
        try transaction.query(
            Statement(
                "SELECT * FROM analytics_exchanges WHERE step = ? AND starts = ?", .integer(step.seconds),
                .integer(starts))
        ).map { row throws(StoreError) in
            let series = ExchangeSeries(
                api: try row.text("api"), route: try row.text("route"), consumer: try row.text("consumer"),
                statusClass: Int(clamping: try row.integer("status")))
            var count = ExchangeCount()
            count.requests = UInt64(clamping: try row.integer("requests"))
            count.requestBytes = UInt64(clamping: try row.integer("request_bytes"))
            count.responseBytes = UInt64(clamping: try row.integer("response_bytes"))
            // Durations that cannot be read are left out: the rest is good.
            count.durations = LatencyHistogram(bytes: try row.blob("durations")) ?? LatencyHistogram()
            return (series, count)
        }
    }

    static func refusals(
        _ step: AnalyticsStep, starts: Int64, in transaction: Transaction
    ) throws(StoreError) -> [(RefusalSeries, UInt64)] {
        try transaction.query(
            Statement(
                "SELECT * FROM analytics_refusals WHERE step = ? AND starts = ?", .integer(step.seconds),
                .integer(starts))
        ).map { row throws(StoreError) in
            let series = RefusalSeries(
                api: try row.text("api"), route: try row.text("route"), code: try row.text("code"))
            return (series, UInt64(clamping: try row.integer("refusals")))
        }
    }

    /// The stretches of a range in which anything was counted, in their order.
    static func starts(
        _ step: AnalyticsStep, _ range: Range<Int64>, in transaction: Transaction
    ) throws(StoreError) -> [Int64] {
        try transaction.query(
            Statement(
                """
                SELECT DISTINCT starts FROM analytics_exchanges WHERE step = ? AND starts >= ? AND starts < ?
                ORDER BY starts
                """, .integer(step.seconds), .integer(range.lowerBound), .integer(range.upperBound))
        ).map { row throws(StoreError) in try row.integer("starts") }
    }

    static func delete(_ step: AnalyticsStep, before time: Int64, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(
            Statement(
                "DELETE FROM analytics_exchanges WHERE step = ? AND starts < ?", .integer(step.seconds),
                .integer(time)))
        try transaction.execute(
            Statement(
                "DELETE FROM analytics_refusals WHERE step = ? AND starts < ?", .integer(step.seconds), .integer(time)
            ))
    }

    private static func text(_ name: String) -> StoreValue {
        .text(name.utf8.contains(0) ? String(name.unicodeScalars.filter { $0.value != 0 }.map(Character.init)) : name)
    }

    private static func number(_ count: UInt64) -> StoreValue { .integer(Int64(clamping: count)) }
}

import Storage

/// The tables of the analytics, as steps that are only ever added to. Times are seconds since 1970; `step` is the length
/// of a stretch in seconds.
enum AnalyticsSchema {
    static let migrations: [Migration] = [
        Migration(
            "01-analytics",
            [
                """
                CREATE TABLE analytics_exchanges (
                    step {integer} NOT NULL,
                    starts {integer} NOT NULL,
                    api {text} NOT NULL,
                    route {text} NOT NULL,
                    consumer {text} NOT NULL,
                    status {integer} NOT NULL,
                    requests {integer} NOT NULL,
                    request_bytes {integer} NOT NULL,
                    response_bytes {integer} NOT NULL,
                    durations {bytes} NOT NULL,
                    PRIMARY KEY (step, starts, api, route, consumer, status)
                ) {table by key}
                """,
                """
                CREATE TABLE analytics_refusals (
                    step {integer} NOT NULL,
                    starts {integer} NOT NULL,
                    api {text} NOT NULL,
                    route {text} NOT NULL,
                    code {text} NOT NULL,
                    refusals {integer} NOT NULL,
                    PRIMARY KEY (step, starts, api, route, code)
                ) {table by key}
                """,
            ])
    ]
}

import Storage

/// The tables of the ledger, as steps that are only ever added to. Amounts are billionths, times seconds since 1970.
enum SpendSchema {
    static let migrations: [Migration] = [
        Migration(
            "01-ledger",
            [
                """
                CREATE TABLE spend_entries (
                    number {integer} PRIMARY KEY,
                    time {integer} NOT NULL,
                    trace {text} NOT NULL,
                    caller {text} NOT NULL,
                    alias {text} NOT NULL,
                    provider {text} NOT NULL,
                    model {text} NOT NULL,
                    input_tokens {integer} NOT NULL,
                    cached_input_tokens {integer} NOT NULL,
                    cache_write_tokens {integer} NOT NULL,
                    output_tokens {integer} NOT NULL,
                    currency {text} NOT NULL,
                    cost {integer} NOT NULL,
                    outcome {text} NOT NULL CHECK (outcome IN ('settled', 'interrupted', 'expired'))
                ) {table}
                """,
                "CREATE INDEX spend_entries_by_caller ON spend_entries (caller, number)",
                "CREATE INDEX spend_entries_by_alias ON spend_entries (alias, number)",
                "CREATE INDEX spend_entries_by_trace ON spend_entries (trace, number)",
                "CREATE INDEX spend_entries_by_time ON spend_entries (time)",
                """
                CREATE TABLE spend_days (
                    day {integer} NOT NULL,
                    caller {text} NOT NULL,
                    alias {text} NOT NULL,
                    provider {text} NOT NULL,
                    model {text} NOT NULL,
                    currency {text} NOT NULL,
                    requests {integer} NOT NULL,
                    input_tokens {integer} NOT NULL,
                    cached_input_tokens {integer} NOT NULL,
                    cache_write_tokens {integer} NOT NULL,
                    output_tokens {integer} NOT NULL,
                    cost {integer} NOT NULL,
                    PRIMARY KEY (day, caller, alias, provider, model, currency)
                ) {table by key}
                """,
                "CREATE INDEX spend_days_by_caller ON spend_days (caller, day)",
                """
                CREATE TABLE spend_reservations (
                    number {integer} PRIMARY KEY,
                    time {integer} NOT NULL,
                    trace {text} NOT NULL,
                    caller {text} NOT NULL,
                    alias {text} NOT NULL,
                    currency {text} NOT NULL,
                    estimate {integer} NOT NULL,
                    windows {text} NOT NULL
                ) {table}
                """,
                """
                CREATE TABLE spend_counters (
                    key {text} NOT NULL,
                    currency {text} NOT NULL,
                    starts {integer} NOT NULL,
                    ends {integer} NOT NULL,
                    settled {integer} NOT NULL,
                    unrecorded {integer} NOT NULL,
                    claimed {integer} NOT NULL,
                    PRIMARY KEY (key, currency, starts, ends)
                ) {table by key}
                """,
                "CREATE INDEX spend_counters_by_end ON spend_counters (ends)",
            ])
    ]
}

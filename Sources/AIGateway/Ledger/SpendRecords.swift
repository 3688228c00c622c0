import Codecs
import Storage

/// The ledger's rows.
enum SpendRecords {
    private static let secondsOfDay: Int64 = 86_400

    /// Writes what waits.
    static func write(_ batch: SpendBatch, in transaction: Transaction) throws(StoreError) {
        for held in batch.opened.values { try insert(held, in: transaction) }
        for number in batch.closed { try deleteReservation(number, in: transaction) }
        for entry in batch.entries { try insert(entry, in: transaction) }
        for count in batch.counters {
            try add(count.added, to: count.window, claimed: count.claimed, in: transaction)
        }
    }

    /// The book as the store has it. Reservations that a process left behind become entries, and claims that say more than
    /// the entries count as spent: requests were under way when it was killed, and what they cost nobody knows.
    /// - Parameter now: windows that ended a day before are left out.
    static func recover(now: Int64, in transaction: Transaction) throws(StoreError) -> SpendBook {
        for row in try transaction.query(Statement("SELECT * FROM spend_reservations ORDER BY number")) {
            let held = try OpenReservation(row)
            let entry = held.entry(cost: held.estimate, usage: .unknown, outcome: .interrupted)
            try insert(entry, in: transaction)
            for window in held.windows { try settle(held.estimate.nanos, in: window, transaction) }
            try deleteReservation(held.number, in: transaction)
        }
        try transaction.execute(
            Statement(
                """
                UPDATE spend_counters SET unrecorded = claimed - settled
                WHERE claimed > settled + unrecorded
                """))
        var counters: [BudgetWindow: SpendBook.Counter] = [:]
        let rows = try transaction.query(
            Statement("SELECT * FROM spend_counters WHERE ends > ?", .integer(now.subtractingUpToBounds(secondsOfDay))))
        for row in rows {
            counters[try BudgetWindow(row)] = SpendBook.Counter(
                settled: try row.integer("settled"), unrecorded: try row.integer("unrecorded"))
        }
        let last = try transaction.query(Statement("SELECT MAX(number) AS number FROM spend_entries")).first?
            .optionalInteger("number")
        return SpendBook(counters: counters, nextNumber: (last ?? 0).addingUpToBounds(1))
    }

    private static func insert(_ held: OpenReservation, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(
            Statement(
                """
                INSERT INTO spend_reservations (number, time, trace, caller, alias, currency, estimate, windows)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
                .integer(held.number), .integer(held.time), .text(held.head.trace), .text(held.head.caller),
                .text(held.head.alias), .text(held.estimate.currency.code), .integer(held.estimate.nanos),
                .text(BudgetWindow.text(held.windows))))
    }

    private static func deleteReservation(_ number: Int64, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(Statement("DELETE FROM spend_reservations WHERE number = ?", .integer(number)))
    }

    private static func insert(_ entry: SpendEntry, in transaction: Transaction) throws(StoreError) {
        let tokens = entry.usage.tokens
        try transaction.execute(
            Statement(
                """
                INSERT INTO spend_entries (number, time, trace, caller, alias, provider, model, input_tokens,
                    cached_input_tokens, cache_write_tokens, output_tokens, currency, cost, outcome)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                .integer(entry.number), .integer(entry.time), .text(entry.head.trace), .text(entry.head.caller),
                .text(entry.head.alias), .text(entry.usage.provider), .text(entry.usage.model),
                .integer(tokens.input), .integer(tokens.cachedInput), .integer(tokens.cacheWrite),
                .integer(tokens.output), .text(entry.cost.currency.code), .integer(entry.cost.nanos),
                .text(entry.outcome.rawValue)))
        try transaction.execute(
            Statement(
                """
                INSERT INTO spend_days (day, caller, alias, provider, model, currency, requests, input_tokens,
                    cached_input_tokens, cache_write_tokens, output_tokens, cost)
                VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?)
                ON CONFLICT (day, caller, alias, provider, model, currency) DO UPDATE SET
                    requests = spend_days.requests + 1,
                    input_tokens = spend_days.input_tokens + excluded.input_tokens,
                    cached_input_tokens = spend_days.cached_input_tokens + excluded.cached_input_tokens,
                    cache_write_tokens = spend_days.cache_write_tokens + excluded.cache_write_tokens,
                    output_tokens = spend_days.output_tokens + excluded.output_tokens,
                    cost = spend_days.cost + excluded.cost
                """,
                .integer(max(0, entry.time) / secondsOfDay), .text(entry.head.caller), .text(entry.head.alias),
                .text(entry.usage.provider), .text(entry.usage.model), .text(entry.cost.currency.code),
                .integer(tokens.input), .integer(tokens.cachedInput), .integer(tokens.cacheWrite),
                .integer(tokens.output), .integer(entry.cost.nanos)))
    }

    private static func add(
        _ added: Int64, to window: BudgetWindow, claimed: Int64, in transaction: Transaction
    ) throws(StoreError) {
        try transaction.execute(
            Statement(
                """
                INSERT INTO spend_counters (key, currency, starts, ends, settled, unrecorded, claimed)
                VALUES (?, ?, ?, ?, ?, 0, ?)
                ON CONFLICT (key, currency, starts, ends) DO UPDATE SET
                    settled = spend_counters.settled + excluded.settled, claimed = excluded.claimed
                """,
                .text(window.key), .text(window.currency.code), .integer(window.starts), .integer(window.ends),
                .integer(added), .integer(claimed)))
    }

    /// Adds to what is settled, and leaves the claim: it holds this amount already.
    private static func settle(
        _ added: Int64, in window: BudgetWindow, _ transaction: Transaction
    ) throws(StoreError) {
        try transaction.execute(
            Statement(
                """
                UPDATE spend_counters SET settled = settled + ?
                WHERE key = ? AND currency = ? AND starts = ? AND ends = ?
                """,
                .integer(added), .text(window.key), .text(window.currency.code), .integer(window.starts),
                .integer(window.ends)))
    }
}

extension SpendRecords {
    /// Entries, the last one first.
    /// - Parameter number: only those before it.
    static func entries(
        before number: Int64, _ filter: SpendFilter, limit: Int64, in transaction: Transaction
    ) throws(StoreError) -> [SpendEntry] {
        let place = (StoreValue.integer(number), StoreValue.integer(limit))
        let statement =
            switch (filter.trace, filter.caller, filter.alias) {
            case (let trace?, _, _):
                Statement(
                    "SELECT * FROM spend_entries WHERE trace = ? AND number < ? ORDER BY number DESC LIMIT ?",
                    .text(trace), place.0, place.1)
            case (nil, let caller?, let alias?):
                Statement(
                    """
                    SELECT * FROM spend_entries WHERE caller = ? AND alias = ? AND number < ?
                    ORDER BY number DESC LIMIT ?
                    """, .text(caller), .text(alias), place.0, place.1)
            case (nil, let caller?, nil):
                Statement(
                    "SELECT * FROM spend_entries WHERE caller = ? AND number < ? ORDER BY number DESC LIMIT ?",
                    .text(caller), place.0, place.1)
            case (nil, nil, let alias?):
                Statement(
                    "SELECT * FROM spend_entries WHERE alias = ? AND number < ? ORDER BY number DESC LIMIT ?",
                    .text(alias), place.0, place.1)
            case (nil, nil, nil):
                Statement(
                    "SELECT * FROM spend_entries WHERE number < ? ORDER BY number DESC LIMIT ?", place.0, place.1)
            }
        return try transaction.query(statement).map { row throws(StoreError) in try SpendEntry(row) }
    }

    /// Sums by stretches of time; of whole days from the sums that are kept longest.
    static func series(
        by grouping: SpendGrouping, step: Int64, from: Int64, to: Int64, limit: Int64, in transaction: Transaction
    ) throws(StoreError) -> [SpendPoint] {
        let word = StoreValue.text(grouping.rawValue)
        let statement =
            if step == secondsOfDay {
                Statement(
                    """
                    SELECT day * 86400 AS starts, CASE ? WHEN 'caller' THEN caller WHEN 'alias' THEN alias
                        WHEN 'provider' THEN provider WHEN 'model' THEN model ELSE '' END AS name, currency,
                        CAST(SUM(requests) AS BIGINT) AS requests, CAST(SUM(input_tokens) AS BIGINT) AS input_tokens,
                        CAST(SUM(cached_input_tokens) AS BIGINT) AS cached_input_tokens,
                        CAST(SUM(output_tokens) AS BIGINT) AS output_tokens, CAST(SUM(cost) AS BIGINT) AS cost
                    FROM spend_days WHERE day >= ? AND day < ? GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 LIMIT ?
                    """, word, .integer(from / secondsOfDay),
                    .integer(to.addingUpToBounds(secondsOfDay - 1) / secondsOfDay), .integer(limit))
            } else {
                Statement(
                    """
                    SELECT time - time % ? AS starts, CASE ? WHEN 'caller' THEN caller WHEN 'alias' THEN alias
                        WHEN 'provider' THEN provider WHEN 'model' THEN model ELSE '' END AS name, currency,
                        COUNT(*) AS requests, CAST(SUM(input_tokens) AS BIGINT) AS input_tokens,
                        CAST(SUM(cached_input_tokens) AS BIGINT) AS cached_input_tokens,
                        CAST(SUM(output_tokens) AS BIGINT) AS output_tokens, CAST(SUM(cost) AS BIGINT) AS cost
                    FROM spend_entries WHERE time >= ? AND time < ? GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 LIMIT ?
                    """, .integer(step), word, .integer(from - from % step), .integer(to), .integer(limit))
            }
        return try transaction.query(statement).map { row throws(StoreError) in
            SpendPoint(starts: try row.integer("starts"), sum: try SpendSum(row))
        }
    }

    /// Deletes entries from before a moment, the oldest first; their sums by day stay.
    /// - Returns: how many.
    static func deleteEntries(before time: Int64, limit: Int64, in transaction: Transaction) throws(StoreError) -> Int {
        try transaction.execute(
            Statement(
                """
                DELETE FROM spend_entries
                WHERE number IN (SELECT number FROM spend_entries WHERE time < ? ORDER BY time LIMIT ?)
                """, .integer(time), .integer(limit)))
    }

    /// Deletes sums of days from before a moment, and counters of windows that were over then.
    static func deleteSums(before time: Int64, in transaction: Transaction) throws(StoreError) {
        try transaction.execute(
            Statement("DELETE FROM spend_days WHERE day < ?", .integer(max(0, time) / secondsOfDay)))
        try transaction.execute(Statement("DELETE FROM spend_counters WHERE ends < ?", .integer(time)))
    }
}

extension BudgetWindow {
    init(_ row: Row) throws(StoreError) {
        self.init(
            key: try row.text("key"), currency: try Currency(row), starts: try row.integer("starts"),
            ends: try row.integer("ends"))
    }

    /// A list in one column: an array of arrays of key, currency, start and end.
    static func text(_ windows: [BudgetWindow]) -> String {
        JSONWriter.text(
            .array(
                windows.map { window in
                    [
                        .string(ByteString(window.key)), .string(ByteString(window.currency.code)),
                        .number(JSONNumber(window.starts)), .number(JSONNumber(window.ends)),
                    ]
                }))
    }

    static func read(_ text: String) throws(StoreError) -> [BudgetWindow] {
        let list = (try? JSONReader.read(Array(text.utf8)))?.array ?? []
        let windows = list.compactMap { item -> BudgetWindow? in
            guard let fields = item.array, fields.count == 4, let key = fields[0].string,
                let currency = fields[1].string.flatMap({ Currency($0.text) }), let starts = fields[2].int64,
                let ends = fields[3].int64
            else { return nil }
            return BudgetWindow(key: key.text, currency: currency, starts: starts, ends: ends)
        }
        guard windows.count == list.count, !windows.isEmpty else {
            throw StoreError(.unexpectedValue, "a stored reservation does not tell its budgets")
        }
        return windows
    }
}

extension Currency {
    init(_ row: Row) throws(StoreError) {
        guard let currency = Currency(try row.text("currency")) else {
            throw StoreError(.unexpectedValue, "a stored currency is no code of three letters")
        }
        self = currency
    }
}

extension OpenReservation {
    init(_ row: Row) throws(StoreError) {
        self.init(
            number: try row.integer("number"), time: try row.integer("time"), expires: 0,
            estimate: Money(nanos: try row.integer("estimate"), try Currency(row)),
            head: try SpendEntryHead(row), windows: try BudgetWindow.read(try row.text("windows")))
    }
}

extension SpendEntryHead {
    init(_ row: Row) throws(StoreError) {
        self.init(trace: try row.text("trace"), caller: try row.text("caller"), alias: try row.text("alias"))
    }
}

extension SpendEntry {
    init(_ row: Row) throws(StoreError) {
        guard let outcome = SpendOutcome(rawValue: try row.text("outcome")) else {
            throw StoreError(.unexpectedValue, "a stored entry of the ledger has an unknown outcome")
        }
        let tokens = TokenCounts(
            input: try row.integer("input_tokens"), cachedInput: try row.integer("cached_input_tokens"),
            cacheWrite: try row.integer("cache_write_tokens"), output: try row.integer("output_tokens"))
        self.init(
            number: try row.integer("number"), time: try row.integer("time"), head: try SpendEntryHead(row),
            usage: SpendUsage(provider: try row.text("provider"), model: try row.text("model"), tokens: tokens),
            cost: Money(nanos: try row.integer("cost"), try Currency(row)), outcome: outcome)
    }
}

extension SpendSum {
    init(_ row: Row) throws(StoreError) {
        self.init(
            name: try row.text("name"), requests: try row.integer("requests"),
            inputTokens: try row.integer("input_tokens"), cachedInputTokens: try row.integer("cached_input_tokens"),
            outputTokens: try row.integer("output_tokens"),
            cost: Money(nanos: try row.integer("cost"), try Currency(row)))
    }
}

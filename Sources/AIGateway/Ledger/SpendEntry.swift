/// Who makes a request for a model, and which.
public struct SpendEntryHead: Sendable, Hashable {
    /// The request's trace, for whoever looks for more; need not be unique.
    public let trace: String
    /// Who pays: the same text for the same caller.
    public let caller: String
    /// The model as the caller named it.
    public let alias: String

    /// A head. Texts are cut to 256 bytes.
    public init(trace: String, caller: String, alias: String) {
        self.trace = SpendText.stored(trace)
        self.caller = SpendText.stored(caller)
        self.alias = SpendText.stored(alias)
    }
}

/// What a request used.
public struct SpendUsage: Sendable, Hashable {
    /// The provider that answered.
    public let provider: String
    /// The provider's name of the model.
    public let model: String
    /// How much it read and wrote.
    public let tokens: TokenCounts

    /// A usage. Texts are cut to 256 bytes.
    public init(provider: String, model: String, tokens: TokenCounts) {
        self.provider = SpendText.stored(provider)
        self.model = SpendText.stored(model)
        self.tokens = tokens
    }

    /// Nobody knows.
    static let unknown = SpendUsage(provider: "", model: "", tokens: .none)
}

/// How the cost of an entry is known.
public enum SpendOutcome: String, Sendable, CaseIterable {
    /// It was settled.
    case settled
    /// The process ended before that: the estimate stands for it.
    case interrupted
    /// Nobody settled or released it in time: the estimate stands for it.
    case expired
}

/// One request for a model, and what it cost.
public struct SpendEntry: Sendable, Hashable {
    /// Its place in the ledger, in the order in which requests began.
    public let number: Int64
    /// When it began, in seconds since 1970.
    public let time: Int64
    /// Who and what.
    public let head: SpendEntryHead
    /// What was used.
    public let usage: SpendUsage
    /// What it cost.
    public let cost: Money
    /// How the cost is known.
    public let outcome: SpendOutcome
}

/// Which entries are wanted. A trace says all: with it, nothing else is looked at.
public struct SpendFilter: Sendable {
    /// Who pays.
    public var caller: String?
    /// The model as callers name it.
    public var alias: String?
    /// The request's trace.
    public var trace: String?

    /// All entries, unless something is said.
    public init(caller: String? = nil, alias: String? = nil, trace: String? = nil) {
        self.caller = caller
        self.alias = alias
        self.trace = trace
    }
}

/// What is gone of one limit in the period that is now.
public struct SpendCount: Sendable {
    /// The limit's key.
    public let key: String
    /// What requests have cost, with what may have been spent when a process was killed.
    public let spent: Money
    /// What running requests may cost.
    public let reserved: Money
    /// What may be spent in the period; nil when nobody has asked since the start.
    public let amount: Money?
    /// The first second of the period, since 1970.
    public let starts: Int64
    /// The second behind its last.
    public let ends: Int64
}

/// What is set aside for a request that is under way.
public struct SpendReservation: Sendable, Hashable {
    /// Its place in the ledger.
    public let number: Int64
    /// What is set aside.
    public let estimate: Money
}

/// Sums of entries that are alike.
public struct SpendSum: Sendable, Hashable {
    /// What they have in common: a caller, an alias, a provider, a model, or a day as days since 1970-01-01.
    public let name: String
    /// How many requests there were.
    public let requests: Int64
    /// What they used.
    public let inputTokens: Int64
    /// Of them, from a cache.
    public let cachedInputTokens: Int64
    /// What was answered.
    public let outputTokens: Int64
    /// What they cost.
    public let cost: Money
}

/// A sum of entries that began in the same stretch of time.
public struct SpendPoint: Sendable, Hashable {
    /// The first second of the stretch, since 1970.
    public let starts: Int64
    /// The sum.
    public let sum: SpendSum
}

/// By what entries are added up.
public enum SpendGrouping: String, Sendable, CaseIterable {
    /// Who paid.
    case caller
    /// The model as callers name it.
    case alias
    /// The provider.
    case provider
    /// The provider's model.
    case model
    /// The day in UTC.
    case day
}

/// Texts as the ledger keeps them: some are of others' choice, and one that the store refuses would hold up everybody's.
enum SpendText {
    /// Without U+0000, and cut at the end of a character.
    static func stored(_ text: String, most: Int = 256) -> String {
        guard text.utf8.count > most || text.utf8.contains(0) else { return text }
        var kept = String.UnicodeScalarView()
        var length = 0
        for scalar in text.unicodeScalars where scalar.value != 0 {
            length += UTF8.width(scalar)
            guard length <= most else { break }
            kept.append(scalar)
        }
        return String(kept)
    }
}

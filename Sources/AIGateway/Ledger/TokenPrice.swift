/// The tokens of one request, as the provider counted them.
public struct TokenCounts: Sendable, Hashable {
    /// More than any request has; what is beyond is cut off, so that sums of a hundred thousand fit.
    private static let most: Int64 = 1_000_000_000_000

    /// The whole prompt, with what was read from and written to a cache.
    public let input: Int64
    /// Of `input`, what was read from a cache.
    public let cachedInput: Int64
    /// Of `input`, what was written to a cache.
    public let cacheWrite: Int64
    /// The whole answer, with its reasoning.
    public let output: Int64

    /// Counts. Negative ones are 0, and a part is never more than the whole.
    public init(input: Int64, cachedInput: Int64 = 0, cacheWrite: Int64 = 0, output: Int64) {
        self.input = min(max(0, input), Self.most)
        self.cachedInput = min(max(0, cachedInput), self.input)
        self.cacheWrite = min(max(0, cacheWrite), self.input - self.cachedInput)
        self.output = min(max(0, output), Self.most)
    }

    /// None.
    public static let none = TokenCounts(input: 0, output: 0)
}

/// What a model's tokens cost from a moment on: amounts for a million of them.
public struct TokenPrice: Sendable, Hashable {
    private static let million: Int128 = 1_000_000

    /// The first second since 1970 at which it holds.
    public let validFrom: Int64
    /// The currency of all of it.
    public let currency: Currency
    /// For a million tokens of the prompt, in billionths.
    public let input: Int64
    /// For a million that came from a cache, in billionths.
    public let cachedInput: Int64
    /// For a million that were written to a cache, in billionths.
    public let cacheWrite: Int64
    /// For a million of the answer, in billionths.
    public let output: Int64

    /// A price. What is not said of a cache costs what the prompt costs.
    /// - Throws: `CurrencyMismatch` where the currencies differ.
    public init(
        validFrom: Int64, input: Money, cachedInput: Money? = nil, cacheWrite: Money? = nil, output: Money
    ) throws(CurrencyMismatch) {
        for money in [cachedInput, cacheWrite, output] {
            guard let money, money.currency != input.currency else { continue }
            throw CurrencyMismatch(left: input.currency, right: money.currency)
        }
        self.validFrom = validFrom
        currency = input.currency
        self.input = max(0, input.nanos)
        self.cachedInput = max(0, cachedInput?.nanos ?? input.nanos)
        self.cacheWrite = max(0, cacheWrite?.nanos ?? input.nanos)
        self.output = max(0, output.nanos)
    }

    /// What tokens cost: the exact sum, rounded up to a whole billionth once.
    public func cost(of tokens: TokenCounts) -> Money {
        let plain = tokens.input - tokens.cachedInput - tokens.cacheWrite
        // Each product stays below 2^103: four of them cannot overflow.
        let sum =
            Int128(plain) * Int128(input) + Int128(tokens.cachedInput) * Int128(cachedInput)
            + Int128(tokens.cacheWrite) * Int128(cacheWrite) + Int128(tokens.output) * Int128(output)
        return Money(nanos: Int64(clamping: (sum + Self.million - 1) / Self.million), currency)
    }
}

/// Every model's prices, by date.
public struct PriceTable: Sendable, Equatable {
    /// A price of one model.
    public struct Row: Sendable, Hashable {
        /// The provider's name.
        public let provider: String
        /// The provider's name of the model.
        public let model: String
        /// What it costs from when on.
        public let price: TokenPrice

        /// A row.
        public init(provider: String, model: String, price: TokenPrice) {
            self.provider = provider
            self.model = model
            self.price = price
        }
    }

    private struct Key: Hashable {
        let provider: String
        let model: String
    }

    /// Of each model, the newest price first.
    private let prices: [Key: [TokenPrice]]

    /// A table; of two prices for the same moment the later row holds.
    public init(_ rows: [Row] = []) {
        prices = Dictionary(grouping: rows.enumerated()) { Key(provider: $0.element.provider, model: $0.element.model) }
            .mapValues { rows in
                rows.sorted {
                    ($0.element.price.validFrom, $0.offset) > ($1.element.price.validFrom, $1.offset)
                }.map(\.element.price)
            }
    }

    /// The price that holds at a moment; nil where none does.
    /// - Parameter time: in seconds since 1970.
    public func price(provider: String, model: String, at time: Int64) -> TokenPrice? {
        prices[Key(provider: provider, model: model)]?.first { $0.validFrom <= time }
    }
}

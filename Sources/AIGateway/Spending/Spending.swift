import Codecs
import Dialects

/// What a request may cost and what it has cost: reserved before the first provider is asked, settled by what the provider
/// counts, given back when nobody answered.
struct Spending {
    private let ledger: SpendLedger
    private let prices: PriceTable
    private let reservation: SpendReservation
    private let estimate: TokenCounts
    /// Whether it must fit into a budget.
    let isLimited: Bool
    /// Since when the prices hold that it is paid by, in seconds since 1970.
    private let time: Int64

    /// Sets aside what a request may cost at the dearest of the providers that may answer it.
    /// - Parameters:
    ///   - bytes: of the request: its tokens are not known yet.
    ///   - output: the most tokens of the answer.
    /// - Throws: `budgetSpent` with the time until there is more.
    static func reserve(
        _ model: CatalogueModel, in catalogue: ModelCatalogue, for exchange: ModelExchange, bytes: Int,
        output: Int64,
        ledger: SpendLedger, now: Int64
    ) async throws(ModelError) -> Spending {
        let tokens = TokenCounts(input: TokenEstimate.tokens(inBytes: bytes), output: output)
        var dearest: Money?
        for deployment in model.deployments {
            let price = catalogue.prices.price(
                provider: deployment.provider.name, model: deployment.model, at: now)
            guard let cost = price?.cost(of: tokens) else { continue }
            if cost.nanos > dearest?.nanos ?? -1 { dearest = cost }
        }
        // What has no price is noted and counts in no budget.
        let own = try TokenBudget.limits(of: exchange.caller)
        let limits = dearest == nil ? [] : catalogue.limits(on: model.name, for: exchange.caller) + own
        let head = SpendEntryHead(
            trace: exchange.trace, caller: exchange.caller.payer, alias: model.name)
        do {
            let reservation = try await ledger.reserve(
                dearest ?? .zero(.none), against: limits, for: head, now: now)
            return Spending(
                ledger: ledger, prices: catalogue.prices, reservation: reservation, estimate: tokens,
                isLimited: !limits.isEmpty, time: now)
        } catch {
            throw refusal(error, output: output, now: now)
        }
    }

    /// What a request has cost; nil where no price is known.
    /// - Parameter spoken: how many bytes of the answer's words were sent, for providers that did not count.
    func cost(of record: ModelRecord, spoken: Int) -> Money? {
        prices.price(provider: record.provider ?? "", model: record.providerModel ?? "", at: time)?
            .cost(of: Self.counts(of: record, spoken: spoken, estimate: estimate))
    }

    /// Puts what was used in the place of what was set aside. A store that fails keeps the entry for later, and the answer
    /// has been given.
    func settle(_ record: ModelRecord, spoken: Int) async {
        let usage = SpendUsage(
            provider: record.provider ?? "", model: record.providerModel ?? "",
            tokens: Self.counts(of: record, spoken: spoken, estimate: estimate))
        let cost = cost(of: record, spoken: spoken) ?? .zero(reservation.estimate.currency)
        _ = try? await ledger.settle(reservation, actual: cost, usage: usage)
    }

    /// What the provider counted. Where it did not come to that, the request is paid for as estimated, and of the answer
    /// what was sent; of a whole answer that nobody waited for, what was set aside. A count in the middle of a stream is
    /// one of its beginning, and what was sent since is not in it.
    static func counts(of record: ModelRecord, spoken: Int, estimate: TokenCounts) -> TokenCounts {
        let usage = record.usage
        let sent = TokenEstimate.tokens(inBytes: spoken)
        let isCut = record.isStream && record.outcome != .answered
        let output = isCut ? max(usage.output ?? 0, sent) : usage.output
        return TokenCounts(
            input: usage.input ?? estimate.input, cachedInput: usage.cacheRead ?? 0,
            cacheWrite: usage.cacheWrite ?? 0,
            output: output ?? (spoken > 0 ? sent : estimate.output))
    }

    /// Gives back what was set aside.
    func release() {
        ledger.release(reservation)
    }

    private static func refusal(_ refusal: SpendRefusal, output: Int64, now: Int64) -> ModelError {
        switch refusal {
        case .exhausted(let budget):
            let name = budget.budget.prefix { $0 != " " }
            let isShorterWorthIt = output > 0 && budget.spent.nanos < budget.amount.nanos
            return ModelError(
                .budgetSpent,
                ByteString(
                    "what is left of the budget \(name) does not reach for this request, which may cost"
                        + " \(budget.requested.text) \(budget.requested.currency)"
                        + (isShorterWorthIt ? "; with fewer output tokens allowed it needs less" : "")),
                retryAfter: budget.renews.map { max(1, $0 &- now) })
        case .otherCurrency:
            return ModelError(.upstreamFailed, "the model's price is in another money than its budget")
        case .unavailable:
            return ModelError(.overloaded, "what is spent cannot be written down now", retryAfter: 5)
        }
    }
}

/// A budget as requests find it.
struct CatalogueBudget: Sendable {
    /// Whose each is.
    enum Payer: Sendable, Equatable {
        case everybody
        case consumer
        case subject
        case client
        case claim(ByteString)

        init(_ text: String) {
            self =
                switch text {
                case "consumer": .consumer
                case "subject": .subject
                case "client": .client
                case _ where text.hasPrefix("claim:"): .claim(ByteString(String(text.dropFirst(6))))
                default: .everybody
                }
        }
    }

    let name: String
    let amount: Money
    let period: BudgetPeriod
    let payer: Payer
    /// Empty of all.
    let models: Set<String>

    func limit(for caller: ModelCaller) -> BudgetLimit {
        // Whoever says nothing shares one with all who say nothing.
        let whose: String =
            switch payer {
            case .everybody: ""
            case .consumer: caller.consumer ?? ""
            case .subject: caller.subject ?? ""
            case .client: caller.client ?? ""
            case .claim(let name):
                caller.claims[name].map { $0.string?.text ?? JSONWriter.text($0) } ?? ""
            }
        return BudgetLimit(key: "\(name) \(whose)", amount: amount, period: period)
    }
}

extension ModelCatalogue {
    /// What a request for a model must fit into.
    func limits(on model: String, for caller: ModelCaller) -> [BudgetLimit] {
        budgets.filter { $0.models.isEmpty || $0.models.contains(model) }.map { $0.limit(for: caller) }
    }
}

extension ModelCaller {
    /// Who pays, as the ledger names them.
    var payer: String { consumer ?? subject ?? client ?? "" }
}

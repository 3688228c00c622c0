/// What is gone of a budget, and whose it is.
public struct BudgetCount: Sendable {
    /// The budget's name; `(token)` for what one token may spend.
    public let budget: String
    /// Whose it is; empty for everybody's.
    public let payer: String
    /// What may be spent in the period; nil for a token that nobody has shown since the start.
    public let amount: Money?
    /// What is counted.
    public let count: SpendCount
}

extension ModelGateway {
    /// What is gone of the budgets in the period that is now: of those that something was spent of, and of everybody's.
    /// - Parameter isWanted: whether a budget of this name is told.
    public func budgetCounts(now: Int64, where isWanted: (String) -> Bool) -> [BudgetCount] {
        let budgets = catalogue.budgets.filter { isWanted($0.name) }
        let byName = Dictionary(budgets.map { ($0.name, $0) }) { first, _ in first }
        var counts: [BudgetCount] = []
        for count in ledger.counts(now: now, where: { isWanted(Self.name(ofKey: $0)) }) {
            let name = Self.name(ofKey: count.key)
            let budget = byName[name]
            // What an earlier budget of this name counted, in other money or by another period, limits nothing any more.
            guard budget?.counts(as: count, at: now) ?? (name == TokenBudget.name) else { continue }
            counts.append(
                BudgetCount(
                    budget: name, payer: String(count.key.dropFirst(name.count + 1)),
                    amount: budget?.amount ?? count.amount, count: count))
        }
        let told = Set(counts.map(\.budget))
        for budget in budgets where budget.payer == .everybody && !told.contains(budget.name) {
            let (starts, ends) = budget.period.bounds(at: now)
            let nothing = Money.zero(budget.amount.currency)
            counts.append(
                BudgetCount(
                    budget: budget.name, payer: "", amount: budget.amount,
                    count: SpendCount(
                        key: "\(budget.name) ", spent: nothing, reserved: nothing, amount: nil, starts: starts,
                        ends: ends)))
        }
        return counts.sorted { ($0.budget, $0.payer) < ($1.budget, $1.payer) }
    }

    private static func name(ofKey key: String) -> String { String(key.prefix { $0 != " " }) }
}

extension CatalogueBudget {
    fileprivate func counts(as count: SpendCount, at now: Int64) -> Bool {
        amount.currency == count.spent.currency && period.bounds(at: now) == (count.starts, count.ends)
    }
}

import Blueprint
import Traffic

/// Prices and budgets of a blueprint.
extension ModelCatalogue {
    mutating func readMoney(_ blueprint: Blueprint, _ complaints: inout [ModelComplaint]) {
        var rows: [PriceTable.Row] = []
        for (name, price) in blueprint.prices.entries {
            guard let row = Self.row(name, price, &complaints) else { continue }
            rows.append(row)
        }
        prices = PriceTable(rows)
        for (name, budget) in blueprint.budgets.entries {
            guard let currency = Currency(budget.currency), let amount = Money(budget.amount, currency)
            else {
                complaints.append(
                    ModelComplaint(pointer: "/budgets/\(name)/amount", message: "this is too much"))
                continue
            }
            budgets.append(
                CatalogueBudget(
                    name: name, amount: amount, period: budget.period == .day ? .day : .month,
                    payer: CatalogueBudget.Payer(budget.per), models: Set(budget.models)))
        }
        compareCurrencies(rows, &complaints)
    }

    private static func row(
        _ name: String, _ price: ModelPrice, _ complaints: inout [ModelComplaint]
    ) -> PriceTable.Row? {
        let pointer = "/prices/\(name)"
        var from = Int64.min
        if let day = price.from {
            guard let seconds = CalendarDate.seconds(ofDay: day) else {
                complaints.append(
                    ModelComplaint(pointer: pointer + "/from", message: "there is no day \(day)"))
                return nil
            }
            from = seconds
        }
        guard let currency = Currency(price.currency), let input = Money(price.input, currency),
            let output = Money(price.output, currency),
            let made = try? TokenPrice(
                validFrom: from, input: input,
                cachedInput: price.cachedInput.flatMap { Money($0, currency) },
                output: output)
        else {
            complaints.append(ModelComplaint(pointer: pointer, message: "this is too much"))
            return nil
        }
        return PriceTable.Row(provider: price.provider, model: price.model, price: made)
    }

    /// Sums of two moneys are none: whatever a name may cost, and what it may cost at the most, must be in one.
    private func compareCurrencies(_ rows: [PriceTable.Row], _ complaints: inout [ModelComplaint]) {
        for name in names {
            guard let model = models[name] else { continue }
            let currencies = Set(
                rows.filter { row in
                    model.deployments.contains { $0.provider.name == row.provider && $0.model == row.model }
                }.map(\.price.currency))
            if currencies.count > 1 {
                complaints.append(
                    ModelComplaint(
                        pointer: "/models/\(name)",
                        message: "the prices of its deployments are in several currencies"))
            }
            for budget in budgets where budget.models.isEmpty || budget.models.contains(name) {
                guard let other = currencies.first(where: { $0 != budget.amount.currency }) else {
                    continue
                }
                complaints.append(
                    ModelComplaint(
                        pointer: "/budgets/\(budget.name)/currency",
                        message:
                            "the model \(name) is paid in \(other), and this budget is in \(budget.amount.currency)"
                    ))
            }
        }
    }
}

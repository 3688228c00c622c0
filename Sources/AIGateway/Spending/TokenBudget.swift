import Codecs
import Dialects

/// What may be spent with one token: the claim `budgets`, a list of objects with `id`, `amount`, `currency` and `until`
/// (seconds since 1970). Token exchange writes it (RFC 8693), for the new token and for those that it was given for.
enum TokenBudget {
    /// More belong to no chain of exchanges.
    private static let most = 16

    /// The limits of a caller's token; none when it has no such claim.
    /// - Throws: `forbiddenModel` where the claim cannot be read: nobody knows what it allows.
    static func limits(of caller: ModelCaller) throws(ModelError) -> [BudgetLimit] {
        guard let claim = caller.claims["budgets"] else { return [] }
        guard let budgets = claim.array, budgets.count <= most else { throw unreadable }
        // Ids are their issuer's.
        let issuer = caller.claims["iss"]?.string ?? ""
        var limits: [BudgetLimit] = []
        for budget in budgets {
            guard let budget = budget.object, let id = budget["id"]?.string, (1...256).contains(id.count),
                let currency = (budget["currency"]?.string?.text).flatMap({ Currency($0) }),
                let amount = (budget["amount"]?.string?.text).flatMap({ Money($0, currency) }),
                let until = budget["until"]?.int64, until >= 0
            else { throw unreadable }
            limits.append(
                BudgetLimit(key: "\(name) \(id) \(issuer)", amount: amount, period: .range(0...until)))
        }
        return limits
    }

    /// What stands before its id in the ledger. No budget of the configuration is called so.
    static let name = "(token)"

    private static var unreadable: ModelError {
        ModelError(.forbiddenModel, "the token's claim budgets cannot be read")
    }
}

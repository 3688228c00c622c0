import AIGateway
import Blueprint
import Codecs
import ControlPlane

/// What requests for models have cost, one by one, and what is gone of the budgets.
struct SpendingOperations: Sendable {
    let models: ModelGateway
    let ledger: SpendLedger
    let clock: @Sendable () -> Int64

    private static let model = OperationParameter<String>.query(
        "model", .text(1...256), "Only this model, by its alias.")
    private static let caller = OperationParameter<String>.query(
        "caller", .text(1...256), "Only what this one pays: a consumer, or else a subject or client.")
    private static let trace = OperationParameter<String>.query("trace", .text(1...64), "Only this exchange.")
    private static let budget = OperationParameter<String>.query("budget", .text(1...256), "Only this budget.")

    var all: [Operation] {
        [
            Operation(
                "listSpending", list: "/spending", of: "analytics", for: .viewer,
                "Requests for models and what each has cost, the newest first.", member: "spending",
                parameters: [Self.model.described, Self.caller.described, Self.trace.described], items: Self.entry
            ) { call, page in
                let filter = SpendFilter(
                    caller: try call.value(Self.caller), alias: try call.value(Self.model),
                    trace: try call.value(Self.trace))
                let entries = try await ledger.entries(before: try page.number(), filter, limit: page.limit + 1)
                let found = page.page(ofOneMore: entries) { String($0.number) }
                return Page(items: found.items.map(\.json), next: found.next)
            },
            Operation(
                "listBudgetStates", list: "/budget-states", of: "analytics", for: .viewer,
                "What is gone of each budget in the period that is now, for everybody who has one and has spent of it.",
                member: "budgets", parameters: [Self.budget.described], items: Self.state
            ) { call, page in
                let wanted = try call.value(Self.budget)
                let counts = models.budgetCounts(now: clock()) { wanted == nil || wanted == $0 }
                return page.page(of: counts.map(\.json)) { $0["id"]?.string?.text ?? "" }
            },
        ]
    }

    private static let time: JSON = ["type": "integer", "description": "Seconds since 1970."]
    private static let count: JSON = ["type": "integer"]
    private static let text: JSON = ["type": "string"]
    private static let money: JSON = ["type": "string", "description": "An exact amount, as `12.50`."]
    private static let currency: JSON = ["type": "string", "description": "ISO 4217; XXX where no price is known."]

    private static let entry: Shape<JSONObject> = .document(
        "Spending",
        schema: [
            "type": "object",
            "required": [
                "id", "time", "trace", "caller", "model", "provider", "provider_model", "input_tokens",
                "cached_input_tokens", "cache_write_tokens", "output_tokens", "cost", "currency", "state",
            ],
            "properties": [
                "id": text, "time": time, "trace": text, "caller": text, "model": text, "provider": text,
                "provider_model": text, "input_tokens": count, "cached_input_tokens": count,
                "cache_write_tokens": count, "output_tokens": count, "cost": money, "currency": currency,
                "state": [
                    "type": "string", "enum": .array(SpendOutcome.allCases.map { .string(ByteString($0.rawValue)) }),
                    "description": "Settled, or an estimate: the server was killed, or nobody came back for it.",
                ],
            ],
        ])

    private static let state: Shape<JSONObject> = .document(
        "BudgetState",
        schema: [
            "type": "object", "required": ["id", "budget", "payer", "spent", "reserved", "currency", "starts", "ends"],
            "properties": [
                "id": text,
                "budget": ["type": "string", "description": "Its name; `(token)` for what one token may spend."],
                "payer": ["type": "string", "description": "Whose it is; empty for everybody's."],
                "amount": [
                    "type": "string",
                    "description": "An exact amount; missing for a token that nobody has shown since the start.",
                ],
                "spent": money, "reserved": money, "currency": currency, "starts": time, "ends": time,
            ],
        ])
}

extension SpendEntry {
    fileprivate var json: JSONObject {
        var json: JSONObject = ["time": .number(JSONNumber(time))]
        for (name, text): (ByteString, String) in [
            ("id", String(number)), ("trace", head.trace), ("caller", head.caller), ("model", head.alias),
            ("provider", usage.provider), ("provider_model", usage.model), ("cost", cost.text),
            ("currency", cost.currency.code), ("state", outcome.rawValue),
        ] { json[name] = .string(ByteString(text)) }
        for (name, tokens): (ByteString, Int64) in [
            ("input_tokens", usage.tokens.input), ("cached_input_tokens", usage.tokens.cachedInput),
            ("cache_write_tokens", usage.tokens.cacheWrite), ("output_tokens", usage.tokens.output),
        ] { json[name] = .number(JSONNumber(tokens)) }
        return json
    }
}

extension BudgetCount {
    fileprivate var json: JSONObject {
        var json: JSONObject = [
            "starts": .number(JSONNumber(count.starts)), "ends": .number(JSONNumber(count.ends)),
        ]
        for (name, text): (ByteString, String?) in [
            ("id", "\(count.key) \(count.spent.currency.code)"), ("budget", budget), ("payer", payer),
            ("amount", amount?.text), ("spent", count.spent.text), ("reserved", count.reserved.text),
            ("currency", count.spent.currency.code),
        ] { if let text { json[name] = .string(ByteString(text)) } }
        return json
    }
}

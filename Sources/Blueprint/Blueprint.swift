public import Codecs

/// Everything that a person configures, read and checked as a whole: a value that is replaced, never changed in part.
public struct Blueprint: Described {
    /// Where callers are served.
    public var listeners: NamedValues<Listener> = [:]
    /// Whose tokens may be trusted. `built-in`, the token service in this process, is always there.
    public var issuers: NamedValues<Issuer> = [:]
    /// Who answers.
    public var upstreams: NamedValues<Upstream> = [:]
    /// Settings under a name.
    public var policies: NamedValues<Policy> = [:]
    /// What is offered.
    public var apis: NamedValues<API> = [:]
    /// What is sold together.
    public var plans: NamedValues<Plan> = [:]
    /// Who calls.
    public var consumers: NamedValues<Consumer> = [:]
    /// What they show.
    public var credentials: NamedValues<Credential> = [:]
    /// Who has which plan.
    public var subscriptions: NamedValues<Subscription> = [:]
    /// Who runs language models.
    public var providers: NamedValues<Provider> = [:]
    /// The models that callers know.
    public var models: NamedValues<Model> = [:]
    /// What they cost.
    public var prices: NamedValues<ModelPrice> = [:]
    /// How much may be spent on them.
    public var budgets: NamedValues<ModelBudget> = [:]
    /// Settings of the whole server.
    public var settings: NamedValues<Setting> = [:]

    /// The name of the issuer that is always there.
    public static let builtInIssuer = "built-in"

    /// Nothing.
    public init() {}

    /// What can be said about it.
    public static let schema = Schema<Blueprint>("the document", "Everything that a person configures.") {
        Field(
            "listeners", \.listeners, .map(of: .object()), example: "{ public: 0.0.0.0:8000 }",
            "Where callers are served.")
        Field(
            "issuers", \.issuers, .map(of: .object()),
            example: "{ corporate: { issuer: https://login.example, keys: discovery } }",
            "Whose tokens may be trusted; built-in is always there.")
        Field(
            "upstreams", \.upstreams, .map(of: .object()), example: "{ orders: http://127.0.0.1:9001 }", "Who answers.")
        Field(
            "policies", \.policies, .map(of: .object()), example: "{ browser: { origins: [https://app.example] } }",
            "Settings under a name, for several APIs.")
        Field(
            "apis", \.apis, .map(of: .object()),
            example: "{ orders: { path: /orders, upstream: orders, access: anonymous } }", "What is offered.")
        Field("plans", \.plans, .map(of: .object()), example: "{ bronze: 1000/day }", "What is sold together.")
        Field(
            "consumers", \.consumers, .map(of: .object(), most: 1_000_000), example: "{ acme: Acme Ltd. }", "Who calls."
        )
        Field(
            "credentials", \.credentials, .map(of: .object(), most: 1_000_000), example: "{ acme-key: acme }",
            "What consumers show who they are with, beside tokens.")
        Field(
            "subscriptions", \.subscriptions, .map(of: .object(), most: 1_000_000),
            example: "{ acme-bronze: { consumer: acme, plan: bronze } }", "Who has which plan.")
        Field(
            "providers", \.providers, .map(of: .object()),
            example: "{ openai: { kind: openai, keys: [{ env: KEY }] } }", "Who runs language models.")
        Field(
            "models", \.models, .map(of: .object()),
            example: "{ fast: { deployments: { provider: openai, model: gpt-5-mini } } }",
            "The models that callers know, and who answers under each name.")
        Field(
            "prices", \.prices, .map(of: .object()),
            example: "{ mini: { provider: openai, model: gpt-5-mini, input: 0.25, output: 2 } }", "What models cost.")
        Field(
            "budgets", \.budgets, .map(of: .object()), example: "{ all: { amount: 100, period: month } }",
            "How much may be spent on models.")
        Field(
            "settings", \.settings, .map(of: .object()), example: "{ public-address: https://api.example }",
            "Settings of the whole server: public-address (how clients call the gateway), access-log (stdout, a file, or off), metrics-networks (who may read /metrics beside this machine)."
        )
    }

    /// Reads a document and checks it as a whole: shapes, ranges, names, and that every name that is named is there.
    public static func read(_ document: DocumentNode) throws(DocumentComplaints) -> Blueprint {
        var complaints = DocumentComplaints()
        let blueprint = schema.read(document, &complaints)
        if let blueprint { blueprint.checkReferences(in: document, &complaints) }
        guard let blueprint, complaints.isEmpty else { throw complaints }
        return blueprint
    }

    /// The document in its canonical form: the order of the declaration, nothing that is at its default.
    public var json: JSON { Self.schema.write(self) }
}

/// The names that a request's route has, made once when the routes are installed and shared by every record.
public final class RouteLabels: Sendable {
    /// The API.
    public let api: String?
    /// The route.
    public let route: String?
    /// The API's version.
    public let version: String?

    /// The names of one route.
    public init(api: String?, route: String?, version: String? = nil) {
        self.api = api
        self.route = route
        self.version = version
    }
}

/// Who a request was made for, once that was proven; made when a credential is verified and kept with its verdict.
public final class CallerIdentity: Sendable {
    /// The consumer that the operator configured.
    public let consumer: String?
    /// The user (`sub`).
    public let subject: String?
    /// The OAuth client (`client_id` or `azp`).
    public let client: String?
    /// The name or number of the credential, never the credential.
    public let credential: String?
    /// The plan that limits it.
    public let plan: String?

    /// An identity of what is known.
    public init(
        consumer: String? = nil, subject: String? = nil, client: String? = nil, credential: String? = nil,
        plan: String? = nil
    ) {
        self.consumer = consumer
        self.subject = subject
        self.client = client
        self.credential = credential
        self.plan = plan
    }
}

/// Which language model answered a request and what it took, of requests to such; never what was said.
public final class ModelFacts: Sendable {
    /// The name that the caller knows the model by.
    public let name: String
    /// What the provider calls it; nil when nobody was asked.
    public let providerModel: String?
    /// The tokens of the request, where they are known.
    public let inputTokens: Int64?
    /// The tokens of the answer, where they are known.
    public let outputTokens: Int64?
    /// What it cost, as `0.0012 USD`, where it is known.
    public let cost: String?

    /// What is known.
    public init(
        name: String, providerModel: String? = nil, inputTokens: Int64? = nil, outputTokens: Int64? = nil,
        cost: String? = nil
    ) {
        self.name = name
        self.providerModel = providerModel
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.cost = cost
    }
}

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

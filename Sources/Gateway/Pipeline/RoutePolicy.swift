import Edge
import NIOCore

/// What a policy says to a request.
enum Judgement {
    /// It may go on to the next.
    case proceed
    /// It goes no further: it is answered here, and nothing was wrong with it.
    case answer(LocalAnswer)
    /// It goes no further.
    case refuse(Refusal)
    /// The policy asks again when this is done.
    case wait(Waiting)
}

/// Something that a policy waits for, on the exchange's event loop. It brings no answer: the policy asks again.
struct Waiting {
    let future: EventLoopFuture<Void>

    init(_ future: EventLoopFuture<Void>) { self.future = future }
}

/// One thing that is asked of a request before it is passed on. A route holds its own in the order of their phases.
enum RoutePolicy: Sendable {
    /// Whose pages may call.
    case crossOrigin(CrossOriginPolicy)
    /// Which version is served still.
    case version(VersionPolicy)
    /// How much a request may bring.
    case bodySize(BodySizePolicy)
    /// How often an address may knock.
    case knocking(LimitPolicy)
    /// Who may call.
    case access(AccessPolicy)
    /// Whose plan opens the API.
    case plan(PlanPolicy)
    /// How often they may call.
    case limits(LimitPolicy)

    /// The phase that it belongs to.
    var phase: Phase {
        switch self {
        case .crossOrigin, .version, .bodySize, .knocking: .admit
        case .access: .authenticate
        case .plan: .authorize
        case .limits: .throttle
        }
    }

    func judge(_ exchange: GatewayExchange) -> Judgement {
        switch self {
        case .crossOrigin(let policy): policy.judge(exchange)
        case .version(let policy): policy.judge(exchange)
        case .bodySize(let policy): policy.judge(exchange)
        case .knocking(let policy), .limits(let policy): policy.judge(exchange)
        case .access(let policy): policy.judge(exchange)
        case .plan(let policy): policy.judge(exchange)
        }
    }
}

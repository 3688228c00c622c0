/// The phases of a request's life at the gateway, in order; `Documentation/LIFE-OF-A-REQUEST.md` tells of each.
public enum Phase: String, Sendable, CaseIterable {
    /// The head is read strictly and a route found for it.
    case match
    /// Who may knock at all: addresses, sizes.
    case admit
    /// Who is asking.
    case authenticate
    /// Whether they may.
    case authorize
    /// Whether they may so often.
    case throttle
    /// What changes on the way.
    case rewrite
    /// The upstream gets the request.
    case deliver
    /// The client gets the answer.
    case relay
    /// What is remembered.
    case record
}

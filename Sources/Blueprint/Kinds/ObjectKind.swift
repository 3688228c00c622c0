/// The kinds of objects that a person configures, in the order in which they are written and applied.
public enum ObjectKind: String, Sendable, CaseIterable {
    case listener
    case issuer
    case upstream
    case policy
    case api
    case plan
    case consumer
    case credential
    case subscription
    case provider
    case model
    case price
    case budget
    case setting

    /// The name of the mapping that holds them in a document.
    public var section: String {
        switch self {
        case .policy: "policies"
        default: rawValue + "s"
        }
    }

    /// What one is called.
    public var words: String {
        switch self {
        case .issuer, .upstream: "an \(rawValue)"
        case .api: "an API"
        default: "a \(rawValue)"
        }
    }
}

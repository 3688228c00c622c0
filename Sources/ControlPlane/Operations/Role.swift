/// What a person may do with this server. Each role may everything that the ones before it may.
public enum Role: String, Sendable, CaseIterable, Comparable {
    /// Sees everything but secrets, and changes nothing.
    case viewer
    /// Changes APIs, and who may call them.
    case publisher
    /// Changes everything else: people, applications, keys, listeners, issuers.
    case admin
    /// Says who has which role.
    case owner

    /// Less first.
    public static func < (left: Role, right: Role) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .viewer: 0
        case .publisher: 1
        case .admin: 2
        case .owner: 3
        }
    }
}

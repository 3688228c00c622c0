/// Whose an object is. The other side sees it and is told whose it is, and does not change it.
public enum Owner: Sendable, Hashable, CustomStringConvertible {
    /// A file, by the name under which it is applied; it owns exactly what it lists.
    case file(String)
    /// The console and the API.
    case console

    /// `console`, or `file gateway.yaml`.
    public var description: String {
        switch self {
        case .file(let name): "file \(name)"
        case .console: "console"
        }
    }

    /// As it is stored.
    var stored: String {
        switch self {
        case .file(let name): "file:\(name)"
        case .console: "console"
        }
    }

    init?(stored: String) {
        if stored == "console" {
            self = .console
        } else if stored.hasPrefix("file:") {
            self = .file(String(stored.dropFirst(5)))
        } else {
            return nil
        }
    }
}

/// Whether a change may make its owner's what is somebody else's.
public enum TakeOver: Sendable, Hashable {
    /// What is another's is refused.
    case refused
    /// What is another's becomes the change's owner's, but for what one of them has.
    case allowed(except: Owner?)

    func admits(_ owner: Owner) -> Bool {
        switch self {
        case .refused: false
        case .allowed(let kept): owner != kept
        }
    }
}

/// Where a change came from.
public enum ChangeSource: Sendable, Hashable {
    /// A file or the console.
    case owner(Owner)
    /// An older revision that was made the current one again.
    case revision(Int64)

    var stored: String {
        switch self {
        case .owner(let owner): owner.stored
        case .revision(let revision): "revision:\(revision)"
        }
    }

    init?(stored: String) {
        if let owner = Owner(stored: stored) {
            self = .owner(owner)
        } else if stored.hasPrefix("revision:"), let revision = Int64(stored.dropFirst(9)) {
            self = .revision(revision)
        } else {
            return nil
        }
    }
}

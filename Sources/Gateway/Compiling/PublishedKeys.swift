import Codecs
import JOSE
import Synchronization
import Tokens

/// The key sets that issuers publish, kept over changes of the configuration: what was fetched is not fetched again because
/// somebody changed a limit.
final class PublishedKeys: Sendable {
    /// How a set is found, and where.
    enum Place: Hashable, Sendable {
        case address(String)
        case metadata(ofIssuer: String)
    }

    private let sets = Mutex<[Place: RemoteKeySet]>([:])
    private let clock: RemoteKeySet.Clock

    init(clock: @escaping RemoteKeySet.Clock) { self.clock = clock }

    /// The set at a place, which is asked for its keys at once.
    func set(at place: Place, _ surroundings: Surroundings) -> RemoteKeySet {
        sets.withLock { sets in
            if let known = sets[place] { return known }
            let made =
                switch place {
                case .address(let address):
                    RemoteKeySet(address: address, clock: clock, fetch: surroundings.fetchKeys)
                case .metadata(let issuer):
                    RemoteKeySet(address: issuer, clock: clock, fetch: surroundings.discoverKeys)
                }
            sets[place] = made
            return made
        }
    }

    /// Forgets the sets that nobody names any more.
    func keep(_ places: Set<Place>) {
        sets.withLock { sets in sets = sets.filter { places.contains($0.key) } }
    }

    /// How each set stands, in the order of their addresses.
    var standings: [KeySetStanding] {
        sets.withLock { $0 }.map { KeySetStanding($0, $1) }.sorted { $0.id < $1.id }
    }
}

/// How the key set stands that an issuer publishes.
public struct KeySetStanding: Sendable {
    /// Where it is: the set's address, or the issuer's, whose metadata names it.
    public let address: String
    /// Whether `address` is the issuer's.
    public let isDiscovered: Bool
    /// Tells it from others.
    public var id: String { "\(address) \(isDiscovered ? "discovery" : "address")" }
    /// Each key's name (`kid`; empty when it has none) and algorithm; nil while no set serves.
    public let keys: [(id: String, algorithm: String)]?
    /// Why keys of the set are not used.
    public let passedOver: [String]
    /// How many seconds ago it came; nil before the first.
    public let age: Int64?
    /// Fetches that gave no good set since the last that did.
    public let failures: Int
    /// Why the last fetch gave none, in words for the operator; nil when it did.
    public let lastFailure: String?

    init(_ place: PublishedKeys.Place, _ set: RemoteKeySet) {
        switch place {
        case .address: isDiscovered = false
        case .metadata: isDiscovered = true
        }
        address = set.address
        let health = set.health
        keys = set.current.keys?.keys.map { ($0.id?.text ?? "", $0.algorithm.rawValue) }
        passedOver = health.passedOver.map(\.detail)
        age = set.age
        failures = health.failures
        lastFailure = health.last?.clause
    }
}

import Codecs
import JOSE
import Synchronization

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

    /// The state of each set, for those who watch it.
    var health: [(address: String, failures: Int, last: RemoteKeySetFailure?)] {
        sets.withLock { Array($0.values) }.map { ($0.address, $0.health.failures, $0.health.last) }
    }
}

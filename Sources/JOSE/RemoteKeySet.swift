public import Codecs
import Synchronization
import Tokens

/// What came back from a key set's address.
public struct FetchedKeySet: Sendable {
    /// The body of a good answer.
    public let body: [UInt8]
    /// `max-age` of its `Cache-Control`, in seconds; nil if it says nothing.
    public let maximumAge: Int64?

    /// An answer.
    public init(body: [UInt8], maximumAge: Int64?) {
        self.body = body
        self.maximumAge = maximumAge
    }
}

/// The keys of an issuer that publishes them at an address: fetched when needed, kept, renewed before they end.
///
/// - However many ask, one fetch is under way at a time, and at most one is begun in `Limits.floor` seconds.
/// - What does not read as a key set, or holds a private key, changes nothing: the last good set serves on.
/// - The fetch is the caller's: over TLS, to this address alone, following no redirect to another origin, reading no more
///   than 512 KiB. So is the clock.
public final class RemoteKeySet: Sendable {
    /// Fetches an address.
    public typealias Fetch = @Sendable (_ address: String) async throws -> FetchedKeySet
    /// Seconds of a clock that does not jump.
    public typealias Clock = @Sendable () -> Int64

    /// Where the keys are published.
    public let address: String

    private struct State {
        var machine: RemoteKeySetStateMachine
        var flight: Task<Void, Never>?
    }

    private let state: Mutex<State>
    private let fetch: Fetch
    private let clock: Clock

    /// A key set of which nothing has been fetched yet.
    public init(
        address: String, limits: RemoteKeySetStateMachine.Limits = .init(), clock: @escaping Clock,
        fetch: @escaping Fetch
    ) {
        self.address = address
        self.clock = clock
        self.fetch = fetch
        state = Mutex(State(machine: RemoteKeySetStateMachine(limits: limits)))
    }

    /// The set that serves now and which one it is, without waiting or fetching: for those who cannot wait. The lock is
    /// held for as long as two values take to copy, never while something is fetched or read.
    public var current: (keys: KeySet?, generation: UInt64) {
        let now = clock()
        return state.withLock { ($0.machine.current(now: now), $0.machine.generation) }
    }

    /// Why the last fetch gave no good set, and how many in a row gave none: what an alarm looks at.
    public var health: (failures: Int, last: RemoteKeySetFailure?) {
        state.withLock { ($0.machine.failures, $0.machine.lastFailure) }
    }

    /// The keys for a token that names this key, or none. Waits only when there is no set yet, or the name is new.
    /// - Throws: `RemoteKeySetFailure` when there are no keys at all.
    public func keys(for keyID: ByteString?) async throws(RemoteKeySetFailure) -> KeySet {
        let (answer, flight) = ask(keyID)
        switch answer {
        case .use(let keys), .useAndFetch(let keys): return keys
        case .unavailable: throw health.last ?? .unreachable
        case .wait:
            await flight?.value
            let now = clock()
            let keys = state.withLock { state in
                if let keyID { state.machine.missed(keyID, now: now) }
                return state.machine.current(now: now)
            }
            guard let keys else { throw health.last ?? .unreachable }
            return keys
        }
    }

    /// Tells that this name is wanted, and has a fetch made where one is due; never waits. For a data plane that meets a
    /// token with a name it does not have.
    public func want(_ keyID: ByteString?) {
        _ = ask(keyID)
    }

    private func ask(_ keyID: ByteString?) -> (RemoteKeySetStateMachine.Answer, Task<Void, Never>?) {
        let now = clock()
        return state.withLock { state in
            let answer = state.machine.want(keyID, now: now)
            switch answer {
            case .useAndFetch, .wait(starting: true): state.flight = Task { await self.renew() }
            case .use, .wait(starting: false), .unavailable: break
            }
            return (answer, state.flight)
        }
    }

    private func renew() async {
        let result: Result<KeySet, RemoteKeySetFailure>
        var maximumAge: Int64?
        do {
            let answer = try await fetch(address)
            maximumAge = answer.maximumAge
            result = RemoteKeySetReader.read(answer.body)
        } catch {
            result = .failure(.unreachable)
        }
        let now = clock()
        state.withLock { state in
            switch result {
            case .success(let keys): state.machine.take(keys, maximumAge: maximumAge, now: now)
            case .failure(let failure): state.machine.failed(failure, now: now)
            }
        }
    }
}

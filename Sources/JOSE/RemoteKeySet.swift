public import Codecs
import Synchronization
public import Tokens

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
/// - A fetch that brings nothing in `Limits.patience` seconds counts as failed, whether or not it ever returns.
/// - What does not read as a key set, or holds a private key, changes nothing: the last good set serves on. A single bad
///   key in a set is passed over, and `health` tells of it.
/// - The fetch is the caller's: over TLS, to this address alone, following no redirect to another origin, reading no more
///   than 512 KiB. So is the clock.
public final class RemoteKeySet: Sendable {
    /// Fetches an address, and gives up when its task is cancelled: one that did neither would stay beside the next. What it
    /// throws is told in `health`, so it must not say more than may be read there.
    public typealias Fetch = @Sendable (_ address: String) async throws -> FetchedKeySet
    /// Seconds of a clock that does not jump.
    public typealias Clock = @Sendable () -> Int64

    /// Where the keys are published.
    public let address: String

    /// One fetch, and who waits for it.
    private struct Flight {
        /// Tells one from the next: what an old one brings comes too late.
        let number: UInt64
        var tasks: [Task<Void, Never>] = []
        var waiting: [UInt64: CheckedContinuation<Landing, Never>] = [:]
    }

    /// How waiting ended.
    private enum Landing {
        /// With a set that was taken over.
        case taken
        /// Without one.
        case failed
        /// The waiting task was cancelled; the fetch goes on for the others.
        case cancelled
    }

    private struct State {
        var machine: RemoteKeySetStateMachine
        var flight: Flight?
        var flights: UInt64 = 0
        var tickets: UInt64 = 0
    }

    private let state: Mutex<State>
    private let limits: RemoteKeySetStateMachine.Limits
    private let fetch: Fetch
    private let clock: Clock

    /// A key set of which nothing has been fetched yet.
    public init(
        address: String, limits: RemoteKeySetStateMachine.Limits = .init(), clock: @escaping Clock,
        fetch: @escaping Fetch
    ) {
        self.address = address
        self.limits = limits
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

    /// What an alarm looks at: why the last fetch gave no good set, how many in a row gave none, and which keys of the set
    /// that serves were passed over.
    public var health: (failures: Int, last: RemoteKeySetFailure?, passedOver: [KeyError]) {
        state.withLock { ($0.machine.failures, $0.machine.lastFailure, $0.machine.keys?.passedOver ?? []) }
    }

    /// How many seconds ago the last good set came; nil before the first.
    public var age: Int64? {
        let now = clock()
        return state.withLock { state in state.machine.taken.map { max(0, now &- $0) } }
    }

    /// The keys for a token that names this key, or none. Waits only when there is no set yet, or the name is new; when the
    /// waiting task is cancelled, no longer.
    /// - Throws: `RemoteKeySetFailure` when there are no keys at all.
    public func keys(for keyID: ByteString?) async throws(RemoteKeySetFailure) -> KeySet {
        try await served(for: keyID).keys
    }

    /// The same, and which set it is.
    func served(for keyID: ByteString?) async throws(RemoteKeySetFailure) -> (keys: KeySet, generation: UInt64) {
        var landing: Landing?
        let (answer, flight) = ask(keyID)
        if case .wait = answer, let flight { landing = await wait(for: flight) }
        let now = clock()
        let (keys, generation) = state.withLock { state in
            // Only a set that came in this flight can tell that a name is not there.
            if landing == .taken, let keyID { state.machine.missed(keyID, now: now) }
            return (state.machine.current(now: now), state.machine.generation)
        }
        guard let keys else {
            if landing == .cancelled { throw .cancelled }
            throw health.last ?? .unreachable(cause: "nothing has been fetched yet")
        }
        return (keys, generation)
    }

    /// Tells that this name is wanted, and has a fetch made where one is due; never waits. For a data plane that meets a
    /// token with a name it does not have.
    public func want(_ keyID: ByteString?) {
        _ = ask(keyID)
    }

    /// What to do, and the number of the fetch that is under way.
    private func ask(_ keyID: ByteString?) -> (answer: RemoteKeySetStateMachine.Answer, flight: UInt64?) {
        let now = clock()
        return state.withLock { state in
            let answer = state.machine.want(keyID, now: now)
            switch answer {
            case .useAndFetch, .wait(starting: true): begin(&state)
            case .use, .wait(starting: false), .unavailable: break
            }
            return (answer, state.flight?.number)
        }
    }

    private func begin(_ state: inout State) {
        state.flights &+= 1
        let number = state.flights
        let patience = max(0, limits.patience)
        state.flight = Flight(
            number: number,
            tasks: [
                Task { await self.renew(number) },
                Task {
                    guard (try? await Task.sleep(for: .seconds(patience))) != nil else { return }
                    self.land(number, .failure(.unreachable(cause: "no answer came in \(patience) seconds")), nil)
                },
            ])
    }

    private func renew(_ flight: UInt64) async {
        do {
            let answer = try await fetch(address)
            land(flight, RemoteKeySetReader.read(answer.body), answer.maximumAge)
        } catch {
            land(flight, .failure(.unreachable(cause: Display.quoted(ByteString("\(error)")))), nil)
        }
    }

    /// A fetch has ended, one way or another; whoever waits for it goes on. An end of an old fetch changes nothing.
    private func land(_ number: UInt64, _ result: Result<KeySet, RemoteKeySetFailure>, _ maximumAge: Int64?) {
        // Nothing but this flight can replace the set meanwhile.
        let last = state.withLock { $0.machine.keys }
        var isNew = true
        if let last, case .success(let keys) = result { isNew = !last.hasSameKeys(as: keys) }
        let now = clock()
        let flight = state.withLock { state -> Flight? in
            guard let flight = state.flight, flight.number == number else { return nil }
            state.flight = nil
            switch result {
            case .success(let keys): state.machine.take(keys, isNew: isNew, maximumAge: maximumAge, now: now)
            case .failure(let failure): state.machine.failed(failure, now: now)
            }
            return flight
        }
        guard let flight else { return }
        var landing = Landing.failed
        if case .success = result { landing = .taken }
        for waiting in flight.waiting.values { waiting.resume(returning: landing) }
        for task in flight.tasks { task.cancel() }
    }

    /// Waits until this fetch ends, or the waiting task is cancelled.
    private func wait(for number: UInt64) async -> Landing {
        let ticket = state.withLock { state in
            state.tickets &+= 1
            return state.tickets
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let landing = state.withLock { state -> Landing? in
                    // A handler that ran already has found nothing to resume.
                    if Task.isCancelled { return .cancelled }
                    guard state.flight?.number == number else {
                        return state.machine.lastFailure == nil ? .taken : .failed
                    }
                    state.flight?.waiting[ticket] = continuation
                    return nil
                }
                if let landing { continuation.resume(returning: landing) }
            }
        } onCancel: {
            let waiting = state.withLock { $0.flight?.waiting.removeValue(forKey: ticket) }
            waiting?.resume(returning: .cancelled)
        }
    }
}

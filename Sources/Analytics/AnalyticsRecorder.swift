public import Storage
public import Telemetry

/// Adds up what the event loops count into the running minute, hour and day, keeps them in the store, and tells whoever
/// listens of each second.
///
/// What is not kept yet is lost when the process is killed: the last ten seconds. Whatever is configured or asked, a
/// window has at most a thousand series of each kind; the rest is counted as others.
public actor AnalyticsRecorder {
    /// The most that may listen at once.
    private static let mostListeners = 64
    /// The most windows that wait for a store that cannot be written.
    private static let mostWaiting = 200

    private let store: Store
    private var running: [AnalyticsWindow]
    /// Windows that are over, and not all in the store.
    private var over: [AnalyticsWindow] = []
    private var listeners: [UInt64: AsyncStream<AnalyticsSecond>.Continuation] = [:]
    private var lastListener: UInt64 = 0

    /// Opens the analytics of a store, and goes on with the minute, hour and day that an earlier process counted in.
    /// - Parameter now: seconds since 1970.
    public static func open(in store: Store, now: Int64) async throws -> AnalyticsRecorder {
        try await store.migrate(feature: "analytics", AnalyticsSchema.migrations)
        let running = try await store.read { transaction in
            try AnalyticsStep.allCases.map { step in
                try AnalyticsRecords.window(step, starts: step.start(of: now), in: transaction)
            }
        }
        return AnalyticsRecorder(store, running)
    }

    private init(_ store: Store, _ running: [AnalyticsWindow]) {
        self.store = store
        self.running = running
    }

    /// Takes what was counted since the last time; about once a second.
    /// - Parameters:
    ///   - inFlight: how many requests are under way.
    ///   - now: seconds since 1970.
    public func take(_ tally: ExchangeTally, inFlight: Int, now: Int64) {
        for index in running.indices {
            let starts = running[index].step.start(of: now)
            // A clock that was set back changes nothing of what is over.
            if starts > running[index].starts {
                if running[index].isChanged { over.append(running[index]) }
                running[index] = AnalyticsWindow(running[index].step, starts: starts)
            }
            running[index].add(tally)
        }
        if over.count > Self.mostWaiting { over.removeFirst(over.count - Self.mostWaiting) }
        let second = AnalyticsSecond(time: now, inFlight: inFlight, tally: tally)
        for listener in listeners.values { listener.yield(second) }
    }

    /// Writes what has changed since the last time; every ten seconds, and when the process stops.
    public func keep() async throws {
        let finished = over
        over = []
        var changes: [AnalyticsChanges] = []
        for var window in finished { changes.append(window.takeChanges()) }
        for index in running.indices where running[index].isChanged {
            changes.append(running[index].takeChanges())
        }
        guard !changes.isEmpty else { return }
        do {
            try await store.write { [changes] transaction in
                for change in changes { try AnalyticsRecords.write(change, in: transaction) }
            }
        } catch {
            over = finished + over
            putBack(changes.dropFirst(finished.count))
            throw error
        }
    }

    /// Deletes what is older than it is to be kept; now and then.
    public func keepUp(now: Int64) async throws {
        try await store.write { transaction in
            for step in AnalyticsStep.allCases {
                try AnalyticsRecords.delete(step, before: now - step.lifetime, in: transaction)
            }
        }
    }

    /// Each second from now on, the newest ones where the listener is slow; nil where too many listen already.
    public func listen() -> AsyncStream<AnalyticsSecond>? {
        guard listeners.count < Self.mostListeners else { return nil }
        lastListener &+= 1
        let number = lastListener
        let (stream, continuation) = AsyncStream.makeStream(
            of: AnalyticsSecond.self, bufferingPolicy: .bufferingNewest(4))
        listeners[number] = continuation
        continuation.onTermination = { [weak self] _ in Task { await self?.forget(number) } }
        return stream
    }

    /// What was counted in a range, grouped; up to ten seconds old.
    public func report(_ question: AnalyticsQuestion) async throws -> AnalyticsReport {
        try await store.read { try AnalyticsReport(question, in: $0) }
    }

    private func forget(_ listener: UInt64) { listeners[listener] = nil }

    private func putBack(_ changes: ArraySlice<AnalyticsChanges>) {
        for change in changes {
            for index in running.indices where running[index].step == change.step {
                if running[index].starts == change.starts {
                    running[index].putBack(change)
                } else if let place = over.firstIndex(where: { $0.step == change.step && $0.starts == change.starts }) {
                    over[place].putBack(change)
                } else {
                    // It ended while it was being written, and nothing came in since.
                    var window = AnalyticsWindow(change.step, starts: change.starts)
                    window.add(change.tally)
                    over.append(window)
                }
            }
        }
    }
}

/// What was counted in one second.
public struct AnalyticsSecond: Sendable {
    /// Seconds since 1970.
    public let time: Int64
    /// How many requests are under way.
    public let inFlight: Int
    /// What ended in it.
    public let tally: ExchangeTally
}

import Synchronization

/// The last explanations, in memory: when it is full, the oldest makes room.
///
/// There are two rings in it. Refusals of requests that brought a credential stand in one, those of anonymous requests
/// in the other: whoever sends unknown paths by the thousand pushes out none of the refusals that somebody asks about.
public final class ExplanationRing: Sendable {
    private let state: Mutex<State>

    /// A ring for this many explanations of requests with a credential, and so many (or as many) without one.
    public init(capacity: Int = 4_096, anonymousCapacity: Int? = nil) {
        state = Mutex(
            State(
                withCredential: Slots(capacity: max(1, capacity)),
                anonymous: Slots(capacity: max(1, anonymousCapacity ?? capacity))))
    }

    /// Keeps an explanation.
    public func append(_ explanation: Explanation) {
        // The one that made room is freed behind the lock.
        _ = state.withLock { state -> Explanation? in
            state.number &+= 1
            return explanation.hasCredential
                ? state.withCredential.append(explanation, number: state.number)
                : state.anonymous.append(explanation, number: state.number)
        }
    }

    /// The explanation of this trace, while it is kept. A trace that a client uses for several requests names the last
    /// of them, and one with a credential before one without.
    public func explanation(of trace: TraceID) -> Explanation? {
        state.withLock { state in
            state.withCredential.explanation(of: trace) ?? state.anonymous.explanation(of: trace)
        }
    }

    /// The last explanations of both kinds, at most this many, newest first.
    public func recent(limit: Int) -> [Explanation] {
        let limit = max(0, limit)
        let (known, anonymous) = state.withLock { state in
            (state.withCredential.recent(limit: limit), state.anonymous.recent(limit: limit))
        }
        var merged: [Explanation] = []
        merged.reserveCapacity(min(limit, known.count + anonymous.count))
        var (first, second) = (known[...], anonymous[...])
        while merged.count < limit {
            let takesFirst = (first.first?.number ?? 0) > (second.first?.number ?? 0)
            guard let entry = takesFirst ? first.popFirst() : second.popFirst() else { break }
            merged.append(entry.explanation)
        }
        return merged
    }

    private struct State {
        /// Counts from 1, over both rings.
        var number: UInt64 = 0
        var withCredential: Slots
        var anonymous: Slots
    }

    private struct Entry {
        let number: UInt64
        let explanation: Explanation
    }

    private struct Slots {
        private let capacity: Int
        private var entries: [Entry] = []
        /// Where the next one goes once all slots are taken: the place of the oldest.
        private var next = 0
        /// Where the newest explanation of a trace stands.
        private var places: [TraceID: Int] = [:]

        init(capacity: Int) {
            self.capacity = capacity
        }

        /// Returns the one that made room.
        mutating func append(_ explanation: Explanation, number: UInt64) -> Explanation? {
            let entry = Entry(number: number, explanation: explanation)
            guard entries.count == capacity else {
                places[explanation.trace] = entries.count
                entries.append(entry)
                return nil
            }
            let oldest = entries[next].explanation
            if places[oldest.trace] == next { places[oldest.trace] = nil }
            places[explanation.trace] = next
            entries[next] = entry
            next = (next + 1) % capacity
            return oldest
        }

        func explanation(of trace: TraceID) -> Explanation? {
            places[trace].map { entries[$0].explanation }
        }

        func recent(limit: Int) -> [Entry] {
            (0..<min(limit, entries.count)).map { age in
                entries[(next + entries.count - 1 - age) % entries.count]
            }
        }
    }
}

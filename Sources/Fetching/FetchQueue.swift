import Synchronization

/// Lets a few in at a time; a bounded number wait for their turn, in the order they came.
final class FetchQueue: Sendable {
    private struct State {
        var entered = 0
        var waiting: [(number: UInt64, turn: AsyncStream<Void>.Continuation)] = []
        var last: UInt64 = 0
    }

    private let mostAtOnce: Int
    private let mostWaiting: Int
    private let state = Mutex(State())

    init(mostAtOnce: Int, mostWaiting: Int) {
        self.mostAtOnce = mostAtOnce
        self.mostWaiting = mostWaiting
    }

    /// How somebody comes in.
    enum Entry {
        /// Now, or after a while: to be left again.
        case entered
        /// Not at all: as many wait as may.
        case full
        /// Not at all: cancelled while it waited.
        case cancelled
    }

    /// Waits for a place.
    func enter() async -> Entry {
        let (turns, turn) = AsyncStream.makeStream(of: Void.self)
        let (entry, number) = state.withLock { state -> (Entry?, UInt64) in
            guard state.entered >= mostAtOnce else {
                state.entered += 1
                return (.entered, 0)
            }
            guard state.waiting.count < mostWaiting else { return (.full, 0) }
            state.last &+= 1
            state.waiting.append((state.last, turn))
            return (nil, state.last)
        }
        if let entry { return entry }
        for await _ in turns { break }
        // Who was given a place just as it was cancelled has it.
        let isCancelled = state.withLock { state in
            guard let index = state.waiting.firstIndex(where: { $0.number == number }) else { return false }
            state.waiting.remove(at: index)
            return true
        }
        return isCancelled ? .cancelled : .entered
    }

    /// Gives a place to whoever has waited longest.
    func leave() {
        let turn = state.withLock { state -> AsyncStream<Void>.Continuation? in
            guard !state.waiting.isEmpty else {
                state.entered -= 1
                return nil
            }
            return state.waiting.removeFirst().turn
        }
        turn?.yield()
    }
}

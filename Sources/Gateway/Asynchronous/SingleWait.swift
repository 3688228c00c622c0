import Synchronization

/// One value that one task waits for; whoever comes first, the value, an error or the task's cancellation, ends the wait.
final class SingleWait<Value: Sendable>: Sendable {
    private enum State {
        case open
        case suspended(CheckedContinuation<Value, any Error>)
        case ended(Result<Value, any Error>)
    }

    private let state = Mutex(State.open)

    /// Whether nothing has ended it yet.
    var isOpen: Bool { state.withLock { if case .ended = $0 { false } else { true } } }

    /// Ends the wait.
    /// - Returns: false when it had ended already, and nobody will see this.
    @discardableResult
    func end(_ result: Result<Value, any Error>) -> Bool {
        let (isFirst, waiting) = state.withLock { state in
            let before = state
            if case .ended = before { return (false, nil as CheckedContinuation<Value, any Error>?) }
            state = .ended(result)
            if case .suspended(let continuation) = before { return (true, continuation) }
            return (true, nil)
        }
        waiting?.resume(with: result)
        return isFirst
    }

    /// What it ended with. A value that is there already is handed over without a suspension.
    func value() async throws -> Value {
        if case .ended(let result) = state.withLock({ $0 }) { return try result.get() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let ended: Result<Value, any Error>? = state.withLock { state in
                    if case .ended(let result) = state { return result }
                    state = .suspended(continuation)
                    return nil
                }
                if let ended { continuation.resume(with: ended) }
            }
        } onCancel: {
            end(.failure(CancellationError()))
        }
    }
}

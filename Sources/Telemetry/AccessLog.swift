import Synchronization

/// Takes the lines of all event loops to one place, off the loops. No loop ever waits for that place: what it cannot
/// take in time is kept up to a limit, and beyond that lines are dropped and counted.
///
/// Each loop appends to a buffer of its own; `flush` empties them all, from one task outside that calls it every
/// 100 ms and whenever `AccessLogBuffer.append` says so. Lines of different loops are not in order of time.
public final class AccessLog: Sendable {
    private let budget: AccessLogBudget
    private let flushSize: Int
    private let buffers = Mutex<[AccessLogBuffer]>([])
    /// The lines on their way to the sink, and whose turn it is to flush.
    private let leaving = Mutex<[UInt8]>([])
    private let sink: @Sendable (UnsafeRawBufferPointer) -> Void

    /// A log that keeps at most `limit` bytes, counting those that the sink is busy with, and asks to be flushed when
    /// a buffer holds `flushSize`. The sink is given whole lines, from one flush at a time; it may take its time, and
    /// must not flush the log itself.
    public init(
        limit: Int = 8_388_608, flushSize: Int = 65_536, sink: @escaping @Sendable (UnsafeRawBufferPointer) -> Void
    ) {
        budget = AccessLogBudget(limit: limit)
        self.flushSize = flushSize
        self.sink = sink
    }

    /// A buffer for one more loop.
    public func buffer() -> AccessLogBuffer {
        let buffer = AccessLogBuffer(budget: budget, flushSize: flushSize)
        buffers.withLock { $0.append(buffer) }
        return buffer
    }

    /// Gives the sink what the buffers hold. Not for a loop: it returns when the sink does.
    public func flush() {
        let buffers = buffers.withLock { $0 }
        leaving.withLock { leaving in
            for buffer in buffers {
                buffer.exchange(with: &leaving)
                guard !leaving.isEmpty else { continue }
                leaving.withUnsafeBytes(sink)
                budget.giveBack(leaving.count)
                // The memory goes round between the buffers, unless a slow sink made it large.
                leaving.removeAll(keepingCapacity: leaving.capacity <= 4 * flushSize)
            }
        }
    }

    /// The lines that were dropped so far.
    public var dropped: UInt64 { budget.dropped.load(ordering: .relaxed) }
}

/// The lines of one event loop.
public final class AccessLogBuffer: Sendable {
    private let budget: AccessLogBudget
    private let flushSize: Int
    /// Locked by the loop, and by a flush for as long as it takes to exchange two arrays.
    private let lines = Mutex<[UInt8]>([])

    init(budget: AccessLogBudget, flushSize: Int) {
        self.budget = budget
        self.flushSize = flushSize
    }

    /// Appends a record's line, or drops it when the log is full. True when the buffer has just become full enough for
    /// a flush outside of its turn.
    @discardableResult
    public func append(_ record: borrowing ExchangeRecord) -> Bool {
        guard budget.hasRoom else {
            budget.drop()
            return false
        }
        let before: Int
        let after: Int
        (before, after) = lines.withLock { lines in
            let before = lines.count
            AccessLogLine.append(record, to: &lines)
            guard budget.take(lines.count - before) else {
                lines.removeLast(lines.count - before)
                return (before, before)
            }
            return (before, lines.count)
        }
        if after == before { budget.drop() }
        return before < flushSize && after >= flushSize
    }

    func exchange(with other: inout [UInt8]) {
        lines.withLock { swap(&$0, &other) }
    }
}

/// How much of the access log waits, over all loops.
final class AccessLogBudget: Sendable {
    let dropped = Atomic<UInt64>(0)
    private let waiting = Atomic<Int>(0)
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    /// Whether a line has a chance; spares the writing of one that has none.
    var hasRoom: Bool { waiting.load(ordering: .relaxed) < limit }

    func take(_ count: Int) -> Bool {
        guard waiting.wrappingAdd(count, ordering: .relaxed).newValue > limit else { return true }
        giveBack(count)
        return false
    }

    func giveBack(_ count: Int) {
        waiting.wrappingSubtract(count, ordering: .relaxed)
    }

    func drop() {
        dropped.wrappingAdd(1, ordering: .relaxed)
    }
}

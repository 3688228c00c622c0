import Codecs
import Synchronization
import Telemetry
import Testing

@Suite struct AccessLogTests {
    private final class Sink: Sendable {
        let chunks = Mutex<[[UInt8]]>([])

        var lines: [[UInt8]] {
            chunks.withLock { $0 }.flatMap { $0 }.split(separator: 0x0A).map(Array.init)
        }

        func take(_ bytes: UnsafeRawBufferPointer) {
            chunks.withLock { $0.append(Array(bytes)) }
        }
    }

    @Test func `lines of all loops reach the sink once, and whole`() throws {
        let sink = Sink()
        let log = AccessLog(sink: sink.take)
        let buffers = [log.buffer(), log.buffer()]
        log.flush()
        #expect(sink.chunks.withLock { $0.isEmpty })
        for round in 0..<3 {
            for (index, buffer) in buffers.enumerated() { buffer.append(Records.record(status: round * 10 + index)) }
            log.flush()
            log.flush()
        }
        #expect(try sink.lines.map { try status($0) } == [0, 1, 10, 11, 20, 21])
        #expect(sink.chunks.withLock { $0.allSatisfy { $0.last == 0x0A } })
        #expect(log.dropped == 0)
    }

    @Test func `a buffer says once that it is full enough`() {
        let log = AccessLog(flushSize: 1_000) { _ in }
        let buffer = log.buffer()
        let length = lineLength
        for round in 0..<2 {
            let answers = (0..<10).map { _ in buffer.append(Records.record()) }
            #expect(answers.filter { $0 }.count == 1, "round \(round)")
            #expect(answers.firstIndex(of: true) == (1_000 + length - 1) / length - 1)
            log.flush()
        }
    }

    @Test func `lines beyond the limit are dropped and counted, and nothing is once there is room`() throws {
        let sink = Sink()
        let log = AccessLog(limit: lineLength * 5 + 7, sink: sink.take)
        let buffers = [log.buffer(), log.buffer()]
        for index in 0..<20 { buffers[index % 2].append(Records.record(status: 200 + index)) }
        #expect(log.dropped == 15)
        log.flush()
        #expect(try sink.lines.map { try status($0) }.sorted() == [200, 201, 202, 203, 204])
        for index in 0..<5 { buffers[0].append(Records.record(status: 300 + index)) }
        #expect(log.dropped == 15)
        log.flush()
        #expect(sink.lines.count == 10)
    }

    @Test func `what a slow sink is busy with still counts, and no loop waits for it`() {
        // The loop's appends happen while the sink is at work: in it.
        let buffer = Mutex<AccessLogBuffer?>(nil)
        let length = lineLength
        let log = AccessLog(limit: length * 3) { bytes in
            guard bytes.count == length * 3 else { return }
            for _ in 0..<4 { buffer.withLock { $0 }?.append(Records.record()) }
        }
        let mine = log.buffer()
        buffer.withLock { $0 = mine }
        for _ in 0..<3 { mine.append(Records.record()) }
        log.flush()
        #expect(log.dropped == 4)
        for _ in 0..<2 { mine.append(Records.record()) }
        #expect(log.dropped == 4)
    }

    @Test func `many loops append while somebody flushes, and no line is lost or broken`() async throws {
        let sink = Sink()
        let log = AccessLog(sink: sink.take)
        await withTaskGroup(of: Void.self) { group in
            for loop in 0..<4 {
                let buffer = log.buffer()
                group.addTask {
                    for index in 0..<500 { buffer.append(Records.record(status: loop * 1_000 + index)) }
                }
            }
            for _ in 0..<2 {
                group.addTask {
                    for _ in 0..<100 { log.flush() }
                }
            }
        }
        log.flush()
        let seen = try sink.lines.map { try status($0) }
        let appended: [Int] = (0..<4).flatMap { loop in (loop * 1_000)..<(loop * 1_000 + 500) }
        #expect(seen.sorted() == appended)
        // Each loop's lines are in their order.
        for loop in 0..<4 {
            let own = seen.filter { $0 / 1_000 == loop }
            #expect(own == own.sorted())
        }
        #expect(log.dropped == 0)
    }

    private var lineLength: Int {
        var line: [UInt8] = []
        AccessLogLine.append(Records.record(), to: &line)
        return line.count
    }

    private func status(_ line: [UInt8]) throws -> Int {
        Int(try #require(try JSONReader.read(line).object?["status"]?.int64))
    }
}

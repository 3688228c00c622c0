import Foundation
import Gateway
import Logging
import ServiceLifecycle
import Synchronization
import Telemetry

/// Writes the access log where the configuration says, off the event loops.
struct AccessLogFile: Service {
    private let writer: LineWriter
    private let wanted: AsyncStream<Void>
    private let want: AsyncStream<Void>.Continuation
    /// The log that writes here.
    let log: AccessLog

    init(logger: Logger) {
        let writer = LineWriter(logger: logger)
        self.writer = writer
        (wanted, want) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        log = AccessLog { writer.write($0) }
    }

    /// Has the log flushed soon.
    func flushSoon() { want.yield() }

    /// Opens the place; the one before is closed. A file is opened anew each time, so that it can be moved away first.
    func open(_ place: AccessLogPlace) throws {
        let descriptor = try Self.descriptor(of: place)
        log.flush()
        writer.replace(descriptor)
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { for await _ in self.wanted { self.log.flush() } }
                group.addTask {
                    while (try? await Task.sleep(for: .milliseconds(100))) != nil { self.log.flush() }
                }
            }
        }
        log.flush()
    }

    private static func descriptor(of place: AccessLogPlace) throws -> Int32 {
        switch place {
        case .nowhere: return -1
        case .standardOutput: return dup(STDOUT_FILENO)
        case .file(let path):
            let descriptor = Foundation.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0o600)
            guard descriptor >= 0 else {
                throw StartFailure("the access log \(path) cannot be opened: \(String(cString: strerror(errno)))")
            }
            return descriptor
        }
    }
}

/// Writes lines to a descriptor that can be replaced. What cannot be written is lost, and the log of the program says so
/// once.
private final class LineWriter: Sendable {
    private struct State {
        var descriptor: Int32 = -1
        var hasComplained = false
    }

    private let state = Mutex(State())
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    func replace(_ descriptor: Int32) {
        let old = state.withLock { state in
            let old = state.descriptor
            state = State(descriptor: descriptor)
            return old
        }
        if old >= 0 { close(old) }
    }

    func write(_ lines: UnsafeRawBufferPointer) {
        state.withLock { state in
            guard state.descriptor >= 0 else { return }
            var rest = lines
            while !rest.isEmpty {
                let count = Foundation.write(state.descriptor, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else {
                    let reason = String(cString: strerror(errno))
                    if !state.hasComplained {
                        logger.error("the access log cannot be written", metadata: ["reason": "\(reason)"])
                    }
                    state.hasComplained = true
                    return
                }
                state.hasComplained = false
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }
}

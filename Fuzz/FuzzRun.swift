import Glibc

/// What libFuzzer calls for each input, and what is known of the run so far.
///
/// Every binary holds this file and one file of `Targets/`, which declares `Target`.
private struct FuzzRun {
    /// No input may take longer, in nanoseconds.
    static let limit: Int64 = 100_000_000
    /// The first inputs pay for page faults and lazily made tables; they are not timed.
    static let warmUp = 200

    var runs = 0
    var slowest: Int64 = 0
    var slowestInput: [UInt8] = []

    mutating func run(_ input: [UInt8]) {
        runs += 1
        let took = time(input)
        guard runs > Self.warmUp, took > slowest else { return }
        // A busy machine takes the processor away in the middle of an input: what counts is the processor's time, and
        // of three measurements the best. Not asked for each input, because this clock is a system call.
        let best = min(processorTime(input), processorTime(input), processorTime(input))
        guard best > slowest else { return }
        slowest = best
        slowestInput = input
        expect(best <= Self.limit, "an input of \(input.count) bytes takes \(best / 1_000_000) ms")
    }

    private func time(_ input: [UInt8]) -> Int64 { time(input, by: CLOCK_MONOTONIC) }

    private func processorTime(_ input: [UInt8]) -> Int64 { time(input, by: CLOCK_THREAD_CPUTIME_ID) }

    private func time(_ input: [UInt8], by clock: clockid_t) -> Int64 {
        let started = Self.now(clock)
        Target.run(input)
        return Self.now(clock) - started
    }

    private static func now(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    func report() {
        let input = slowestInput.prefix(48).map { byte in
            byte > 0x20 && byte < 0x7F ? String(decoding: [byte], as: UTF8.self) : "·"
        }
        complain(
            "runs=\(runs) slowest_us=\(slowest / 1_000) slowest_bytes=\(slowestInput.count) "
                + "slowest_starts=\(input.joined())")
    }
}

// libFuzzer calls from one thread.
private nonisolated(unsafe) var current = FuzzRun()

/// Ends the process with a reason when something that must hold does not; libFuzzer then keeps the input.
func expect(_ holds: Bool, _ reason: @autoclosure () -> String, line: UInt = #line, file: StaticString = #fileID) {
    guard !holds else { return }
    complain("VIOLATION \(file):\(line): \(reason())")
    abort()
}

private func complain(_ text: String) {
    let line = Array((text + "\n").utf8)
    _ = write(2, line, line.count)
}

/// libFuzzer's first call.
@_cdecl("LLVMFuzzerInitialize")
public func fuzzerInitialize(_ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?) -> CInt {
    atexit { current.report() }
    return 0
}

/// libFuzzer's call for each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzerTestOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    current.run([UInt8](UnsafeBufferPointer(start: start, count: count)))
    return 0
}

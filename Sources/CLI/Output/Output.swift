import Foundation

/// Where answers and complaints go: the one place that writes to standard output and standard error.
enum Output {
    /// Writes a text to standard output, all of it or with a reason why not.
    static func write(_ text: String) throws {
        try write(Array(text.utf8))
    }

    /// Writes bytes to standard output, all of them or with a reason why not.
    static func write(_ bytes: [UInt8]) throws {
        let reason = unwritten(bytes, to: STDOUT_FILENO)
        guard reason != 0 else { return }
        // Whoever reads no further, as `head` does, has what it wanted: there is nothing to complain about. The status
        // is the one that a shell shows for the signal that mostly comes before.
        if reason == EPIPE { Foundation.exit(128 + SIGPIPE) }
        throw CommandFailure.usage("cannot write to standard output: \(String(cString: strerror(reason)))")
    }

    /// Prints a line at once, also into a pipe, and goes on if nobody can read it.
    @Sendable static func line(_ text: String) {
        _ = unwritten(Array((text + "\n").utf8), to: STDOUT_FILENO)
    }

    /// Prints a complaint on standard error. Where even that is not possible, the exit status is all there is.
    static func error(_ text: String) {
        _ = unwritten(Array((text + "\n").utf8), to: STDERR_FILENO)
    }

    /// Makes sure that nothing is lost that somebody printed with `Swift.print`, which keeps its text back.
    static func finish() throws {
        guard fflush(nil) != 0, errno != EPIPE else { return }
        throw CommandFailure.usage("cannot write to standard output: \(String(cString: strerror(errno)))")
    }

    /// Ends the command with a sentence on standard error.
    static func end(_ failure: CommandFailure) -> Never {
        error("signet: \(failure.message)")
        Foundation.exit(failure.status)
    }

    /// Writes everything, in as many pieces as it takes.
    /// - Returns: 0, or the number of the error that kept the rest from being written.
    static func unwritten(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        var offset = 0
        while offset < bytes.count {
            let written = bytes[offset...].withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                offset += written
            } else if written == 0 || errno == EAGAIN {
                // A terminal or pipe that somebody made non-blocking: wait until it takes more.
                var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                guard poll(&wanted, 1, -1) >= 0 || errno == EINTR else { return errno }
            } else if errno != EINTR {
                return errno
            }
        }
        return 0
    }
}

/// Prints a line to standard output. It stands here in place of `Swift.print` for every command.
func print(_ text: String) { print(text, terminator: "\n") }

/// Prints an empty line.
func print() { print("", terminator: "\n") }

/// Prints to standard output. What cannot be written is not passed over, as `Swift.print` does: it may be a new key. The
/// command ends there with a reason and status 2.
func print(_ text: String, terminator: String) {
    do {
        try Output.write(text + terminator)
    } catch let failure as CommandFailure {
        Output.end(failure)
    } catch {
        Output.end(CommandFailure.usage("cannot write to standard output"))
    }
}

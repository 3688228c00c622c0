import Foundation
import Glibc

/// A blocking TCP socket for tests that must say exactly which bytes go over the wire, and when.
public final class RawSocket: @unchecked Sendable {
    private let descriptor: Int32
    private let lock = NSLock()
    private var isOpen = true
    private var early: [UInt8] = []

    /// What a socket call can end with.
    public struct Failure: Error, CustomStringConvertible {
        /// The call and the system's reason.
        public let description: String
        /// The system's error number.
        public let number: Int32

        init(_ call: String) {
            number = errno
            description = "\(call): \(String(cString: strerror(number)))"
        }
    }

    /// Wraps a connected descriptor; reads and writes give up after `timeout` seconds. Long enough for a machine on which
    /// every other test runs at the same time: a server that gave up sooner would look like one that broke off.
    public init(descriptor: Int32, timeout: Int = 45) {
        self.descriptor = descriptor
        var limit = timeval(tv_sec: timeout, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Connects to a port of the loopback interface. `receiveBuffer` bounds what the kernel takes for a slow reader.
    public convenience init(port: Int, timeout: Int = 45, receiveBuffer: Int32? = nil) throws {
        let descriptor = socket(AF_INET, streamType, 0)
        guard descriptor >= 0 else { throw Failure("socket") }
        if var size = receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = loopback(port)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure("connect") }
        self.init(descriptor: descriptor, timeout: timeout)
    }

    deinit { close() }

    /// Sends everything.
    public func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure("send") }
            sent += count
        }
    }

    /// Sends text as UTF-8.
    public func send(_ text: String) throws { try send([UInt8](text.utf8)) }

    /// Some bytes, or none at the peer's end.
    public func receive(atMost limit: Int = 64 * 1024) throws -> [UInt8] {
        if !early.isEmpty {
            let taken = Array(early.prefix(limit))
            early.removeFirst(taken.count)
            return taken
        }
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = recv(descriptor, &buffer, limit, 0)
        guard count >= 0 else { throw Failure("recv") }
        return Array(buffer.prefix(count))
    }

    /// What has arrived by now, without waiting.
    public func receiveNow() throws -> [UInt8] {
        if !early.isEmpty { return try receive() }
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        guard count >= 0 else {
            if errno == EAGAIN || errno == EWOULDBLOCK { return [] }
            throw Failure("recv")
        }
        return Array(buffer.prefix(count))
    }

    /// Exactly `count` bytes, or fewer at the peer's end.
    public func receive(exactly count: Int) throws -> [UInt8] {
        var all: [UInt8] = []
        while all.count < count {
            let more = try receive(atMost: min(64 * 1024, count - all.count))
            if more.isEmpty { break }
            all += more
        }
        return all
    }

    /// Everything up to and with `mark`, or up to the peer's end. What came after it stays for the next call.
    public func receive(until mark: String) throws -> String {
        let wanted = [UInt8](mark.utf8)
        var all: [UInt8] = []
        while true {
            let more = try receive()
            if more.isEmpty { return String(decoding: all, as: UTF8.self) }
            let from = max(0, all.count - wanted.count)
            all += more
            var index = from
            while index + wanted.count <= all.count {
                if all[index..<(index + wanted.count)].elementsEqual(wanted) {
                    early = Array(all[(index + wanted.count)...]) + early
                    return String(decoding: all[..<(index + wanted.count)], as: UTF8.self)
                }
                index += 1
            }
        }
    }

    /// Everything up to the peer's end; a reset counts as an end.
    public func receiveAll() -> String {
        var all: [UInt8] = []
        while let more = try? receive(), !more.isEmpty { all += more }
        return String(decoding: all, as: UTF8.self)
    }

    /// One response with a Content-Length (or without body): its head and its body.
    public func receiveResponse(toHead: Bool = false) throws -> (head: String, body: String) {
        let head = try receive(until: "\r\n\r\n")
        var length = 0
        for line in head.components(separatedBy: "\r\n") where line.lowercased().hasPrefix("content-length:") {
            length = Int(line.dropFirst("content-length:".count).trimmingCharacters(in: .whitespaces)) ?? 0
        }
        if toHead { length = 0 }
        return (head, String(decoding: try receive(exactly: length), as: UTF8.self))
    }

    /// Whether the peer ends the connection (or resets it) within the timeout, sending nothing more.
    public func isEndedByPeer() -> Bool {
        do { return try receive().isEmpty } catch let failure as Failure { return failure.number == ECONNRESET } catch {
            return false
        }
    }

    /// Whether bytes or an end have arrived that nobody took yet. Does not wait.
    public var hasInput: Bool {
        var byte: UInt8 = 0
        return !early.isEmpty || recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) >= 0
    }

    /// Ends our sending side.
    public func shutDownSending() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

    /// Closes with a reset, as a process that dies does.
    public func reset() {
        var value = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    /// Closes.
    public func close() {
        lock.lock()
        defer { lock.unlock() }
        guard isOpen else { return }
        isOpen = false
        _ = Glibc.close(descriptor)
    }
}

/// A listening socket whose every connection runs a script on its own thread.
public final class ScriptedServer: @unchecked Sendable {
    /// The port it listens on.
    public let port: Int
    private let descriptor: Int32
    private let lock = NSLock()
    private var count = 0

    /// Connections accepted so far.
    public var accepted: Int {
        lock.lock()
        defer { lock.unlock() }
        return count
    }

    /// Listens on a free loopback port; `script` gets each connection and its number, from 1.
    public init(_ script: @escaping @Sendable (RawSocket, Int) throws -> Void) throws {
        let descriptor = socket(AF_INET, streamType, 0)
        guard descriptor >= 0 else { throw RawSocket.Failure("socket") }
        var address = loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 && listen(descriptor, 128) == 0
                    && getsockname(descriptor, pointer, &length) == 0
            }
        }
        guard bound else { throw RawSocket.Failure("bind") }
        self.descriptor = descriptor
        port = Int(UInt16(bigEndian: address.sin_port))
        let thread = Thread { [weak self] in
            while true {
                let accepted = accept(descriptor, nil, nil)
                guard accepted >= 0, let self else {
                    if accepted >= 0 { _ = Glibc.close(accepted) }
                    // Here and not in deinit: a number closed there could be another server's by the next accept.
                    _ = Glibc.close(descriptor)
                    return
                }
                let number = self.next()
                let connection = Thread {
                    let socket = RawSocket(descriptor: accepted)
                    try? script(socket, number)
                    socket.close()
                }
                connection.start()
            }
        }
        thread.start()
    }

    deinit {
        _ = shutdown(descriptor, Int32(SHUT_RDWR))
    }

    private func next() -> Int {
        lock.lock()
        defer { lock.unlock() }
        count += 1
        return count
    }
}

/// Something that tests count or collect from several threads.
public final class Recorder<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var values: [Value] = []

    /// An empty one.
    public init() {}

    /// Adds a value.
    public func add(_ value: Value) {
        lock.lock()
        values.append(value)
        lock.unlock()
    }

    /// Everything added so far.
    public var all: [Value] {
        lock.lock()
        defer { lock.unlock() }
        return values
    }

    /// Waits until at least `count` values are there; false after `seconds`.
    public func wait(for count: Int, seconds: Double = 5) async -> Bool {
        let end = Date().addingTimeInterval(seconds)
        while all.count < count {
            if Date() > end { return false }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return true
    }
}

private func loopback(_ port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
}

private var streamType: Int32 { Int32(SOCK_STREAM.rawValue) }

import Foundation
import NIOCore
import Telemetry
import TestSupport
import Testing

@testable import Gateway

/// Back-pressure, cancellation and clocks of destinations that wait, over real sockets.
@Suite("Asynchronous destinations: flow") struct AsyncFlowTests {
    /// More than all the buffers between the two sides could take.
    static let size = 50_000_000
    static let bound = 20_000_000

    @Test func `a client is read from no faster than its body is asked for`() async throws {
        let gate = AsyncStream<Void>.makeStream()
        try await AsyncTesting.with({ exchange in
            for await _ in gate.stream { break }
            var count = 0
            for try await piece in exchange.body { count += piece.readableBytes }
            try await say("\(count)", exchange)
        }) { gateway in
            let client = try gateway.client()
            try client.send("POST /a HTTP/1.1\r\nHost: a.example\r\nContent-Length: \(Self.size)\r\n\r\n")
            let sent = Count()
            let sender = Thread {
                let piece = [UInt8](repeating: 120, count: 50_000)
                while sent.current < Self.size, (try? client.send(piece)) != nil { sent.add(piece.count) }
            }
            sender.start()
            #expect(await sent.settled() < Self.bound)
            gate.continuation.finish()
            #expect(try client.receiveResponse().body == "\(Self.size)")
        }
    }

    @Test func `a writer waits while its client does not read`() async throws {
        let written = Count()
        try await AsyncTesting.with({ exchange in
            try await exchange.answer.begin(AsyncAnswerHead(status: 200, length: Self.size))
            while written.current < Self.size {
                try await exchange.answer.write(ByteBuffer(repeating: 120, count: 50_000))
                written.add(50_000)
            }
        }) { gateway in
            let client = try gateway.client(receiveBuffer: 65_536)
            try client.send(AsyncTesting.get())
            #expect(await written.settled() < Self.bound)
            _ = try client.receive(until: "\r\n\r\n")
            #expect(try client.receive(exactly: Self.size).count == Self.size)
            #expect(await gateway.logged().first?.contains(#""bytes_out":50000000"#) == true)
        }
    }

    @Test(arguments: ["sleep", "read", "write"])
    func `the task is cancelled as soon as the client is gone`(_ what: String) async throws {
        let begun = Recorder<Int>()
        let ended = Recorder<ContinuousClock.Instant>()
        try await AsyncTesting.with({ exchange in
            begun.add(1)
            do {
                switch what {
                case "read": for try await _ in exchange.body {}
                case "write":
                    try await exchange.answer.begin(AsyncAnswerHead(status: 200))
                    while true { try await exchange.answer.write(ByteBuffer(repeating: 120, count: 50_000)) }
                default: try await Task.sleep(for: .seconds(60))
                }
            } catch {
                if Task.isCancelled { ended.add(.now) }
                throw error
            }
        }) { gateway in
            var times: [Duration] = []
            // A machine that is busy with other things may be late once.
            for attempt in 1...3 where times.allSatisfy({ $0 >= .milliseconds(100) }) {
                let client = try gateway.client(receiveBuffer: 65_536)
                try client.send("POST /a HTTP/1.1\r\nHost: a.example\r\nContent-Length: 9\r\n\r\nabc")
                #expect(await begun.wait(for: attempt))
                try await Task.sleep(for: .milliseconds(100))
                #expect(ended.all.count == attempt - 1)
                let before = ContinuousClock.now
                client.reset()
                #expect(await ended.wait(for: attempt))
                if let moment = ended.all.last { times.append(moment - before) }
            }
            #expect(times.contains { $0 < .milliseconds(100) })
            #expect(await gateway.logged().first?.contains(#""ended":"client-gone""#) == true)
        }
    }

    @Test func `a destination that does not begin its answer in time is cancelled, and the client told`() async throws {
        let ended = Recorder<Bool>()
        try await AsyncTesting.with(
            api: ", timeout: 150ms",
            { exchange in
                do { try await Task.sleep(for: .seconds(60)) } catch {
                    ended.add(Task.isCancelled)
                    throw error
                }
            }
        ) { gateway in
            let client = try gateway.client()
            try client.send(AsyncTesting.get())
            let (head, body) = try client.receiveResponse()
            #expect(head.hasPrefix("HTTP/1.1 504 ") && body.contains(#""code":"destination-late""#))
            #expect(await ended.wait(for: 1))
            #expect(ended.all == [true])
            #expect(await gateway.logged().first?.contains(#""code":"destination-late""#) == true)
        }
    }

    @Test func `the time does not run while the client's body is waited for`() async throws {
        try await AsyncTesting.with(
            api: ", timeout: 150ms",
            { exchange in
                for try await _ in exchange.body {}
                try await say("read", exchange)
            }
        ) { gateway in
            let client = try gateway.client()
            try client.send("POST /a HTTP/1.1\r\nHost: a.example\r\nContent-Length: 2\r\n\r\na")
            try await Task.sleep(for: .milliseconds(500))
            try client.send("b")
            #expect(try client.receiveResponse().body == "read")
        }
    }

    @Test func `a body that is larger than the route takes ends the exchange`() async throws {
        let ended = Recorder<Bool>()
        let begun = Count()
        try await AsyncTesting.with(
            api: ", maximum-body: 10B",
            { exchange in
                begun.add(1)
                do { for try await _ in exchange.body {} } catch {
                    ended.add(Task.isCancelled)
                    throw error
                }
            }
        ) { gateway in
            let client = try gateway.client()
            try client.send("POST /a HTTP/1.1\r\nHost: a.example\r\nContent-Length: 11\r\n\r\n")
            #expect(try client.receiveResponse().head.hasPrefix("HTTP/1.1 413 "))
            #expect(begun.current == 0)
            let other = try gateway.client()
            try other.send(
                "POST /a HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n")
            #expect(try other.receiveResponse().head.hasPrefix("HTTP/1.1 413 "))
            #expect(await ended.wait(for: 1))
            #expect(ended.all == [true])
        }
    }

    @Test func `an error before the head is a refusal with a trace, and says nothing of the error`() async throws {
        struct Secret: Error { let text = "password" }
        try await AsyncTesting.with({ exchange in
            switch exchange.head.path {
            case "/a/own":
                var failure = AsyncExchangeFailure(status: 503, code: "model-busy", detail: "Later.", inside: "queue")
                failure.fields = [("Retry-After", Array("7".utf8))]
                throw failure
            case "/a/nothing": return
            case "/a/order": try await exchange.answer.write(ByteBuffer(string: "x"))
            case "/a/head": try await exchange.answer.begin(AsyncAnswerHead(status: 101))
            default: throw Secret()
            }
        }) { gateway in
            let client = try gateway.client()
            func ask(_ path: String) throws -> (head: String, body: String) {
                try client.send(AsyncTesting.get(path))
                return try client.receiveResponse()
            }
            for path in ["/a", "/a/nothing", "/a/order", "/a/head"] {
                let (head, body) = try ask(path)
                #expect(head.hasPrefix("HTTP/1.1 500 ") && body.contains(#""code":"destination-failed""#))
                #expect(!body.contains("assword") && !body.contains("Secret"))
            }
            let (head, body) = try ask("/a/own")
            #expect(head.hasPrefix("HTTP/1.1 503 ") && head.contains("Retry-After: 7\r\n"))
            #expect(body.contains(#""code":"model-busy""#) && !body.contains("queue"))
            // The record is written after the answer.
            let lines = await gateway.logged(5)
            let explained = gateway.explanations.recent(limit: 10)
            #expect(explained.map(\.detail).contains("queue"))
            #expect(explained.contains { $0.detail == "the destination threw Secret" })
            #expect(lines.count == 5 && lines.allSatisfy { $0.contains(#""ended":"upstream-failed""#) })
        }
    }

    @Test(arguments: ["throws", "short", "long"])
    func `an answer that breaks off is not taken for a whole one`(_ how: String) async throws {
        struct Broken: Error {}
        try await AsyncTesting.with({ exchange in
            let length = how == "throws" ? nil : 6
            try await exchange.answer.begin(
                AsyncAnswerHead(status: 200, length: length), with: ByteBuffer(string: "some"))
            if how == "long" { try await exchange.answer.write(ByteBuffer(string: "more")) }
            if how == "throws" { throw Broken() }
        }) { gateway in
            let client = try gateway.client()
            try client.send(AsyncTesting.get())
            let all = client.receiveAll()
            #expect(!all.contains("0\r\n\r\n") && !all.hasSuffix("\r\n\r\nsomemo"))
            #expect(await gateway.logged().first?.contains(#""ended":"upstream-failed""#) == true)
        }
    }
}

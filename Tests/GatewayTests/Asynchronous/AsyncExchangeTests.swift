import Edge
import NIOCore
import NIOPosix
import Telemetry
import TestSupport
import Testing

@testable import Gateway

/// Destinations that wait, over real sockets.
@Suite("Asynchronous destinations") struct AsyncExchangeTests {
    @Test func `the destination sees what an upstream would be sent, and its answer is the client's`() async throws {
        try await AsyncTesting.with({ exchange in
            var told =
                "\(exchange.head.method) \(exchange.head.target) \(exchange.head.path) \(exchange.head.query ?? "-")"
            told += " \(exchange.head.authority) \(exchange.client) \(exchange.isEncrypted)\n"
            var fields: [String] = []
            exchange.head.forEachField { fields.append("\($0.lowercased()): \($1)") }
            told += fields.filter { !$0.hasPrefix("traceparent") }.sorted().joined(separator: "\n") + "\n"
            for try await piece in exchange.body { told += String(buffer: piece) }
            let head = AsyncAnswerHead(
                status: 201,
                fields: [
                    (Array("X-Own".utf8), Array("1".utf8)), (Array("Connection".utf8), Array("close".utf8)),
                    (Array("Keep-Alive".utf8), Array("timeout=1".utf8)), (Array("X-Bad".utf8), Array("a\r\nb: c".utf8)),
                ], length: told.utf8.count)
            try await exchange.answer.begin(head, with: ByteBuffer(string: told))
        }) { gateway in
            let client = try gateway.client()
            let request = """
                POST /a/./b%41?x=%41 HTTP/1.1\r\nHost: a.example\r\nX-Forwarded-For: 9.9.9.9\r\nForwarded: for=9.9.9.9\r
                Connection: close, X-Hop\r\nX-Hop: 1\r\nTE: trailers\r\nX-Kept: 1\r\nTransfer-Encoding: chunked\r\n\r
                3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n
                """
            try client.send(request)
            let (head, body) = try client.receiveResponse()
            #expect(
                body == """
                    POST /a/bA?x=%41 /a/bA x=%41 a.example 127.0.0.1 false
                    x-forwarded-for: 127.0.0.1
                    x-forwarded-host: a.example
                    x-forwarded-proto: http
                    x-kept: 1
                    abcde
                    """)
            #expect(head.hasPrefix("HTTP/1.1 201 Created\r\n"))
            #expect(head.contains("X-Own: 1\r\n") && head.contains("Date: Fri, 15 Jan 2027 08:00:00 GMT\r\n"))
            #expect(!head.contains("Keep-Alive") && !head.contains("X-Bad") && !head.contains("b: c"))
            let line = try #require(await gateway.logged().first)
            #expect(line.contains(#""status":201"#) && line.contains(#""ended":"complete""#))
            #expect(line.contains(#""bytes_in":5"#) && line.contains(#""bytes_out":\#(body.utf8.count)"#))
        }
    }

    @Test func `a trusted proxy says who the client is, and nobody else does`() async throws {
        for (proxies, expected) in [(["127.0.0.1"], "9.9.9.9 true"), ([], "127.0.0.1 false")] {
            try await AsyncTesting.with(
                trusting: proxies,
                { exchange in
                    try await say("\(exchange.client) \(exchange.isEncrypted)", exchange)
                }
            ) { gateway in
                let client = try gateway.client()
                try client.send(AsyncTesting.get("/a", "X-Forwarded-For: 9.9.9.9", "X-Forwarded-Proto: https"))
                #expect(try client.receiveResponse().body == expected)
            }
        }
    }

    @Test func `answers are framed for their request and status, and the connection lives on`() async throws {
        try await AsyncTesting.with({ exchange in
            let piece = ByteBuffer(string: "body")
            switch exchange.head.path {
            case "/a/length": try await exchange.answer.begin(AsyncAnswerHead(status: 200, length: 4), with: piece)
            case "/a/stream":
                try await exchange.answer.begin(AsyncAnswerHead(status: 200))
                try await exchange.answer.write(piece)
                try await exchange.answer.write(piece)
            case "/a/204": try await exchange.answer.begin(AsyncAnswerHead(status: 204, length: 4), with: piece)
            default: try await exchange.answer.begin(AsyncAnswerHead(status: 304, length: 4), with: piece)
            }
        }) { gateway in
            let client = try gateway.client()
            func ask(_ method: String, _ path: String) throws -> String {
                try client.send("\(method) \(path) HTTP/1.1\r\nHost: a.example\r\n\r\n")
                return try client.receive(until: "\r\n\r\n")
            }
            #expect(try ask("HEAD", "/a/length").contains("Content-Length: 4\r\n"))
            #expect(!(try ask("HEAD", "/a/stream").contains("Transfer-Encoding")))
            #expect(!(try ask("GET", "/a/204").contains("Content-Length")))
            #expect(try ask("GET", "/a/304").contains("HTTP/1.1 304"))
            #expect(try ask("GET", "/a/stream").contains("Transfer-Encoding: chunked\r\n"))
            #expect(try client.receive(until: "0\r\n\r\n") == "4\r\nbody\r\n4\r\nbody\r\n0\r\n\r\n")
            // Nothing of the bodies that must not be was sent in between.
            #expect(try ask("GET", "/a/length").hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(try client.receive(exactly: 4) == Array("body".utf8))
            let old = try gateway.client()
            try old.send("GET /a/stream HTTP/1.0\r\nHost: a.example\r\n\r\n")
            let all = old.receiveAll()
            #expect(all.hasSuffix("\r\n\r\nbodybody") && !all.contains("chunked"))
        }
    }

    @Test func `the task stays on the event loop of its connection`() async throws {
        let places = Recorder<Bool>()
        try await AsyncTesting.with({ exchange in
            func note() { places.add(MultiThreadedEventLoopGroup.currentEventLoop != nil) }
            note()
            for try await _ in exchange.body { note() }
            try await Task.sleep(for: .milliseconds(5))
            note()
            try await say("x", exchange)
            note()
        }) { gateway in
            let client = try gateway.client()
            try client.send("POST /a HTTP/1.1\r\nHost: a.example\r\nContent-Length: 2\r\n\r\nab")
            _ = try client.receiveResponse()
            #expect(await places.wait(for: 4))
            #expect(places.all.allSatisfy { $0 })
        }
    }

    @Test func `an answer that was finished is the client's before the destination returns`() async throws {
        let gate = AsyncStream<Void>.makeStream()
        try await AsyncTesting.with({ exchange in
            try await exchange.answer.begin(AsyncAnswerHead(status: 200), with: ByteBuffer(string: "done"))
            try await exchange.answer.finish()
            for await _ in gate.stream { break }
        }) { gateway in
            let client = try gateway.client()
            try client.send(AsyncTesting.get())
            #expect(try client.receive(until: "0\r\n\r\n").hasSuffix("4\r\ndone\r\n0\r\n\r\n"))
            try client.send(AsyncTesting.get("/nothing"))
            #expect(try client.receiveResponse().head.hasPrefix("HTTP/1.1 404"))
            gate.continuation.finish()
        }
    }

    @Test func `a destination under way finishes while the listener drains`() async throws {
        let begun = Recorder<Int>()
        try await AsyncTesting.with({ exchange in
            begun.add(1)
            try await Task.sleep(for: .milliseconds(200))
            try await say("finished", exchange)
        }) { gateway in
            let client = try gateway.client()
            try client.send(AsyncTesting.get())
            #expect(await begun.wait(for: 1))
            await gateway.listener.shutDown(within: .seconds(10))
            let (head, body) = try client.receiveResponse()
            #expect(body == "finished" && head.contains("Connection: close\r\n"))
        }
    }
}

import Edge
import Foundation
import HTTPWire
import NIOCore
import NIOSSL
import TestSupport
import Testing

@Suite struct `A listener with certificates` {
    private func withTLS(
        _ sources: [CertificateSource], _ configuration: EdgeConfiguration = EdgeTesting.hasty(),
        _ body: (Listener, ListenerCertificates) async throws -> Void
    ) async throws {
        let certificates = try ListenerCertificates(sources)
        try await EdgeTesting.withListener(configuration, certificates: certificates, handler: { TLSHandler() }) {
            try await body($0, certificates)
        }
    }

    // MARK: Certificates

    @Test func `shows the certificate of the host that the client names`() async throws {
        let issuer = try TestCertificate([])
        let first = try TestCertificate(["a.test", "A2.test"], issuer: issuer)
        let second = try TestCertificate(["*.b.test", "b.test"])
        try await withTLS([first.source(), second.source()]) { listener, _ in
            let expected = [
                ("a.test", first), ("a2.test", first), ("B.test", second), ("x.b.test", second), ("x.y.b.test", first),
                ("other.test", first), (nil, first),
            ]
            for (host, certificate) in expected {
                let client = try await TLSClient(port: listener.port, host: host)
                #expect(try client.now.chain.first == certificate.seen(), "\(host ?? "no name")")
                #expect(try await client.get("/x", body: "encrypted"))
                client.close()
            }
        }
    }

    /// The issuer's certificate goes with its own leaf only.
    @Test func `sends each chain alone`() async throws {
        let issuer = try TestCertificate([])
        let first = try TestCertificate(["a.test"], issuer: issuer)
        let second = try TestCertificate(["b.test"])
        try await withTLS([first.source(), second.source()]) { listener, _ in
            for (host, chain) in [("a.test", [first, issuer]), ("b.test", [second])] {
                let client = try await TLSClient(port: listener.port, host: host)
                #expect(try client.now.chain == chain.map { try $0.seen() })
                client.close()
            }
        }
    }

    @Test func `shows replaced certificates to the next connection and keeps the open ones`() async throws {
        let old = try TestCertificate(["a.test"])
        let renewed = try TestCertificate(["a.test"])
        try await withTLS([old.source()]) { listener, certificates in
            let before = try await TLSClient(port: listener.port)
            #expect(try before.now.chain.first == old.seen())
            try certificates.replace([renewed.source()])
            let after = try await TLSClient(port: listener.port)
            #expect(try after.now.chain.first == renewed.seen())
            #expect(try await before.get("/x", body: "encrypted"))
            #expect(!before.now.hasEnded)
            let wrong = try renewed.source("renewed", key: old)
            #expect(throws: CertificateDefect.self) { try certificates.replace([wrong]) }
            let last = try await TLSClient(port: listener.port)
            #expect(try last.now.chain.first == renewed.seen())
        }
    }

    // MARK: Handshakes

    @Test(arguments: [TLSVersion.tlsv12, .tlsv13])
    func `speaks TLS 1.2 and 1.3 and agrees on http 1.1`(_ version: TLSVersion) async throws {
        try await withTLS([TestCertificate(["a.test"]).source()]) { listener, _ in
            let client = try await TLSClient(port: listener.port, offering: ["h2", "http/1.1"], highest: version)
            #expect(client.now.agreed == "http/1.1")
            #expect(try await client.channel.nioSSL_tlsVersion().get() == version)
            #expect(try await client.get("/x", body: "encrypted"))
        }
    }

    @Test func `refuses TLS 1.1`() async throws {
        try await withTLS([TestCertificate(["a.test"]).source()]) { listener, _ in
            let client = try await TLSClient(port: listener.port, highest: .tlsv11)
            #expect(await client.wait { $0.hasEnded })
            #expect(client.now.agreed == nil)
            #expect(await EdgeTesting.eventually { listener.counts.failedHandshakes == 1 })
        }
    }

    @Test func `closes on plain HTTP`() async throws {
        var configuration = EdgeTesting.hasty()
        configuration.headTimeout = .seconds(3600)
        try await withTLS([TestCertificate(["a.test"]).source()], configuration) { listener, _ in
            let client = try RawSocket(port: listener.port)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let answer = client.receiveAll()
            #expect(!answer.contains("HTTP"))
            #expect(answer.utf8.count < 64)
            #expect(await EdgeTesting.eventually { listener.connectionCount == 0 })
            #expect(listener.counts.failedHandshakes == 1)
        }
    }

    @Test func `gives a handshake only as long as a head`() async throws {
        var configuration = EdgeTesting.hasty()
        configuration.headTimeout = .milliseconds(100)
        try await withTLS([TestCertificate(["a.test"]).source()], configuration) { listener, _ in
            let silent = try RawSocket(port: listener.port)
            #expect(silent.isEndedByPeer())
            // A record's header that promises more than comes.
            let slow = try RawSocket(port: listener.port)
            try slow.send([0x16, 0x03, 0x01, 0x02, 0x00, 0x01])
            #expect(slow.isEndedByPeer())
            #expect(await EdgeTesting.eventually { listener.connectionCount == 0 })
            #expect(listener.counts.failedHandshakes == 2)
        }
    }

    // MARK: Ends

    @Test func `sends an answer to its end to a slow reader, and says that it is the end`() async throws {
        try await withTLS([TestCertificate(["a.test"]).source()]) { listener, _ in
            let client = try await TLSClient(port: listener.port, autoRead: false)
            try await client.send("GET /large HTTP/1.0\r\nHost: a\r\n\r\n")
            try await Task.sleep(for: .milliseconds(300))
            #expect(client.now.received.count < TLSHandler.large)
            try await client.startReading()
            #expect(await client.wait { $0.hasEnded })
            #expect(client.now.received.suffix(4) == [UInt8]("last".utf8))
            #expect(client.now.received.count > TLSHandler.large)
            #expect(!client.now.hasBrokenOff)
        }
    }

    @Test(arguments: [TLSVersion.tlsv12, .tlsv13])
    func `says goodbye after the last answer and to an idle connection`(_ version: TLSVersion) async throws {
        var configuration = EdgeTesting.hasty()
        configuration.idleTimeout = .seconds(2)
        try await withTLS([TestCertificate(["a.test"]).source()], configuration) { listener, _ in
            let last = try await TLSClient(port: listener.port, highest: version)
            try await last.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(await last.wait { $0.hasEnded })
            #expect(last.now.received.holds("\r\n\r\nencrypted"))
            #expect(!last.now.hasBrokenOff)
            let idle = try await TLSClient(port: listener.port, highest: version)
            #expect(try await idle.get("/", body: "encrypted"))
            #expect(await idle.wait { $0.hasEnded })
            #expect(!idle.now.hasBrokenOff)
            #expect(await EdgeTesting.eventually { listener.connectionCount == 0 })
        }
    }

    @Test func `breaks a response off without a goodbye`() async throws {
        try await withTLS([TestCertificate(["a.test"]).source()]) { listener, _ in
            let client = try await TLSClient(port: listener.port)
            try await client.send("GET /broken HTTP/1.0\r\nHost: a\r\n\r\n")
            #expect(await client.wait { $0.hasEnded })
            #expect(client.now.hasBrokenOff)
            #expect(await EdgeTesting.eventually { listener.connectionCount == 0 })
        }
    }

    @Test func `waits for a client that does not answer the goodbye only as long as it lingers`() async throws {
        try await withTLS([TestCertificate(["a.test"]).source()]) { listener, _ in
            let client = try await TLSClient(port: listener.port)
            try await client.becomeDeaf()
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let started = NIODeadline.now()
            #expect(await EdgeTesting.eventually { listener.connectionCount == 0 })
            // The TLS library's own time for this is 5 s.
            #expect(NIODeadline.now() - started < .seconds(5))
        }
    }

    @Test func `resets a client that takes nothing`() async throws {
        var configuration = EdgeTesting.hasty()
        configuration.writeStall = .seconds(3)
        try await withTLS([TestCertificate(["a.test"]).source()], configuration) { listener, _ in
            let client = try await TLSClient(port: listener.port, autoRead: false)
            try await client.send("GET /stalled HTTP/1.0\r\nHost: a\r\n\r\n")
            #expect(await EdgeTesting.eventually { listener.connectionCount == 0 })
            // The reset may have arrived already.
            try? await client.startReading()
            #expect(await client.wait { $0.hasEnded })
            #expect(client.now.hasBrokenOff)
        }
    }

    @Test func `answers a head that takes too long`() async throws {
        var configuration = EdgeTesting.hasty()
        // Long enough for a slow machine's handshake, which it bounds as well.
        configuration.headTimeout = .seconds(3)
        try await withTLS([TestCertificate(["a.test"]).source()], configuration) { listener, _ in
            let client = try await TLSClient(port: listener.port)
            try await client.send("GET / HTTP/1.1\r\nHo")
            #expect(await client.wait { $0.hasEnded })
            #expect(client.now.received.holds("\"code\":\"head-timeout\""))
        }
    }
}

/// Answers with whether the exchange is encrypted; paths select variations.
private final class TLSHandler: ExchangeHandler {
    static let large = 8_000_000

    override func handle(_ exchange: Exchange) {
        switch String(decoding: exchange.path.bytes, as: UTF8.self) {
        case "/large":
            EdgeTesting.writeHead("HTTP/1.1 200 OK\r\n\r\n", to: exchange)
            exchange.writeBody(ByteBuffer(repeating: 120, count: Self.large))
            exchange.writeBody(ByteBuffer(string: "last"))
            exchange.finish()
        case "/stalled":
            EdgeTesting.writeHead("HTTP/1.1 200 OK\r\n\r\n", to: exchange)
            exchange.writeBody(ByteBuffer(repeating: 120, count: Self.large))
            exchange.flush()
        case "/broken":
            EdgeTesting.writeHead("HTTP/1.1 200 OK\r\n\r\n", to: exchange)
            exchange.writeBody(ByteBuffer(string: "half"))
            exchange.flush()
            exchange.abort()
        default:
            let text = exchange.isEncrypted ? "encrypted" : "plain"
            exchange.respond(LocalAnswer(status: 200, body: [UInt8](text.utf8)))
        }
    }
}

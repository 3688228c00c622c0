import HTTPWire
import Testing

@Suite struct `An offer to switch protocols` {
    private static func offer(_ fields: String, _ line: String = "GET / HTTP/1.1") throws -> UpgradeOffer? {
        let text = "\(line)\r\nHost: a\r\n\(fields)\r\n"
        let head = try #require(try Wire.scanRequest(text))
        return [UInt8](text.utf8).withUnsafeBytes { UpgradeOffer(head, $0) }
    }

    @Test(arguments: [
        ("Connection: Upgrade\r\nUpgrade: websocket\r\n", "websocket"),
        ("Upgrade: WebSocket\r\nConnection: keep-alive, upgrade\r\n", "WebSocket"),
        ("Connection: x\r\nConnection: upgrade\r\nUpgrade: a/1\r\nUpgrade: b\r\n", "a/1, b"),
        ("Connection: upgrade\r\nUpgrade: H2C , , websocket,HTTP/2.0,TLS/1.2,h2\r\n", "websocket"),
        ("Connection: upgrade\r\nUpgrade: a/, /b, c d, e/f/g, h\r\n", "h"),
    ])
    func `is passed on as far as it ends in a tunnel`(_ fields: String, _ list: String) throws {
        let offer = try #require(try Self.offer(fields))
        #expect(String(decoding: offer.list, as: UTF8.self) == list)
    }

    @Test(arguments: [
        ("Upgrade: websocket\r\n", "GET / HTTP/1.1"), ("Connection: upgrade\r\n", "GET / HTTP/1.1"),
        ("Connection: close\r\nUpgrade: websocket\r\n", "GET / HTTP/1.1"),
        ("Connection: x\r\nUpgrade: websocket\r\n", "GET / HTTP/1.1"),
        ("Connection: upgrade\r\nUpgrade: h2c\r\n", "GET / HTTP/1.1"),
        ("Connection: upgrade\r\nUpgrade: websocket\r\n", "GET / HTTP/1.0"),
        ("Connection: upgrade\r\nUpgrade: websocket\r\n", "POST / HTTP/1.1"),
        ("Connection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 1\r\n", "GET / HTTP/1.1"),
        ("Connection: upgrade\r\nUpgrade: websocket\r\nTransfer-Encoding: chunked\r\n", "GET / HTTP/1.1"),
    ])
    func `is none where a rule is broken`(_ fields: String, _ line: String) throws {
        #expect(try Self.offer(fields, line) == nil)
    }

    @Test(arguments: [
        ("101 X\r\nUpgrade: WEBSOCKET\r\n", true), ("101 X\r\nUpgrade: b, websocket\r\n", true),
        ("101 X\r\nUpgrade: websocket, c\r\n", false), ("101 X\r\nUpgrade: web\r\n", false), ("101 X\r\n", false),
        ("200 X\r\nUpgrade: websocket\r\n", false),
    ])
    func `is taken only by what was offered`(_ answer: String, _ expected: Bool) throws {
        let offer = try #require(try Self.offer("Connection: upgrade\r\nUpgrade: websocket, b\r\n"))
        let text = "HTTP/1.1 \(answer)\r\n"
        let head = try #require(try Wire.scanResponse(text))
        #expect([UInt8](text.utf8).withUnsafeBytes { offer.isTaken(by: head, $0) } == expected)
    }
}

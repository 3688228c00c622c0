import HTTPWire
import Testing

@Suite struct `Trusted proxies` {
    private static let proxies = TrustedProxies(
        ["10.0.0.0/8", "127.0.0.1", "2001:db8:1::/48"].compactMap { IPNetwork($0) })

    private func client(_ peer: String, _ lines: [String], _ proxies: TrustedProxies = proxies) throws -> String {
        let peer = try #require(IPAddress(Array(peer.utf8)))
        return proxies.client(peer: peer, forwardedFor: lines.map { Array($0.utf8) }).description
    }

    @Test(arguments: [
        // One proxy, and what the client wrote before it.
        ("127.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("127.0.0.1", ["198.51.100.1, 203.0.113.9"], "203.0.113.9"),
        ("127.0.0.1", ["198.51.100.1", "203.0.113.9"], "203.0.113.9"),
        ("127.0.0.1", ["10.9.9.9, 127.0.0.1, 203.0.113.9"], "203.0.113.9"),
        // Several proxies.
        ("127.0.0.1", ["198.51.100.1,203.0.113.9 ,\t10.0.0.2"], "203.0.113.9"),
        ("10.0.0.1", ["203.0.113.9", "2001:db8:1::7", "10.255.255.255"], "203.0.113.9"),
        // Somebody inside.
        ("10.0.0.1", ["10.0.0.9, 10.0.0.2"], "10.0.0.9"),
        ("10.0.0.1", [], "10.0.0.1"),
        // Ports and brackets.
        ("10.0.0.1", ["203.0.113.9:65535"], "203.0.113.9"),
        ("10.0.0.1", ["[2001:db8::9]:443"], "2001:db8::9"),
        ("10.0.0.1", ["[2001:db8::9]"], "2001:db8::9"),
        ("10.0.0.1", ["2001:DB8:0::9"], "2001:db8::9"),
        ("10.0.0.1", ["::ffff:203.0.113.9"], "203.0.113.9"),
        ("::ffff:10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        // What is no address ends the reading where it stands.
        ("10.0.0.1", ["203.0.113.9, unknown"], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.9, unknown, 10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", ["203.0.113.9,"], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.9", ""], "10.0.0.1"),
        ("10.0.0.1", ["[203.0.113.9]"], "10.0.0.1"),
        ("10.0.0.1", ["[2001:db8::9]x"], "10.0.0.1"),
        ("10.0.0.1", ["[2001:db8::9"], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.9:"], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.9:x"], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.09"], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113"], "10.0.0.1"),
        ("10.0.0.1", ["fe80::1%eth0"], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.9\u{0}"], "10.0.0.1"),
        // Nobody else's word counts.
        ("192.0.2.1", ["203.0.113.9"], "192.0.2.1"),
        ("11.0.0.1", ["203.0.113.9"], "11.0.0.1"),
        ("2001:db8:2::1", ["203.0.113.9"], "2001:db8:2::1"),
    ])
    func `the client is the first from the right that is no trusted proxy`(
        peer: String, lines: [String], expected: String
    ) throws {
        #expect(try client(peer, lines) == expected)
    }

    @Test func `without a trusted proxy the fields are nothing`() throws {
        #expect(try client("127.0.0.1", ["203.0.113.9"], .none) == "127.0.0.1")
    }

    @Test(arguments: [
        ("10.0.0.1", ["https"], true), ("10.0.0.1", ["HTTPS"], true), ("10.0.0.1", ["http, https"], true),
        ("10.0.0.1", ["https", "http"], false), ("10.0.0.1", ["https,"], false), ("10.0.0.1", ["httpsx"], false),
        ("10.0.0.1", [], false), ("192.0.2.1", ["https"], false),
    ])
    func `a trusted proxy says whether the client came encrypted`(
        peer: String, lines: [String], expected: Bool
    ) throws {
        let peer = try #require(IPAddress(Array(peer.utf8)))
        #expect(
            Self.proxies.isEncrypted(peer: peer, forwardedProto: lines.map { Array($0.utf8) }) == expected)
    }

    @Test(arguments: [
        ("192.0.2.7", "192.0.2.7", "192.0.2.8"), ("192.0.2.0/25", "192.0.2.127", "192.0.2.128"),
        ("128.0.0.0/1", "255.0.0.1", "127.255.255.255"), ("2001:db8::/33", "2001:db8:7fff::", "2001:db8:8000::"),
        ("::1", "::1", "::2"), ("::ffff:10.0.0.0/104", "10.1.2.3", "11.0.0.0"),
        ("10.0.0.0/8", "::ffff:10.1.1.1", "a00::"),
    ])
    func `a network has the addresses that begin like it`(text: String, inside: String, outside: String) throws {
        let network = try #require(IPNetwork(text))
        #expect(network.contains(try #require(IPAddress(Array(inside.utf8)))))
        #expect(!network.contains(try #require(IPAddress(Array(outside.utf8)))))
    }

    @Test(arguments: [
        "", "/", "/8", "10.0.0.0/", "10.0.0.0/0", "::/0", "10.0.0.0/33", "2001:db8::/129", "10.0.0.1/8", "10.0.0.0/+8",
        "10.0.0.0/8/8", "10.0.0.0/-1", "10.0.0/8", "10.0.0.0/8 ", "localhost", "[::1]", "127.0.0.1:80",
        "::ffff:10.0.0.0/8",
        "010.0.0.0/8", "10.0.0.0/99999999999999999999",
    ])
    func `nonsense is no network`(text: String) {
        #expect(IPNetwork(text) == nil)
    }
}

import Testing

@testable import Gateway

struct HostPatternTests {
    @Test(arguments: [
        ("", "without a port"), ("API.example", "lower case"), ("api.example:80", "without a port"),
        ("api.example.", "dot at its end"), ("*", "*.example"), ("*.", "*.example"), ("a.*.example", "*.example"),
        ("*a.example", "*.example"), ("a..b", "dot at its end"), (".example", "dot at its end"),
        ("*.0.0.1", "part of an address"), ("[::1", "brackets"), ("[::1]:80", "brackets"), ("[127.0.0.1]", "brackets"),
        ("[]", "brackets"), ("[", "brackets"), ("]", "without a port"), ("::1", "without a port"),
        ("[::g]", "brackets"), ("a b", "without a port"), ("é.example", "without a port"),
        (String(repeating: "a", count: 256), "without a port"),
    ])
    func `what no host could match is complained about`(_ text: String, _ complaint: String) {
        do throws(PatternComplaint) {
            _ = try HostPattern(text)
            Issue.record("accepted \(text)")
        } catch {
            #expect(error.message.contains(complaint), "\(error)")
        }
    }

    private static let lines = [
        "* api.example /*", "* *.example /*", "* *.b.example /*", "* 127.0.0.1 /*", "* [2001:db8::1] /*", "* - /*",
    ]

    @Test(arguments: [
        ("api.example", 0), ("API.Example", 0), ("api.example:8443", 0), ("api.example.", 0), ("Api.Example.:80", 0),
        ("x.api.example", 1), ("y.example", 1), ("Y.EXAMPLE:1", 1), ("a.c.example", 1), ("b.example", 1),
        ("x.b.example", 2), ("x.y.b.example.", 2), ("xb.example", 1),
        ("example", 5), (".example", 5), ("..example", 5), ("api.example..", 5), ("xexample", 5), ("apiXexample", 5),
        ("127.0.0.1:80", 3), ("127.0.0.2", 5),
        ("[2001:db8::1]", 4), ("[2001:DB8::1]:443", 4), ("[2001:db8:0:0:0:0:0:1]", 4), ("[2001:db8::2]", 5),
        ("", 5), (":", 5), (":80", 5), (".", 5), (".:", 5), ("[", 5), ("[]", 5), ("]", 5), ("[:80", 5),
        ("[2001:db8::1", 5), ("[2001:db8::1]x.example", 5), ("2001:db8::1", 5), ("api.example\u{0}", 5),
        ("api.exampl\u{e9}", 5), ("*.example", 1), ("a,example", 5),
    ])
    func `the most specific host goes first, however it is spelled`(_ host: String, _ place: Int) throws {
        #expect(try matcher(Self.lines).answer("GET", "/x", host: host) == Self.lines[place])
    }

    @Test func `hosts of any length and of all bytes end in an answer`() throws {
        let routes = try matcher(Self.lines)
        #expect(routes.answer("GET", "/", host: String(repeating: "a.", count: 124) + "example") == Self.lines[1])
        for count in [127, 128, 40_000] {
            #expect(routes.answer("GET", "/", host: String(repeating: "a.", count: count) + "example") == Self.lines[5])
            #expect(routes.answer("GET", "/", host: "[" + String(repeating: ":", count: count)) == Self.lines[5])
        }
        for byte in UInt8.min ... .max {
            for host in [[byte], [byte, byte], [0x5B, byte], [byte, 0x5D], [0x61, byte, 0x61]] {
                let isAnyHost = host.withUnsafeBytes { host in
                    switch routes.match(path: [0x2F], method: host, host: host, holds: { _ in false }) {
                    case .route(_, entry: 5): true
                    default: false
                    }
                }
                #expect(isAnyHost, "\(host)")
            }
        }
    }
}

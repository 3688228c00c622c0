import HTTPWire
import Testing

@testable import Gateway

struct RouteMatcherTests {
    @Test(
        arguments: [
            // Exact, prefix, slash at the end, letters.
            (["* - /orders", "* - /orders/*"], "GET /orders", 0),
            (["* - /orders", "* - /orders/*"], "GET /orders/", 1),
            (["* - /orders/", "* - /orders"], "GET /orders", 1),
            (["* - /orders/", "* - /orders"], "GET /orders/", 0),
            (["* - /orders/*", "* - /orders/"], "GET /orders/", 1),
            (["* - /orders/*"], "GET /orders", 0), (["* - /orders/*"], "GET /orders/1/2/", 0),
            (["* - /orders/*"], "GET /ordersfoo", nil), (["* - /orders/*"], "GET /order", nil),
            (["* - /orders/*"], "GET /Orders", nil), (["* - /orders"], "GET /orders/1", nil),
            (["* - /"], "GET /", 0), (["* - /"], "GET /a", nil), (["* - /*"], "GET /", 0), (["* - /*"], "GET /a/b", 0),
            (["* - /*", "* - /a/*", "* - /a/b/*"], "GET /a/b/c", 2),
            (["* - /*", "* - /a/*", "* - /a/b/*"], "GET /a/c", 1),
            (["* - /a%20b"], "GET /a%20b", 0),
            // Names.
            (["* - /{a}"], "GET /x", 0), (["* - /{a}"], "GET /", nil), (["* - /{a}"], "GET /x/", nil),
            (["* - /{a}/"], "GET /x/", 0), (["* - /{a}/*"], "GET /x", 0), (["* - /{a}/*"], "GET /", nil),
            (["* - /{a}", "* - /x"], "GET /x", 1), (["* - /{a}", "* - /x"], "GET /y", 0),
            (["* - /*", "* - /{a}"], "GET /x", 1), (["* - /*", "* - /{a}"], "GET /x/y", 0),
            // Segment by segment, and back when a branch fails.
            (["* - /a/*", "* - /{x}/b"], "GET /a/b", 0), (["* - /a/c", "* - /{x}/b"], "GET /a/b", 1),
            (["* - /{x}/b", "* - /a/{y}"], "GET /a/b", 1),
            (["* - /a/{y}/c", "* - /{x}/b/{z}", "* - /*"], "GET /a/b/d", 1),
            (["* - /a/{y}/c", "* - /{x}/b/e", "* - /*"], "GET /a/b/d", 2),
            (["* - /a/*", "* - /a/{x}/b/c"], "GET /a/1/b/d", 0),
            // Hosts before paths; back to less specific hosts.
            (["* - /a/b", "* h.example /*"], "GET /a/b h.example", 1),
            (["* - /a/b", "* h.example /a"], "GET /a/b h.example", 0),
            (["* *.example /a", "* h.example /b", "* - /c"], "GET /a h.example", 0),
            (["* *.example /a", "* h.example /b", "* - /c"], "GET /c h.example", 2),
            (["* *.b.example /b", "* *.example /a"], "GET /a x.b.example", 1),
            (["* h.example,g.example /a"], "GET /a g.example", 0), (["* h.example /a"], "GET /a", nil),
            // Methods.
            (["* - /a", "GET - /a"], "GET /a", 1), (["* - /a", "GET - /a"], "POST /a", 0), (["GET - /a"], "HEAD /a", 0),
            (["GET - /a", "HEAD - /a"], "HEAD /a", 1), (["GET - /a", "HEAD - /a"], "GET /a", 0),
            (["HEAD - /a", "* - /*"], "GET /a", 1), (["GET - /a", "* - /*"], "get /a", 1),
            (["GET - /a/b", "POST - /a/*"], "POST /a/b", 1),
            (["GET h.example /a", "POST - /*"], "POST /a h.example", 1),
            (["GET - /a/{x}", "POST - /{y}/b"], "POST /a/b", 1),
            // Header conditions.
            (["* - /a", "* - /a x-a", "* - /a x-a x-b"], "GET /a - x-a=1 x-b=2", 2),
            (["* - /a", "* - /a x-a", "* - /a x-a x-b"], "GET /a - x-a=1", 1),
            (["* - /a", "* - /a x-a"], "GET /a - x-b=1", 0), (["* - /a x-a", "* - /a x-a=1"], "GET /a - x-a=1", 1),
            (["* - /a x-a", "* - /a x-a=1"], "GET /a - x-a=2", 0), (["GET - /a", "* - /a x-a"], "GET /a - x-a=1", 1),
            (["* - /a x-a", "GET - /a x-b"], "GET /a - x-a=1 x-b=1", 1), (["* - /a x-a", "* - /*"], "GET /a", 1),
            (["* - /a x-a x-a", "* - /a x-b=1"], "GET /a - x-a=1 x-b=1", 1),
        ] as [([String], String, Int?)])
    func `the most specific route that serves a request gets it`(
        _ lines: [String], _ request: String, _ place: Int?
    ) throws {
        let words = request.split(separator: " ").map(String.init)
        let fields = words.dropFirst(3).map { word in
            let parts = word.split(separator: "=").map(String.init)
            return (name: parts[0], value: parts[1])
        }
        let host = words.count > 2 && words[2] != "-" ? words[2] : ""
        let expected = place.map { lines[$0] } ?? "404"
        #expect(try matcher(lines).answer(words[0], words[1], host: host, fields: fields) == expected)
        // Only what nothing else tells apart may depend on the order.
        #expect(try matcher(lines.reversed()).answer(words[0], words[1], host: host, fields: fields) == expected)
    }

    @Test func `the methods that would be served are all named, sorted and once`() throws {
        let routes = try matcher([
            "PUT,GET - /a/b", "POST,PUT - /a/*", "DELETE - /{x}/b", "PATCH h.example /a/b", "TRACE - /a/c",
            "OPTIONS - /a/b x-a", "LOCK - /b",
        ])
        #expect(routes.answer("COPY", "/a/b") == "405 DELETE GET HEAD POST PUT")
        #expect(routes.answer("COPY", "/a/b", host: "h.example") == "405 DELETE GET HEAD PATCH POST PUT")
        #expect(routes.answer("COPY", "/a/b", fields: [("x-a", "1")]) == "405 DELETE GET HEAD OPTIONS POST PUT")
        #expect(routes.answer("HEAD", "/a/d") == "405 POST PUT")
        #expect(routes.answer("HEAD", "/b") == "405 LOCK")
        #expect(routes.answer("", "/b") == "405 LOCK")
        #expect(routes.answer("GET", "/c") == "404")
    }

    @Test func `a route whose headers do not hold is not there, for methods neither`() throws {
        let routes = try matcher(["GET - /a x-a=1"])
        #expect(routes.answer("GET", "/a") == "404")
        #expect(routes.answer("POST", "/a") == "404")
        #expect(routes.answer("POST", "/a", fields: [("x-a", "1")]) == "405 GET HEAD")
    }

    @Test func `a route for no hosts or no methods serves nothing`() throws {
        let pattern = try PathPattern("/*")
        let routes = RouteMatcher([
            RouteEntry(criteria: RouteCriteria(hosts: [], pattern: pattern), target: "host"),
            RouteEntry(criteria: RouteCriteria(pattern: pattern, methods: []), target: "method"),
        ])
        #expect(routes.answer("GET", "/a", host: "h.example") == "404")
        #expect(RouteMatcher<String>([]).answer("GET", "/a") == "404")
    }

    @Test func `headers are asked for only when a candidate has conditions`() throws {
        let routes = try matcher(["* - /a", "GET - /b x-a", "* - /c/*"])
        let asked = { (method: String, path: String) in
            var count = 0
            _ = Array(method.utf8).withUnsafeBytes { method in
                routes.match(path: Array(path.utf8), method: method, host: UnsafeRawBufferPointer(start: nil, count: 0))
                { _ in
                    count += 1
                    return true
                }
            }
            return count
        }
        #expect(asked("GET", "/a") == 0)
        #expect(asked("GET", "/c/b") == 0)
        #expect(asked("GET", "/b") == 1)
    }

    @Test func `the entry leads to the values of the names`() throws {
        let routes = try matcher(["* - /a/*", "* - /{x}/b/{y}"])
        let path = Array("/1/b/22".utf8)
        guard case .route(_, let entry) = routes.match("GET", "/1/b/22") else {
            Issue.record("not found")
            return
        }
        #expect(entry == 1)
        #expect(
            routes.values(ofEntry: entry, in: path).map { Array(path[$0.start..<$0.end]) } == [[0x31], [0x32, 0x32]])
        #expect(routes.values(ofEntry: 0, in: path).isEmpty)
        #expect(routes.values(ofEntry: 2, in: path).isEmpty && routes.values(ofEntry: -1, in: path).isEmpty)
    }

    @Test(
        arguments: [
            (["GET - /a/{x}", "GET - /a/{y}"], [[0, 1]]), (["* - /a", "* - /a"], [[0, 1]]),
            (["GET,PUT - /a", "POST,PUT - /a", "PUT - /a"], [[0, 1], [0, 2]]),
            (["GET - /a", "PUT - /a", "GET,PUT - /a"], [[0, 2], [1, 2]]),
            (["* h.example,g.example /a", "* g.example,i.example /a"], [[0, 1]]),
            (["* [::1] /a", "* [0:0::1] /a"], [[0, 1]]), (["* *.example /a", "* *.example /a"], [[0, 1]]),
            (["* - /a x-a x-b=1", "* - /a x-b=1 x-a"], [[0, 1]]), (["* - /*", "* - /*"], [[0, 1]]),
            // No duplicates.
            (["* - /a", "GET - /a"], []), (["GET - /a", "HEAD - /a"], []), (["* - /a", "* - /a/"], []),
            (["* - /a", "* - /a/*"], []), (["* - /a", "* - /{x}"], []), (["* - /a", "* h.example /a"], []),
            (["* h.example /a", "* *.example /a"], []), (["* - /a", "* - /a x-a"], []),
            (["* - /a x-a=1", "* - /a x-a=2"], []), (["* - /a x-a=1", "* - /a x-a"], []),
            (["GET,GET h.example,h.example /a"], []),
        ] as [([String], [[Int]])])
    func `two routes that want the same requests are reported`(_ lines: [String], _ pairs: [[Int]]) throws {
        #expect(try matcher(lines).duplicates.map { [$0.first, $0.second] } == pairs)
    }
}

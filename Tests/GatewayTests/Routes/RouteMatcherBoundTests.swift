import Testing

@testable import Gateway

/// What a request costs is bounded by the patterns, counted in nodes and candidates looked at.
struct RouteMatcherBoundTests {
    private func services(_ count: Int) throws -> RouteMatcher<String> {
        try matcher(
            (0..<count).flatMap { ["GET - /api/s\($0)/items/{item}", "* - /api/s\($0)/*"] }
                + ["* - /{any}/*", "GET *.example /{a}/{b}", "PUT x.example /a"])
    }

    @Test func `ten thousand routes cost as many steps as one`() throws {
        let few = try services(1)
        let many = try services(5000)
        #expect(many.mostSteps == few.mostSteps)
        #expect(many.duplicates.isEmpty)
        for path in ["/api/s0/items/7", "/api/s0/items", "/api/s0", "/api", "/x/y/z", "/"] {
            for (method, host) in [("GET", ""), ("PUT", "x.example"), ("COPY", "y.example")] {
                #expect(many.steps(method, path, host: host) == few.steps(method, path, host: host))
            }
        }
        for number in 0..<5000 {
            #expect(many.answer("GET", "/api/s\(number)/items/7") == "GET - /api/s\(number)/items/{item}")
            #expect(many.answer("PUT", "/api/s\(number)/items/7") == "* - /api/s\(number)/*")
        }
        #expect(many.answer("GET", "/api/s5000/items/7") == "* - /{any}/*")
    }

    @Test func `ten thousand hosts cost as many steps as one`() throws {
        let many = try matcher((0..<5000).flatMap { ["* h\($0).example /a/*", "* *.w\($0).example /b"] } + ["* - /*"])
        #expect(many.mostSteps == 5)
        for number in 0..<5000 {
            #expect(many.answer("GET", "/a/b", host: "H\(number).example:80") == "* h\(number).example /a/*")
            #expect(many.answer("GET", "/b", host: "x.y.w\(number).example") == "* *.w\(number).example /b")
            #expect(many.answer("GET", "/b", host: "w\(number).example") == "* - /*")
        }
    }

    @Test func `names down to the deepest pattern cost one node for each segment`() throws {
        var path = ""
        var lines: [String] = []
        for place in 0..<64 {
            path += "/{n\(place)}"
            lines.append("PUT - \(path)/*")
            lines.append("PUT - \(path)/z")
        }
        // The last would be too deep.
        let routes = try matcher(lines.dropLast())
        #expect(routes.mostSteps == 65 + 63 + 64 + 63)
        let long = String(repeating: "/a", count: 64)
        #expect(routes.answer("PUT", long) == lines[126])
        // No route takes a COPY: all of them are looked at, and a second time for what they take.
        #expect(routes.answer("COPY", long) == "405 PUT")
        #expect(routes.steps("COPY", long) == 2 * (65 + 64))
        #expect(routes.steps("COPY", String(repeating: "/a", count: 50_000)) == 2 * (65 + 64))
        #expect(routes.steps("COPY", String(repeating: "/z", count: 50_000)) == 2 * (65 + 63 + 64))
    }

    @Test func `a search in vain visits each mixture of literals and names once`() throws {
        // Every mixture of ten segments, and none of them the path: the worst that 1,024 routes can be.
        let mixtures = (0..<1024).map { bits in
            (0..<10).map { bits >> $0 & 1 == 0 ? "/a" : "/{n\($0)}" }.joined()
        }
        let routes = try matcher(mixtures.map { "* - \($0)/end" })
        #expect(routes.mostSteps == 2047 + 1024 + 1024)
        #expect(routes.steps("GET", String(repeating: "/a", count: 5000)) == 2047)
        // One mixture, however many routes: the same.
        let alike = try matcher((0..<1024).map { "* - /{a}/s\($0)/{b}/end" })
        #expect(alike.mostSteps == 6)
        #expect(alike.steps("GET", "/x/s7/y/z") == 4)
    }

    @Test func `a segment of any length ends in an answer`() throws {
        let routes = try matcher(["* - /{a}/b", "* - /a/c", "PUT - /*"])
        #expect(routes.answer("PUT", "/" + String(repeating: "a", count: 100_000)) == "PUT - /*")
        #expect(routes.answer("GET", "/" + String(repeating: "a", count: 100_000)) == "405 PUT")
    }

    @Test func `a path that is none ends in no route`() throws {
        let routes = try matcher(["* - /*"])
        #expect(routes.answer("GET", "") == "404")
        #expect(routes.answer("OPTIONS", "*") == "404")
    }
}

import HTTPWire
import TestSupport
import Testing

@testable import Gateway

/// The promise of `RouteMatcher` as plainly as it can be written: every route is looked at, the best is kept.
private struct PlainMatcher {
    let routes: [RouteCriteria]

    func answer(_ method: String, _ path: String, host: String, fields: Fields) -> (entry: Int?, methods: [String]) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        var found: [(rank: [Int], entry: Int)] = []
        for (entry, route) in routes.enumerated() {
            guard let pathRank = rank(of: route.pattern, parts) else { continue }
            let conditions = Set(route.headers)
            guard conditions.allSatisfy({ holds($0, fields) }) else { continue }
            let hostRanks = route.hosts.map { $0.compactMap { rank(of: $0, host) } } ?? [1000]
            for hostRank in hostRanks {
                let rest = [
                    -conditions.count, -conditions.filter { $0.value != nil }.count, route.methods == nil ? 1 : 0,
                    names("HEAD", route) ? 0 : 1, entry,
                ]
                found.append(([hostRank] + pathRank + rest, entry))
            }
        }
        found.sort { $0.rank.lexicographicallyPrecedes($1.rank) }
        for (_, entry) in found where serves(routes[entry], method) { return (entry, []) }
        var methods = Set(found.flatMap { routes[$0.entry].methods ?? [] }.map { String(decoding: $0, as: UTF8.self) })
        if methods.contains("GET") { methods.insert("HEAD") }
        return (nil, methods.sorted())
    }

    private func names(_ method: String, _ route: RouteCriteria) -> Bool {
        route.methods?.contains(Array(method.utf8)) == true
    }

    private func serves(_ route: RouteCriteria, _ method: String) -> Bool {
        route.methods == nil || names(method, route) || method == "HEAD" && names("GET", route)
    }

    /// Smaller is more specific: a number for each place in the pattern, of the same length for every pattern.
    private func rank(of pattern: PathPattern, _ parts: [String]) -> [Int]? {
        guard parts.count >= pattern.segments.count else { return nil }
        var ranks: [Int] = []
        for (segment, part) in zip(pattern.segments, parts) {
            switch segment {
            case .literal(let bytes):
                guard part.utf8.elementsEqual(bytes) else { return nil }
                ranks.append(1)
            case .name:
                guard !part.isEmpty else { return nil }
                ranks.append(2)
            }
        }
        guard pattern.coversBelow || parts.count == pattern.segments.count else { return nil }
        ranks.append(pattern.coversBelow ? 3 : 0)
        return ranks + [Int](repeating: 0, count: 10 - ranks.count)
    }

    private func rank(of pattern: HostPattern, _ host: String) -> Int? {
        switch pattern {
        case .name(let name): host.utf8.elementsEqual(name) ? 0 : nil
        case .below(let name):
            host.hasSuffix("." + String(decoding: name, as: UTF8.self)) && host.utf8.count > name.count + 1
                ? 500 - name.count : nil
        case .address(let address): host == "[\(address)]" ? 0 : nil
        }
    }
}

struct RouteMatcherComparisonTests {
    @Test func `thousands of random tables answer as every route looked at in turn`() throws {
        var random = SeededGenerator(seed: 7)
        var kinds: [String: Int] = [:]
        for table in 0..<2000 {
            let routes = try (0..<Int.random(in: 1...24, using: &random)).map { _ in
                try criteria(line(&random, sharesHosts: table % 2 == 0))
            }
            let plain = PlainMatcher(routes: routes)
            let matcher = RouteMatcher(routes.enumerated().map { RouteEntry(criteria: $1, target: "\($0)") })
            for _ in 0..<15 {
                let method = ["GET", "HEAD", "PUT", "POST", "COPY"].randomElement(using: &random) ?? ""
                let host = Self.requestHosts.randomElement(using: &random) ?? ""
                let fields = Self.fields.filter { _ in Bool.random(using: &random) }
                let path = path(&random)
                let expected = plain.answer(method, path, host: host, fields: fields)
                let answer =
                    expected.entry.map { "\($0)" }
                    ?? (expected.methods.isEmpty ? "404" : "405 " + expected.methods.joined(separator: " "))
                let found = matcher.answer(method, path, host: host, fields: fields)
                guard found == answer, matcher.steps(method, path, host: host) <= 2 * matcher.mostSteps else {
                    Issue.record(
                        "table \(table): \(method) \(host) \(path) \(fields): \(found), not \(answer): \(routes)")
                    return
                }
                kinds[expected.entry == nil ? String(answer.prefix(3)) : "found", default: 0] += 1
            }
        }
        // The tables are worth something: each kind of answer is common.
        #expect(["found", "404", "405"].allSatisfy { kinds[$0, default: 0] > 2000 }, "\(kinds)")
    }

    private static let hosts = ["a.b.c", "b.c", "*.c", "*.b.c", "*.a.b.c", "[::1]", "*.z"]
    private static let requestHosts = [
        "", "a.b.c", "b.c", "c", "x.c", "x.b.c", "x.a.b.c", "y.x.a.b.c", "[::1]", "[::2]",
    ]
    private static let fields: Fields = [("x-a", "1"), ("x-a", "2"), ("x-b", "1")]

    private func line(_ random: inout SeededGenerator, sharesHosts: Bool) -> String {
        func some(_ all: [String], of most: Int) -> [String] {
            (0..<Int.random(in: 1...most, using: &random)).compactMap { _ in all.randomElement(using: &random) }
        }
        let methods = Int.random(in: 0..<4, using: &random) == 0 ? ["*"] : some(["GET", "HEAD", "PUT", "POST"], of: 2)
        let anyHost = sharesHosts || Int.random(in: 0..<3, using: &random) == 0
        let hosts = anyHost ? ["-"] : some(Self.hosts, of: 3)
        var path = ""
        for place in 0..<Int.random(in: 0...4, using: &random) {
            path += ["/a", "/b", "/{n\(place)}"].randomElement(using: &random) ?? ""
        }
        path += (path.isEmpty ? ["/", "/*"] : ["", "/", "/*", "/*"]).randomElement(using: &random) ?? ""
        let headers =
            Int.random(in: 0..<3, using: &random) == 0 ? some(["x-a", "x-a=1", "x-a=2", "x-b", "x-b=1"], of: 3) : []
        return ([methods.joined(separator: ","), hosts.joined(separator: ","), path] + headers).joined(separator: " ")
    }

    private func path(_ random: inout SeededGenerator) -> String {
        var path = ""
        for _ in 0..<Int.random(in: 0...5, using: &random) {
            path += ["/a", "/b", "/a", "/b", "/c"].randomElement(using: &random) ?? ""
        }
        return path.isEmpty || Int.random(in: 0..<4, using: &random) == 0 ? path + "/" : path
    }
}

import HTTPWire

@testable import Gateway

/// A route in one line: `GET,PUT a.example,*.b /path/{id}/* x-kind=1 x-other`; `*` is every method, `-` every host.
func criteria(_ line: String) throws -> RouteCriteria {
    let words = line.split(separator: " ").map(String.init)
    return RouteCriteria(
        hosts: words[1] == "-" ? nil : try words[1].split(separator: ",").map { try HostPattern(String($0)) },
        pattern: try PathPattern(words[2]),
        methods: words[0] == "*" ? nil : words[0].split(separator: ",").map { Array($0.utf8) },
        headers: words.dropFirst(3).map { word in
            let parts = word.split(separator: "=").map { Array($0.utf8) }
            return HeaderCondition(name: parts[0], value: parts.count > 1 ? parts[1] : nil)
        })
}

/// Routes whose targets are their own lines.
func matcher(_ lines: [String]) throws -> RouteMatcher<String> {
    RouteMatcher(try lines.map { RouteEntry(criteria: try criteria($0), target: $0) })
}

/// The fields of a request: name and value.
typealias Fields = [(name: String, value: String)]

func holds(_ condition: HeaderCondition, _ fields: Fields) -> Bool {
    fields.contains { field in
        field.name.utf8.elementsEqual(condition.name)
            && condition.value.map { field.value.utf8.elementsEqual($0) } ?? true
    }
}

extension RouteMatcher where Target == String {
    /// The line of the route, `405 GET HEAD` or `404`.
    func answer(_ method: String, _ path: String, host: String = "", fields: Fields = []) -> String {
        switch match(method, path, host: host, fields: fields) {
        case .route(let line, _): line
        case .otherMethods(let methods):
            "405 " + methods.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
        case .none: "404"
        }
    }

    func match(_ method: String, _ path: String, host: String = "", fields: Fields = []) -> Match {
        Array(method.utf8).withUnsafeBytes { method in
            Array(host.utf8).withUnsafeBytes { host in
                match(path: Array(path.utf8), method: method, host: host) { holds($0, fields) }
            }
        }
    }

    func steps(_ method: String, _ path: String, host: String = "") -> Int {
        Array(method.utf8).withUnsafeBytes { method in
            Array(host.utf8).withUnsafeBytes { host in
                index.search(path: Array(path.utf8), method: method, host: host) { _ in false }.steps
            }
        }
    }
}

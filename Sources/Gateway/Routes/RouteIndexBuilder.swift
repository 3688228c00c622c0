/// Builds a `RouteIndex` from the criteria of the routes; finds the duplicates on the way.
struct RouteIndexBuilder {
    /// A node whose candidates are still collected, as places in the list of routes.
    private struct Node {
        var nameChild = 0
        var hasLiteralChildren = false
        var exact: [Int] = []
        var below: [Int] = []
        /// The tree it is in.
        let tree: Int
        /// Which of the segments before it are names; the same number for the same mixture.
        let mixture: Int
    }

    private struct MixtureStep: Hashable {
        let from: Int
        let isName: Bool
    }

    /// What of a route does not depend on its node.
    private struct Conditions {
        let headers: Set<HeaderCondition>
        let methods: Set<[UInt8]>?
        let valueCount: Int
        let namesHead: Bool
        /// Runs in `methodNumbers` and in `conditions`.
        let methodRun: RouteIndex.Run
        let headerRun: RouteIndex.Run

        /// Whether this goes before another at the same node, as `RouteMatcher` says; nil when the list decides.
        func goesBefore(_ other: Conditions) -> Bool? {
            if headers.count != other.headers.count { return headers.count > other.headers.count }
            if valueCount != other.valueCount { return valueCount > other.valueCount }
            if (methods == nil) != (other.methods == nil) { return methods != nil }
            return namesHead == other.namesHead ? nil : namesHead
        }
    }

    private var nodes: [Node] = []
    private var literals = ByteTable()
    private var hosts: HostIndex
    private var mixtures: [MixtureStep: Int] = [:]
    private var depth = 0
    private(set) var duplicates: Set<DuplicateRoutes> = []

    private var methods: [[UInt8]] = []
    private var methodTable = ByteTable()
    private var methodNumbers: [Int] = []
    private var headers: [HeaderCondition] = []
    private var conditions: [Conditions] = []

    /// All routes, in the order of their list.
    static func build(_ routes: [RouteCriteria]) -> (index: RouteIndex, duplicates: [DuplicateRoutes]) {
        var builder = RouteIndexBuilder(routes)
        let index = builder.finish()
        let duplicates = builder.duplicates.sorted { ($0.second, $0.first) < ($1.second, $1.first) }
        return (index, duplicates)
    }

    private init(_ routes: [RouteCriteria]) {
        hosts = HostIndex(root: 0)
        nodes.append(Node(tree: HostIndex.anyHost, mixture: 0))
        number(routes)
        var trees: [HostPattern: Int] = [:]
        for (entry, route) in routes.enumerated() {
            guard let named = route.hosts else {
                add(entry, route.pattern, to: HostIndex.anyHost)
                continue
            }
            for host in Set(named) {
                let tree = trees[host] ?? hosts.add(host, root: nodes.count)
                if trees.updateValue(tree, forKey: host) == nil { nodes.append(Node(tree: tree, mixture: 0)) }
                add(entry, route.pattern, to: tree)
            }
        }
        hosts.link()
    }

    /// Gives the methods their numbers, and each route its runs of methods and conditions.
    private mutating func number(_ routes: [RouteCriteria]) {
        methods = Set(routes.flatMap { $0.methods ?? [] }).sorted { $0.lexicographicallyPrecedes($1) }
        var numbers: [[UInt8]: Int] = [:]
        for (number, method) in methods.enumerated() {
            numbers[method] = number
            methodTable.add(method, hash: .forward(method), in: 0, value: number)
        }
        let head = Array("HEAD".utf8)
        for route in routes {
            let firstMethod = methodNumbers.count
            let methods = route.methods.map { Set($0) }
            methodNumbers += (methods ?? []).compactMap { numbers[$0] }.sorted()
            let firstHeader = headers.count
            let unique = Set(route.headers)
            headers += unique
            conditions.append(
                Conditions(
                    headers: unique, methods: methods, valueCount: unique.count { $0.value != nil },
                    namesHead: methods?.contains(head) == true,
                    methodRun: RouteIndex.Run(firstMethod, methodNumbers.count),
                    headerRun: RouteIndex.Run(firstHeader, headers.count)))
        }
    }

    private mutating func add(_ entry: Int, _ pattern: PathPattern, to tree: Int) {
        var node = hosts.root(of: tree)
        for segment in pattern.segments {
            switch segment {
            case .literal(let bytes): node = literalChild(bytes, of: node)
            case .name: node = nameChild(of: node)
            }
        }
        if pattern.coversBelow { nodes[node].below.append(entry) } else { nodes[node].exact.append(entry) }
        depth = max(depth, pattern.segments.count)
    }

    private mutating func literalChild(_ bytes: [UInt8], of node: Int) -> Int {
        let hash = ByteHash.forward(bytes)
        if let known = bytes.withUnsafeBytes({ literals.value(of: $0, hash: hash, in: node) }) { return known }
        let child = addNode(after: node, isName: false)
        literals.add(bytes, hash: hash, in: node, value: child)
        nodes[node].hasLiteralChildren = true
        return child
    }

    private mutating func nameChild(of node: Int) -> Int {
        if nodes[node].nameChild != 0 { return nodes[node].nameChild }
        let child = addNode(after: node, isName: true)
        nodes[node].nameChild = child
        return child
    }

    private mutating func addNode(after node: Int, isName: Bool) -> Int {
        let step = MixtureStep(from: nodes[node].mixture, isName: isName)
        let mixture = mixtures[step] ?? mixtures.count + 1
        mixtures[step] = mixture
        nodes.append(Node(tree: nodes[node].tree, mixture: mixture))
        return nodes.count - 1
    }

    private mutating func finish() -> RouteIndex {
        var flat: [RouteIndex.Node] = []
        var candidates: [RouteIndex.Candidate] = []
        for node in nodes {
            flat.append(
                RouteIndex.Node(
                    nameChild: UInt32(truncatingIfNeeded: node.nameChild),
                    hasLiteralChildren: node.hasLiteralChildren,
                    exact: place(node.exact, in: &candidates), below: place(node.below, in: &candidates)))
        }
        return RouteIndex(
            nodes: flat, literals: literals, hosts: hosts, candidates: candidates, conditions: headers,
            methodNumbers: methodNumbers, methods: methods, methodTable: methodTable, depth: depth,
            mostSteps: mostSteps())
    }

    private mutating func place(_ entries: [Int], in candidates: inout [RouteIndex.Candidate]) -> RouteIndex.Run {
        findDuplicates(in: entries)
        let start = candidates.count
        for entry in entries.sorted(by: { conditions[$0].goesBefore(conditions[$1]) ?? ($0 < $1) }) {
            candidates.append(
                RouteIndex.Candidate(
                    entry: entry, servesAllMethods: conditions[entry].methods == nil,
                    methods: conditions[entry].methodRun, conditions: conditions[entry].headerRun))
        }
        return RouteIndex.Run(start, candidates.count)
    }

    /// Each route against the first that wants the same; a route for all methods is none beside one that names some.
    private mutating func findDuplicates(in entries: [Int]) {
        guard entries.count > 1 else { return }
        struct Want: Hashable {
            let headers: Set<HeaderCondition>
            let method: [UInt8]?
        }
        var takenBy: [Want: Int] = [:]
        for entry in entries {
            let methods = conditions[entry].methods.map { $0.map(Optional.some) } ?? [nil]
            for method in methods {
                let want = Want(headers: conditions[entry].headers, method: method)
                if let first = takenBy[want] {
                    duplicates.insert(DuplicateRoutes(first: first, second: entry))
                } else {
                    takenBy[want] = entry
                }
            }
        }
    }

    /// In each tree one node for each mixture, and there the most candidates; then the trees that follow it.
    private func mostSteps() -> Int {
        var most = [[Int: Int]](repeating: [:], count: hosts.count)
        for node in nodes {
            let steps = 1 + node.exact.count + node.below.count
            most[node.tree][node.mixture] = max(most[node.tree][node.mixture] ?? 0, steps)
        }
        let ofTree = most.map { $0.values.reduce(0, +) }
        return ofTree.indices.map { tree in
            sequence(first: tree, next: { hosts.next(after: $0) }).reduce(0) { $0 + ofTree[$1] }
        }.max() ?? 0
    }
}

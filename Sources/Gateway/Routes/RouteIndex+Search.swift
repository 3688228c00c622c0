/// Where one segment of the path of a request is.
private struct SegmentPlace {
    let start: Int
    let end: Int
    let hash: ByteHash
}

/// What one search knows about its request.
private struct RouteSearch {
    let path: UnsafeRawBufferPointer
    let method: UnsafeRawBufferPointer
    /// Segments found so far; each is looked for once, when the search first gets there.
    let places: UnsafeMutableBufferPointer<SegmentPlace>
    var placed = 0
    /// The number of the method, and of GET when it is HEAD; -1 for one that no route names. Nil before it is needed.
    var methodNumber: Int?
    var lentNumber = -1
    /// Whether some candidate failed for its methods alone.
    var hasOtherMethods = false
    /// When the routes have been tried without success: the methods that they do serve.
    var collected: Set<Int>?
    var steps = 0

    /// Whether the path has no segment after the first `depth`.
    func ends(at depth: Int) -> Bool { depth > 0 && places[depth - 1].end == path.count }

    mutating func segment(at depth: Int) -> SegmentPlace {
        if depth < placed { return places[depth] }
        let start = depth == 0 ? 1 : places[depth - 1].end + 1
        var end = start
        var hash = ByteHash()
        while end < path.count, path[end] != UInt8(ascii: "/") {
            hash.add(path[end])
            end += 1
        }
        let place = SegmentPlace(start: start, end: end, hash: hash)
        places[depth] = place
        placed = depth + 1
        return place
    }
}

/// What a search found.
struct RouteSearchResult {
    /// The place of the route in the list; nil when none serves the request.
    let entry: Int?
    /// Numbers of the methods that the path is served with, sorted, when `entry` is nil.
    let otherMethods: [Int]
    /// How many nodes were visited and candidates looked at.
    let steps: Int
}

extension RouteIndex {
    /// Finds the first route for a request, in the order that `RouteMatcher` promises.
    ///
    /// A search is depth-first without a memory: nodes form trees, so none is visited twice for one path. Of the nodes
    /// at one depth a path reaches at most one for each way of mixing literal segments and names up to there, because
    /// the literals are the path's own. The work is bounded by the number of such mixtures in the table, not by the
    /// routes.
    func search(
        path: [UInt8], method: UnsafeRawBufferPointer, host: UnsafeRawBufferPointer,
        holds: (HeaderCondition) -> Bool
    ) -> RouteSearchResult {
        guard path.first == UInt8(ascii: "/") else { return RouteSearchResult(entry: nil, otherMethods: [], steps: 0) }
        let tree = hosts.tree(for: host)
        return path.withUnsafeBytes { path in
            withUnsafeTemporaryAllocation(of: SegmentPlace.self, capacity: max(depth, 1)) { places in
                var search = RouteSearch(path: path, method: method, places: places)
                if let entry = first(from: tree, &search, holds) {
                    return RouteSearchResult(entry: entry, otherMethods: [], steps: search.steps)
                }
                var others: [Int] = []
                if search.hasOtherMethods {
                    search.collected = []
                    _ = first(from: tree, &search, holds)
                    others = search.collected?.sorted() ?? []
                }
                return RouteSearchResult(entry: nil, otherMethods: others, steps: search.steps)
            }
        }
    }

    private func first(from tree: Int, _ search: inout RouteSearch, _ holds: (HeaderCondition) -> Bool) -> Int? {
        var tree: Int? = tree
        while let current = tree {
            if let entry = visit(hosts.root(of: current), 0, &search, holds) { return entry }
            tree = hosts.next(after: current)
        }
        return nil
    }

    private func visit(
        _ number: Int, _ depth: Int, _ search: inout RouteSearch, _ holds: (HeaderCondition) -> Bool
    ) -> Int? {
        search.steps += 1
        let node = nodes[number]
        if search.ends(at: depth) {
            if let entry = judge(node.exact, &search, holds) { return entry }
        } else if node.hasLiteralChildren || node.nameChild != 0 {
            let place = search.segment(at: depth)
            let length = place.end - place.start
            if node.hasLiteralChildren, length <= literals.longest {
                let segment = UnsafeRawBufferPointer(rebasing: search.path[place.start..<place.end])
                if let child = literals.value(of: segment, hash: place.hash, in: number),
                    let entry = visit(child, depth + 1, &search, holds)
                {
                    return entry
                }
            }
            if node.nameChild != 0, length > 0,
                let entry = visit(Int(node.nameChild), depth + 1, &search, holds)
            {
                return entry
            }
        }
        return judge(node.below, &search, holds)
    }

    /// The first of some candidates that serves the request.
    private func judge(_ run: Run, _ search: inout RouteSearch, _ holds: (HeaderCondition) -> Bool) -> Int? {
        guard !run.isEmpty else { return nil }
        for place in run.range {
            search.steps += 1
            let candidate = candidates[place]
            let serves = candidate.servesAllMethods || servesMethod(candidate, &search)
            if !serves { search.hasOtherMethods = true }
            guard serves || search.collected != nil, meets(candidate.conditions, holds) else { continue }
            if serves { return candidate.entry }
            for number in methodNumbers[candidate.methods.range] { search.collected?.insert(number) }
        }
        return nil
    }

    private func servesMethod(_ candidate: Candidate, _ search: inout RouteSearch) -> Bool {
        let wanted: Int
        if let known = search.methodNumber {
            wanted = known
        } else {
            wanted = number(ofMethod: search.method)
            search.methodNumber = wanted
            if search.method.count == 4, search.method.elementsEqual("HEAD".utf8) {
                search.lentNumber =
                    "GET".utf8.withContiguousStorageIfAvailable {
                        number(ofMethod: UnsafeRawBufferPointer($0))
                    } ?? -1
            }
        }
        for place in candidate.methods.range {
            let number = methodNumbers[place]
            if number == wanted || number == search.lentNumber { return true }
        }
        return false
    }

    private func number(ofMethod method: UnsafeRawBufferPointer) -> Int {
        guard method.count <= methodTable.longest else { return -1 }
        return methodTable.value(of: method, hash: .forward(method), in: 0) ?? -1
    }

    private func meets(_ run: Run, _ holds: (HeaderCondition) -> Bool) -> Bool {
        guard !run.isEmpty else { return true }
        return conditions[run.range].allSatisfy(holds)
    }
}

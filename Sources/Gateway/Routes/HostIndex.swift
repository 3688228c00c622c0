import HTTPWire

/// Finds the trees of routes for a host, the most specific first: its own, then those of the wildcards that it is
/// below, the longest first, then the one for every host.
struct HostIndex: Sendable {
    private struct Tree {
        /// Number of the root node.
        let root: Int
        /// The next less specific tree; nil after the one for every host.
        var next: Int?
    }

    private static let exact = 0
    private static let wildcard = 1

    /// The first is for every host.
    private var trees: [Tree]
    private var patterns: [HostPattern] = []
    private var names = ByteTable()
    private var addresses: [IPAddress: Int] = [:]
    private var hasWildcards = false

    /// Where to begin with a host that no pattern names.
    static let anyHost = 0

    init(root: Int) { trees = [Tree(root: root, next: nil)] }

    /// How many trees there are.
    var count: Int { trees.count }
    func root(of tree: Int) -> Int { trees[tree].root }
    func next(after tree: Int) -> Int? { trees[tree].next }

    /// Adds a tree for a pattern that has none, and returns its number; `link()` is due after the last.
    mutating func add(_ pattern: HostPattern, root: Int) -> Int {
        let tree = trees.count
        trees.append(Tree(root: root, next: Self.anyHost))
        patterns.append(pattern)
        switch pattern {
        case .name(let name): names.add(name, hash: .backward(name), in: Self.exact, value: tree)
        case .below(let name):
            names.add(name, hash: .backward(name), in: Self.wildcard, value: tree)
            hasWildcards = true
        case .address(let address): addresses[address] = tree
        }
        return tree
    }

    /// Leads each tree to the longest wildcard that covers all hosts of its pattern.
    mutating func link() {
        for (place, pattern) in patterns.enumerated() {
            switch pattern {
            case .name(let name), .below(let name):
                trees[place + 1].next = name.withUnsafeBytes { longestWildcard(of: $0).tree }
            case .address: break
            }
        }
    }

    /// The most specific tree for the host of a request as it was sent, empty when there was none.
    func tree(for host: UnsafeRawBufferPointer) -> Int {
        guard trees.count > 1, let first = host.first else { return Self.anyHost }
        if first == UInt8(ascii: "[") {
            guard !addresses.isEmpty, let close = host.firstIndex(of: UInt8(ascii: "]")),
                close + 1 == host.count || host[close + 1] == UInt8(ascii: ":"),
                let address = IPAddress(host[1..<close])
            else { return Self.anyHost }
            return addresses[address] ?? Self.anyHost
        }
        var length = host.firstIndex(of: UInt8(ascii: ":")) ?? host.count
        if length > 0, host[length - 1] == UInt8(ascii: ".") { length -= 1 }
        guard length > 0, length <= HostPattern.longest else { return Self.anyHost }
        return withUnsafeTemporaryAllocation(byteCount: length, alignment: 1) { name in
            for index in 0..<length {
                let byte = host[index]
                name[index] = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
            }
            let name = UnsafeRawBufferPointer(name)
            let (wildcard, hash) = longestWildcard(of: name)
            return names.value(of: name, hash: hash, in: Self.exact) ?? wildcard
        }
    }

    /// The tree of the longest wildcard that a name in lower case is below, and the hash of the name.
    private func longestWildcard(of name: UnsafeRawBufferPointer) -> (tree: Int, hash: ByteHash) {
        var tree = Self.anyHost
        var hash = ByteHash()
        var index = name.count
        while index > 0 {
            index -= 1
            let byte = name[index]
            if hasWildcards, byte == UInt8(ascii: "."), index > 0, name[index - 1] != UInt8(ascii: ".") {
                let rest = UnsafeRawBufferPointer(rebasing: name[(index + 1)...])
                if let longer = names.value(of: rest, hash: hash, in: Self.wildcard) { tree = longer }
            }
            hash.add(byte)
        }
        return (tree, hash)
    }
}

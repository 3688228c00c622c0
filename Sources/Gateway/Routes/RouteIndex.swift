/// The routes as trees of segments, one tree for each host pattern, all in flat arrays; what they lead to is elsewhere.
///
/// Each step down costs one look into a hash table, however many siblings there are.
struct RouteIndex: Sendable {
    /// A run in another array.
    struct Run {
        var start: UInt32 = 0
        var end: UInt32 = 0

        init() {}

        init(_ start: Int, _ end: Int) {
            self.start = UInt32(truncatingIfNeeded: start)
            self.end = UInt32(truncatingIfNeeded: end)
        }

        var range: Range<Int> { Int(start)..<Int(max(start, end)) }
        var isEmpty: Bool { start >= end }
    }

    /// What is known after some segments.
    struct Node {
        /// Where a segment leads that a `{name}` stands for; 0, which is a root, is nowhere.
        var nameChild: UInt32 = 0
        var hasLiteralChildren = false
        /// Candidates when the path ends here.
        var exact = Run()
        /// Candidates when it ends here or goes on.
        var below = Run()
    }

    /// A route at a node; those of one node are in the order in which they are tried.
    struct Candidate {
        /// Its place in the list of routes.
        let entry: Int
        let servesAllMethods: Bool
        /// Runs in `methodNumbers` and in `conditions`.
        let methods: Run
        let conditions: Run
    }

    let nodes: [Node]
    /// Literal segments, each in the scope of the node it leads away from; the value is the node it leads to.
    let literals: ByteTable
    let hosts: HostIndex
    let candidates: [Candidate]
    let conditions: [HeaderCondition]
    let methodNumbers: [Int]
    /// Every method that a route names, sorted; a method's number is its place.
    let methods: [[UInt8]]
    /// The numbers by name.
    let methodTable: ByteTable
    /// The most segments before a candidate.
    let depth: Int
    /// The most steps of one search, whatever the request.
    let mostSteps: Int
}

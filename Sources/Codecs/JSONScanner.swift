/// Checks JSON text as strictly as `JSONReader` does, builds nothing, and tells where the members of the outermost object,
/// or the elements of the outermost array, stand. Allocates nothing but for objects with many members.
public enum JSONScanner {
    /// Checks the text in a range of a block.
    /// - Parameters:
    ///   - block: bytes that hold the text, and perhaps more.
    ///   - range: where the text stands; offsets in errors count from its start, places from the start of the block.
    ///   - depth: the most arrays and objects inside one another.
    ///   - found: hears of each member of the outermost object, in order. The value of an element comes without a name.
    /// - Returns: the place of the whole value.
    public static func scan(
        _ block: [UInt8], _ range: Range<Int>, depth: Int, found: (_ name: JSONPlace?, _ value: JSONPlace) -> Void
    ) throws(JSONError) -> JSONPlace {
        // The sink keeps places, not the closure, which then need not be kept on the heap.
        let result = withUnsafeTemporaryAllocation(of: PlaceSink.Member.self, capacity: PlaceSink.capacity) { memory in
            Result { () throws(JSONError) in
                let (value, sink) = try parse(block, range, depth: depth, PlaceSink(memory))
                sink.forEach(found)
                return value
            }
        }
        return try result.get()
    }

    static func parse<Sink: JSONSink>(
        _ block: [UInt8], _ range: Range<Int>, depth: Int, _ sink: Sink
    ) throws(JSONError) -> (value: Sink.Value, sink: Sink) {
        guard range.lowerBound >= 0, range.upperBound <= block.count else {
            throw JSONError(reason: .unexpectedEnd, offset: 0)
        }
        return try withUnsafeTemporaryAllocation(of: JSONNameTable.Entry.self, capacity: JSONNameTable.capacity) {
            memory in
            Result { () throws(JSONError) in
                try block.withUnsafeBufferPointer { block throws(JSONError) in
                    var parser = JSONParser(
                        UnsafeBufferPointer(rebasing: block[range]), origin: range.lowerBound, depthLimit: depth,
                        names: JSONNameTable(memory), sink: sink)
                    return (try parser.document(), parser.sink)
                }
            }
        }.get()
    }
}

/// Keeps nothing but the places of what stands in the outermost value, in memory that the caller lends.
private struct PlaceSink: JSONSink {
    struct Member {
        let name: JSONPlace?
        let value: JSONPlace
    }

    /// As many as fit a kilobyte; more go to the heap.
    static let capacity = 40

    private let members: UnsafeMutableBufferPointer<Member>
    private var count = 0
    private var others: [Member] = []

    init(_ memory: UnsafeMutableBufferPointer<Member>) {
        members = memory
    }

    func forEach(_ found: (JSONPlace?, JSONPlace) -> Void) {
        for index in 0..<count { found(members[index].name, members[index].value) }
        for member in others { found(member.name, member.value) }
    }

    private mutating func keep(_ member: Member) {
        guard count < members.count else { return others.append(member) }
        members.initializeElement(at: count, to: member)
        count += 1
    }

    func scalar(_ place: JSONPlace, in text: UnsafeBufferPointer<UInt8>, _ origin: Int) -> JSONPlace { place }
    func noElements() {}
    mutating func append(_ value: JSONPlace, to elements: inout Void, depth: Int) {
        if depth == 1 { keep(Member(name: nil, value: value)) }
    }
    func array(_ elements: Void, _ place: JSONPlace) -> JSONPlace { place }
    func noMembers() {}
    mutating func append(
        _ name: JSONPlace, _ value: JSONPlace, to members: inout Void, in text: UnsafeBufferPointer<UInt8>,
        _ origin: Int, depth: Int
    ) {
        if depth == 1 { keep(Member(name: name, value: value)) }
    }
    func object(_ members: Void, _ place: JSONPlace) -> JSONPlace { place }
}

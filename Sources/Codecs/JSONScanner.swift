/// One member of an object, or one element of an array, by where it stands.
public struct JSONMember: Sendable {
    /// Where the name stands; nil for an element of an array.
    public let name: JSONPlace?
    /// The name as a number where it has eight bytes or fewer, its first byte the highest: "iss" is 0x697373. 0 for longer
    /// names, the empty one, and those that hold a NUL.
    public let shortName: UInt64
    /// Where the value stands.
    public let value: JSONPlace

    /// The `shortName` of a name, to compare with.
    public static func shortName(_ name: ByteString) -> UInt64 { ShortBytes.number(name.bytes) }
}

/// Checks JSON text as strictly as `JSONReader` does, builds nothing, and tells where the members of the outermost object,
/// or the elements of the outermost array, stand. Allocates nothing but for objects with many members.
public enum JSONScanner {
    /// Checks the text in a range of a block.
    /// - Parameters:
    ///   - block: bytes that hold the text, and perhaps more.
    ///   - range: where the text stands; offsets in errors count from its start, places from the start of the block.
    ///   - depth: the most arrays and objects inside one another.
    ///   - found: hears once, and only of a text that is JSON, of the members of the outermost object or the elements of
    ///     the outermost array, in order.
    /// - Returns: the place of the whole value.
    public static func scan(
        _ block: [UInt8], _ range: Range<Int>, depth: Int, found: (_ members: UnsafeBufferPointer<JSONMember>) -> Void
    ) throws(JSONError) -> JSONPlace {
        // The sink keeps places, not the closure, which then need not be kept on the heap.
        let result = withUnsafeTemporaryAllocation(of: JSONMember.self, capacity: PlaceSink.capacity) { memory in
            Result { () throws(JSONError) in
                let (value, sink) = try parse(block, range, depth: depth, PlaceSink(memory))
                sink.show(found)
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
    /// As many as fit a kilobyte; more go to the heap.
    static let capacity = 1_024 / MemoryLayout<JSONMember>.stride

    private let members: UnsafeMutableBufferPointer<JSONMember>
    private var count = 0
    /// All of them, once there are too many.
    private var many: [JSONMember] = []

    init(_ memory: UnsafeMutableBufferPointer<JSONMember>) {
        members = memory
    }

    func show(_ found: (UnsafeBufferPointer<JSONMember>) -> Void) {
        guard many.isEmpty else { return many.withUnsafeBufferPointer(found) }
        found(UnsafeBufferPointer(rebasing: members[..<count]))
    }

    private mutating func keep(_ member: JSONMember) {
        guard count < members.count else { return keepMany(member) }
        members.initializeElement(at: count, to: member)
        count &+= 1
    }

    @inline(never)
    private mutating func keepMany(_ member: JSONMember) {
        if many.isEmpty { many = Array(members[..<count]) }
        many.append(member)
    }

    func scalar(_ place: JSONPlace, in text: UnsafeBufferPointer<UInt8>, _ origin: Int) -> JSONPlace { place }
    func noElements() {}
    mutating func append(_ value: JSONPlace, to elements: inout Void, depth: Int) {
        if depth == 1 { keep(JSONMember(name: nil, shortName: 0, value: value)) }
    }
    func array(_ elements: Void, _ place: JSONPlace) -> JSONPlace { place }
    func noMembers() {}
    mutating func append(
        _ name: JSONName, _ value: JSONPlace, to members: inout Void, in text: UnsafeBufferPointer<UInt8>,
        _ origin: Int, depth: Int
    ) {
        if depth == 1 { keep(JSONMember(name: name.place, shortName: name.short, value: value)) }
    }
    func object(_ members: Void, _ place: JSONPlace) -> JSONPlace { place }
}

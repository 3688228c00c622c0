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
        // The sink keeps the closure only while this call lasts.
        try withoutActuallyEscaping(found) { found in
            Result { () throws(JSONError) in try parse(block, range, depth: depth, PlaceSink(found: found)).value }
        }.get()
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

/// Keeps nothing but the places of what stands in the outermost value.
private struct PlaceSink: JSONSink {
    let found: (JSONPlace?, JSONPlace) -> Void

    func scalar(_ place: JSONPlace, in text: UnsafeBufferPointer<UInt8>, _ origin: Int) -> JSONPlace { place }
    func noElements() {}
    mutating func append(_ value: JSONPlace, to elements: inout Void, depth: Int) {
        if depth == 1 { found(nil, value) }
    }
    func array(_ elements: Void, _ place: JSONPlace) -> JSONPlace { place }
    func noMembers() {}
    mutating func append(
        _ name: JSONPlace, _ value: JSONPlace, to members: inout Void, in text: UnsafeBufferPointer<UInt8>,
        _ origin: Int, depth: Int
    ) {
        if depth == 1 { found(name, value) }
    }
    func object(_ members: Void, _ place: JSONPlace) -> JSONPlace { place }
}

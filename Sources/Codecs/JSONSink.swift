/// What becomes of the values that a `JSONParser` finds.
protocol JSONSink {
    associatedtype Value
    associatedtype Elements
    associatedtype Members

    func scalar(_ place: JSONPlace, in text: UnsafeBufferPointer<UInt8>, _ origin: Int) -> Value
    func noElements() -> Elements
    mutating func append(_ value: Value, to elements: inout Elements, depth: Int)
    func array(_ elements: Elements, _ place: JSONPlace) -> Value
    func noMembers() -> Members
    mutating func append(
        _ name: JSONName, _ value: Value, to members: inout Members, in text: UnsafeBufferPointer<UInt8>,
        _ origin: Int, depth: Int)
    func object(_ members: Members, _ place: JSONPlace) -> Value
}

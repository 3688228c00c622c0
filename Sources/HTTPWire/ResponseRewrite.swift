/// What a route changes in a response head on its way to the client, beyond what is always removed. Built once per
/// route; what differs from request to request is added to a copy.
public struct ResponseRewrite: Sendable {
    /// Changes nothing.
    public static let none = ResponseRewrite()

    /// Classified fields of the upstream that are not passed on.
    public private(set) var dropped: FieldNameSet = []
    /// Other fields of the upstream that are not passed on, in lower case.
    public private(set) var droppedNames: [[UInt8]] = []
    /// The added field lines, ready for the wire.
    public private(set) var lines: [UInt8] = []

    /// Changes nothing yet.
    public init() {}

    /// Drops every field of this name that the upstream sends.
    public mutating func drop(_ name: [UInt8]) {
        let classified = name.withUnsafeBytes { FieldName($0) }
        if classified == .other || Self.shared.contains(classified) {
            droppedNames.append(name.map(\.lowercased))
        } else {
            dropped = dropped.union([classified])
        }
    }

    /// Adds a field line after the upstream's own.
    /// - Returns: false, and adds nothing, when it is no legal field line or speaks about the framing or the
    ///   connection.
    @discardableResult
    public mutating func add(_ name: [UInt8], _ value: [UInt8]) -> Bool {
        HeadWriter.field(name, value, into: &lines)
    }

    /// Sends this field instead of every one of the same name that the upstream sends.
    /// - Returns: false, and changes nothing, when `add` would refuse it.
    @discardableResult
    public mutating func replace(_ name: [UInt8], _ value: [UInt8]) -> Bool {
        guard add(name, value) else { return false }
        drop(name)
        return true
    }

    /// Adds what another rewrite adds and drops what it drops.
    public mutating func append(_ other: ResponseRewrite) {
        dropped = dropped.union(other.dropped)
        droppedNames.append(contentsOf: other.droppedNames)
        lines.append(contentsOf: other.lines)
    }

    /// Classes that several names share: one of the names must not take the others with it.
    private static let shared: FieldNameSet = [.xForwarded, .clientAddress, .xOriginal, .methodOverride]

    func drops(named line: FieldLine, _ bytes: UnsafeRawBufferPointer) -> Bool {
        let name = line.nameRange.slice(of: bytes)
        return droppedNames.contains { wanted in wanted.withUnsafeBytes { $0.equalsIgnoringCase(name) } }
    }
}

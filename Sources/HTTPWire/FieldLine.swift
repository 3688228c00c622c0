/// One field of a head: which one it is, and where its name and its value (without the spaces around it) stand.
public struct FieldLine: Hashable, Sendable {
    /// Where the name stands; the line starts here.
    public let nameRange: ByteRange
    /// Where the value stands, without leading and trailing whitespace.
    public let valueRange: ByteRange
    /// The classified name.
    public let name: FieldName
    /// Offset just past the line's CRLF.
    public let lineEnd: UInt32
}

/// A request head as offsets into its bytes: nothing is copied, nothing is text. Only `RequestHeadScanner` makes one.
public struct RequestHead: Sendable {
    /// The classified method.
    public internal(set) var method = RequestMethod.other
    /// The method's bytes.
    public internal(set) var methodRange = ByteRange(start: 0, length: 0)
    /// The whole request target as sent.
    public internal(set) var targetRange = ByteRange(start: 0, length: 0)
    /// The target's path and query. Empty when an absolute-form target has neither; that means `/`.
    public internal(set) var pathRange = ByteRange(start: 0, length: 0)
    /// The authority in `Host`, port included; an absolute-form target had the same one.
    public internal(set) var hostRange = ByteRange(start: 0, length: 0)
    /// HTTP/1.1 or 1.0.
    public internal(set) var version = HTTPVersion.http11
    /// The field lines in the order they came.
    public internal(set) var fields: [FieldLine] = []
    /// How the body's end is found.
    public internal(set) var framing = BodyFraming.none
    /// Whether the client lets the connection live on after the answer (RFC 9112, section 9.3).
    public internal(set) var keepAlive = true
    /// Whether the client waits for `100 Continue` before it sends its body (RFC 9110, section 10.1.1).
    public internal(set) var expectsContinue = false
    /// Whether `Connection` names fields that must not be passed on.
    public internal(set) var connectionNamesFields = false
    /// Bytes of the head, from the method's first byte to the empty line's LF.
    public internal(set) var length = 0

    /// The value of the first field with that name, or nil.
    @inlinable
    public func first(_ name: FieldName) -> ByteRange? {
        for line in fields where line.name == name { return line.valueRange }
        return nil
    }

    /// How many fields have that name.
    @inlinable
    public func count(of name: FieldName) -> Int {
        var count = 0
        for line in fields where line.name == name { count += 1 }
        return count
    }
}

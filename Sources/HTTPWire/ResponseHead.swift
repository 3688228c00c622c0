/// A response head as offsets into its bytes. Only `ResponseHeadScanner` makes one.
public struct ResponseHead: Sendable {
    /// The status code, 100 to 599.
    public internal(set) var status = 0
    /// The status code and the reason phrase as sent, without the version before them.
    public internal(set) var statusRange = ByteRange(start: 0, length: 0)
    /// HTTP/1.1 or 1.0.
    public internal(set) var version = HTTPVersion.http11
    /// The field lines in the order they came.
    public internal(set) var fields: [FieldLine] = []
    /// How the body's end is found, with the request's method taken into account.
    public internal(set) var framing = BodyFraming.none
    /// What `Content-Length` said, also where no body follows (an answer to HEAD, a 304).
    public internal(set) var announcedLength: Int64?
    /// Whether the server lets the connection live on after this response.
    public internal(set) var keepAlive = true
    /// Whether `Connection` names fields that must not be passed on.
    public internal(set) var connectionNamesFields = false
    /// Bytes of the head, the empty line included.
    public internal(set) var length = 0

    /// Whether it is an interim response (1xx): another head follows.
    public var isInterim: Bool { status < 200 }
}

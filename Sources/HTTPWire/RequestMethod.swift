/// The method of a request, as far as framing, retries and routing care; methods are case-sensitive (RFC 9110, section
/// 9.1).
public enum RequestMethod: UInt8, Hashable, Sendable {
    case get, head, post, put, patch, delete, options
    /// Any other token; its bytes are in the head.
    case other

    /// Whether sending the request twice means the same as sending it once (RFC 9110, section 9.2.2).
    public var isIdempotent: Bool {
        switch self {
        case .get, .head, .put, .delete, .options: true
        case .post, .patch, .other: false
        }
    }

    /// Classifies the bytes of a method token.
    public init(_ token: UnsafeRawBufferPointer) {
        self =
            switch token.count {
            case 3 where token.equals("GET"): .get
            case 3 where token.equals("PUT"): .put
            case 4 where token.equals("POST"): .post
            case 4 where token.equals("HEAD"): .head
            case 5 where token.equals("PATCH"): .patch
            case 6 where token.equals("DELETE"): .delete
            case 7 where token.equals("OPTIONS"): .options
            default: .other
            }
    }
}

/// The protocol version a peer speaks; everything else was refused.
public enum HTTPVersion: UInt8, Hashable, Sendable {
    case http10, http11
}

/// How the end of a message body is found (RFC 9112, section 6.3).
public enum BodyFraming: Hashable, Sendable {
    /// There is no body.
    case none
    /// That many bytes follow the head.
    case length(Int64)
    /// The chunked coding follows the head.
    case chunked
    /// Responses only: everything until the peer closes.
    case untilClose
}

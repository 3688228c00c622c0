/// What is wrong with a message head, a framing or a path: which rule it breaks, where, and the answer it earns.
///
/// A defect in the framing means nobody can say where the next message starts, so whoever receives one closes the
/// connection after its answer (RFC 9112, section 9.2 and 11).
public struct WireDefect: Error, Hashable, Sendable, CustomStringConvertible {
    /// The status that answers it when a client sent it: 400, 413, 414, 417, 431, 501 or 505.
    public let status: Int
    /// A stable name in kebab case, the same in answers, logs and documentation.
    public let code: String
    /// One sentence for the person who wrote the client. Never contains bytes of the message.
    public let what: String
    /// The offset in the head, body or path at which it was noticed.
    public let offset: Int

    /// Makes a defect.
    public init(status: Int = 400, code: String, what: String, offset: Int) {
        self.status = status
        self.code = code
        self.what = what
        self.offset = offset
    }

    /// Code, sentence and place, for logs.
    public var description: String { "\(code) at byte \(offset): \(what)" }
}

/// An answer made by the gateway itself: a refusal, a health page. `Content-Length` and `Connection` are the
/// connection's business.
public struct LocalAnswer: Sendable {
    /// The status, 200 to 599.
    public var status: Int
    /// Field lines; one that is no legal field line is left out (it could split the response).
    public var fields: [(name: [UInt8], value: [UInt8])]
    /// The body; not sent for HEAD, 204 and 304.
    public var body: [UInt8]
    /// Whether the connection is closed after it in any case.
    public var closes: Bool

    /// Makes an answer.
    public init(
        status: Int, contentType: String? = nil, fields: [(name: String, value: [UInt8])] = [], body: [UInt8] = [],
        closes: Bool = false
    ) {
        self.status = status
        self.fields = fields.map { ([UInt8]($0.name.utf8), $0.value) }
        if let contentType { self.fields.append(([UInt8]("Content-Type".utf8), [UInt8](contentType.utf8))) }
        self.body = body
        self.closes = closes
    }
}

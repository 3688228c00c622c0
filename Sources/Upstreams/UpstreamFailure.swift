/// Why an upstream gave no complete response: the upstream's side or our own, never the client's.
public struct UpstreamFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of failure; each has its own public code and status.
    public enum Kind: Hashable, Sendable, CaseIterable {
        /// No connection, or a connection that broke.
        case unreachable
        /// A connection, a response head or a body that took too long.
        case timeout
        /// Bytes that are no strict HTTP response.
        case protocolError
        /// All connections in use and the queue full, or waited in it for too long.
        case busy
        /// No connection could be tried, for want of descriptors or memory of our own.
        case exhausted
    }

    /// What kind of failure.
    public let kind: Kind
    /// What happened, for the operator; may name the endpoint, so it never goes to a client.
    public let detail: String
    /// Whether sending the same request again could have a different end without doing anything twice.
    public let isRetryable: Bool

    /// Makes a failure.
    public init(_ kind: Kind, detail: String, isRetryable: Bool = false) {
        self.kind = kind
        self.detail = detail
        self.isRetryable = isRetryable
    }

    /// The status of the refusal: 502, 503 or 504.
    public var status: Int {
        switch kind {
        case .unreachable, .protocolError: 502
        case .busy, .exhausted: 503
        case .timeout: 504
        }
    }

    /// The stable public code.
    public var code: String {
        switch kind {
        case .unreachable: "upstream-unreachable"
        case .timeout: "upstream-timeout"
        case .protocolError: "upstream-protocol-error"
        case .busy: "upstream-busy"
        case .exhausted: "gateway-exhausted"
        }
    }

    /// Code and detail, for logs.
    public var description: String { "\(code): \(detail)" }
}

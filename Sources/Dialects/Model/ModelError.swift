public import Codecs

/// Why model access failed, in no provider's words; every dialect has its own form for it
/// (`CallerDialect.encode(error:)`).
public struct ModelError: Error, Equatable, Sendable {
    /// What went wrong, and so whose turn it is.
    public enum Kind: String, Sendable, CaseIterable {
        /// The request is wrong; `pointer` says where.
        case badRequest
        /// The conversation does not fit into the model's window.
        case contextTooLong
        /// The caller's credential is missing or wrong.
        case unauthorized
        /// The caller may not use this model.
        case forbiddenModel
        /// There is no such model.
        case unknownModel
        /// The body is too large.
        case tooLarge
        /// Too many requests or tokens a minute; try later.
        case rateLimited
        /// The caller's budget is spent; trying again does not help.
        case budgetSpent
        /// The provider refuses the gateway's own key: nothing that the caller could mend.
        case upstreamKeyRefused
        /// The provider failed or sent what cannot be read.
        case upstreamFailed
        /// The provider has too much to do.
        case overloaded
        /// The provider took too long.
        case timeout
    }

    /// What went wrong.
    public var kind: Kind
    /// For people; holds no credential.
    public var message: ByteString
    /// Where in the request, as a JSON pointer (RFC 6901).
    public var pointer: ByteString?
    /// After how many seconds trying again makes sense.
    public var retryAfter: Int64?

    /// An error.
    public init(_ kind: Kind, _ message: ByteString, pointer: ByteString? = nil, retryAfter: Int64? = nil) {
        self.kind = kind
        self.message = message
        self.pointer = pointer
        self.retryAfter = retryAfter
    }

    /// Whether the same request may succeed later or elsewhere.
    public var isRetryable: Bool {
        switch kind {
        case .rateLimited, .upstreamKeyRefused, .upstreamFailed, .overloaded, .timeout: true
        case .badRequest, .contextTooLong, .unauthorized, .forbiddenModel, .unknownModel, .tooLarge, .budgetSpent:
            false
        }
    }
}

public import Codecs
public import Hummingbird
public import NIOCore

/// Who acts, and from where: what the audit log tells of it.
public struct AuditActor: Sendable, Equatable {
    /// Who it is, as far as somebody has proved it.
    public enum Identity: Sendable, Equatable {
        /// Nobody who is known: the server by itself, or whoever failed to prove who they are.
        case nobody
        /// The operator, at the socket in the data folder.
        case `operator`
        /// A user, by id, and the client by whose access token they act.
        case person(String, client: ByteString? = nil)
        /// A client, by id.
        case client(ByteString)
    }

    /// The server, by itself.
    public static let server = AuditActor(.nobody)

    /// Who it is.
    public let identity: Identity
    /// The IP address that the request came from; nil at the socket and where there was no request.
    public let address: String?

    /// Somebody, and the address in words.
    public init(_ identity: Identity, address: String? = nil) {
        self.identity = identity
        self.address = address
    }

    /// Somebody at an address.
    public init(_ identity: Identity, at address: SocketAddress?) {
        self.init(identity, address: address?.ipAddress)
    }

    /// Somebody who sent a request.
    public init(_ identity: Identity, _ context: some RemoteAddressRequestContext) {
        // The one place that says which address the audit log tells.
        self.init(identity, at: context.remoteAddress)
    }
}

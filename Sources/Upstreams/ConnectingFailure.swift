import NIOCore
import NIOPosix

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

extension UpstreamFailure.Kind {
    /// What it means that a connection could not be opened.
    init(ofConnecting error: any Error) {
        if Self.isOwn(error) {
            self = .exhausted
        } else if case .connectTimeout = error as? ChannelError {
            self = .timeout
        } else {
            self = .unreachable
        }
    }

    /// Whether this process or its machine has run out of what every connection needs: descriptors or memory. A lack of
    /// ports is one of ports to this endpoint.
    private static func isOwn(_ error: any Error) -> Bool {
        switch error {
        case let error as IOError: [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(error.errnoCode)
        case let error as NIOConnectionError:
            // A name that cannot be looked up does not say why; one with addresses was tried at each of them.
            error.connectionErrors.isEmpty ? lacksDescriptors : error.connectionErrors.allSatisfy { isOwn($0.error) }
        default: false
        }
    }

    private static var lacksDescriptors: Bool {
        let copy = dup(STDERR_FILENO)
        guard copy < 0 else {
            close(copy)
            return false
        }
        return errno == EMFILE || errno == ENFILE
    }
}

import ControlPlane
import Hummingbird
import Logging
import ServiceLifecycle

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The operator's door: a Unix socket in the data folder that only the folder's owner can open.
struct ControlSocket {
    /// The longest path that a Unix socket can have, in bytes.
    static let longestPath = 107

    let path: String
    let operations: OperationTable

    init(path: String, operations: OperationTable) throws {
        guard path.utf8.count <= Self.longestPath else {
            throw StartFailure("the data folder's path is too long for a socket in it; choose a shorter --data")
        }
        self.path = path
        self.operations = operations
    }

    /// Serves the socket. Its file is made unreadable to others from the first moment: the folder is 0700, and the
    /// file itself becomes 0600 as soon as it exists.
    func service(_ doors: Doors) throws -> some Service {
        // The folder's lock is ours, so a socket that is still here belongs to a process that is gone.
        unlink(path)
        let router = Router.controlPlane()
        operations.addRoutes(to: router.group().add(middleware: OperatorDoor()))
        return HummingbirdListener.application(
            router.buildResponder(), address: .unixDomainSocket(path: path), logger: Logger(label: "signet.socket"),
            onOpen: { [path] in
                chmod(path, 0o600)
                doors.opened()
            })
    }
}

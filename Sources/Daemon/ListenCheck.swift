import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Tries an address before the server starts, so that a taken port is named in words and not as an error number.
enum ListenCheck {
    /// - Parameter flag: the option that chooses another address.
    static func check(_ address: DaemonConfiguration.Address, _ what: String, flag: String) throws {
        let resolved: SocketAddress
        do {
            resolved = try SocketAddress.makeAddressResolvingHost(address.bindHost, port: address.port)
        } catch {
            throw StartFailure("\(what) cannot listen on \(address): no such host; choose another with \(flag)")
        }
        let descriptor = socket(Int32(resolved.protocol.rawValue), Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        let bound = resolved.withSockAddr { pointer, size in
            bind(descriptor, pointer, socklen_t(size)) == 0 && listen(descriptor, 1) == 0
        }
        guard !bound else { return }
        let reason = errno == EADDRINUSE ? "another process does" : String(cString: strerror(errno))
        throw StartFailure("\(what) cannot listen on \(address): \(reason); choose another address with \(flag)")
    }
}

public import Codecs

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Asks a running server over its socket. One question, one answer, one connection.
public struct ControlSocketClient: Sendable {
    /// A server's answer.
    public struct Answer: Sendable {
        /// The HTTP status.
        public let status: Int
        /// The body.
        public let json: JSON
    }

    /// The most that is read of an answer, in bytes.
    private static let limit = 4_194_304

    private let path: String

    /// The client of the server that owns this data folder.
    public init(dataFolder: String) {
        path = dataFolder + "/signet.sock"
    }

    /// Sends a request, with a JSON body if there is one, and reads the JSON answer.
    public func ask(_ method: String, _ target: String, body: JSON? = nil) throws -> Answer {
        let content = body.map { JSONWriter.write($0) } ?? []
        let type = body == nil ? "" : "Content-Type: application/json\r\n"
        let socket = try connect()
        defer { close(socket) }
        let head =
            "\(method) \(target) HTTP/1.1\r\nHost: signet\r\nConnection: close\r\n\(type)"
            + "Content-Length: \(content.count)\r\n\r\n"
        try send(Array(head.utf8) + content, to: socket)
        let bytes = try receive(from: socket)
        let separator = Array("\r\n\r\n".utf8)
        guard bytes.starts(with: "HTTP/1.1 ".utf8), bytes.count >= 12,
            let status = Int(String(decoding: bytes[9..<12], as: UTF8.self)),
            let end = bytes.indices.first(where: { bytes[$0...].starts(with: separator) }),
            let json = try? JSONReader.read(Array(bytes[(end + 4)...]))
        else {
            throw StartFailure("the server at \(path) gave an answer that cannot be read")
        }
        return Answer(status: status, json: json)
    }

    private func connect() throws -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count <= ControlSocket.longestPath else { throw StartFailure("the path \(path) is too long") }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { throw StartFailure("no socket can be made: \(String(cString: strerror(errno)))") }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(socket, $0, size) }
        }
        guard result == 0 else {
            let reason = String(cString: strerror(errno))
            close(socket)
            throw StartFailure("no server answers at \(path) (\(reason)); is it running, and is --data right?")
        }
        return socket
    }

    private func send(_ bytes: [UInt8], to socket: Int32) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { write(socket, $0.baseAddress, $0.count) }
            guard sent > 0 else { throw StartFailure("the server at \(path) hung up") }
            rest = rest.dropFirst(sent)
        }
    }

    private func receive(from socket: Int32) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= Self.limit {
            let count = chunk.withUnsafeMutableBytes { read(socket, $0.baseAddress, $0.count) }
            guard count >= 0 else { throw StartFailure("the server at \(path) hung up") }
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
        }
        throw StartFailure("the server at \(path) answered with too much")
    }
}

/// An open listener, for whoever wants to call what it serves.
public struct ListenerReading: Sendable {
    /// What is behind a listener.
    public enum Served: String, Sendable, CaseIterable {
        /// The APIs of the configuration.
        case gateway
        /// What this server itself is managed with.
        case control
    }

    /// Its name.
    public let name: String
    /// What it is bound to, an IPv6 address without its brackets.
    public let host: String
    /// The port.
    public let port: Int
    /// Whether it speaks TLS.
    public let isEncrypted: Bool
    /// What is behind it.
    public let serves: Served

    init(_ settings: PreparedListener) {
        name = settings.name
        host = settings.host
        port = settings.port
        isEncrypted = !settings.certificates.isEmpty
        serves = settings.route == nil ? .gateway : .control
    }

    /// Its address for whoever is on this machine, as `http://127.0.0.1:8000`: of all addresses, the one of this machine.
    public var url: String {
        let reached = ["0.0.0.0": "127.0.0.1", "::": "::1"][host] ?? host
        return "\(isEncrypted ? "https" : "http")://\(reached.contains(":") ? "[\(reached)]" : reached):\(port)"
    }

    /// Whether it is bound to every address of the machine.
    public var isEverywhere: Bool { host == "0.0.0.0" || host == "::" }
}

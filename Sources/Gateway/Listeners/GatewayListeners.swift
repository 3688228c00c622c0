import Edge
public import NIOCore
import Synchronization

/// The gateway's listeners: opened, changed and closed as the configuration says, without a restart.
public final class GatewayListeners: Sendable {
    /// What is worth a line in the program's log.
    public typealias Report = @Sendable (String) -> Void

    private struct OpenListener {
        var settings: PreparedListener
        let listener: Edge.Listener
        let certificates: ListenerCertificates?
    }

    private struct State {
        /// What the configuration wants; nothing is opened before `open` was called.
        var wanted: [PreparedListener] = []
        var isOpen = false
        var listeners: [String: OpenListener] = [:]
    }

    /// How long requests under way may take to finish when a listener closes.
    private static let grace = TimeAmount.seconds(10)

    private let state = Mutex(State())
    private let gateway: GatewayService
    private let group: any EventLoopGroup
    /// What is served where the configuration names no listener of the gateway.
    private let fallback: PreparedListener
    private let descriptors: Int
    private let report: Report

    /// Listeners that are not open yet.
    /// - Parameters:
    ///   - fallback: what is served where the configuration names no listener of the gateway.
    ///   - descriptors: how many the process may have.
    public init(
        gateway: GatewayService, group: any EventLoopGroup, fallback: PreparedListener, descriptors: Int,
        report: @escaping Report
    ) {
        self.gateway = gateway
        self.group = group
        self.fallback = fallback
        self.descriptors = descriptors
        self.report = report
    }

    /// Opens what is wanted.
    /// - Throws: what the system says of an address that cannot be bound.
    public func open() async throws {
        let wanted = state.withLock { state in
            state.isOpen = true
            return state.wanted.isEmpty ? [fallback] : state.wanted
        }
        for settings in wanted { try await open(settings) }
    }

    /// Makes what is open what a configuration wants. One after the other: the caller sees to that.
    public func change(to wanted: [PreparedListener]) async {
        let (isOpen, gone) = state.withLock { state in
            state.wanted = wanted
            let names = Set((wanted.isEmpty ? [fallback] : wanted).map(\.name))
            return (state.isOpen, state.listeners.values.filter { !names.contains($0.settings.name) })
        }
        guard isOpen else { return }
        for listener in gone { await close(listener) }
        for settings in wanted.isEmpty ? [fallback] : wanted {
            do {
                try await open(settings)
            } catch {
                report("the listener \(settings.name) cannot be opened at \(settings.host):\(settings.port): \(error)")
            }
        }
    }

    /// Whether an address is one of ours already.
    public func isOpen(host: String, port: Int) -> Bool {
        state.withLock { $0.listeners.values.contains { $0.settings.host == host && $0.settings.port == port } }
    }

    /// Open connections by listener.
    public var connections: [(name: String, count: Int)] {
        state.withLock { $0.listeners.values.map { ($0.settings.name, $0.listener.connectionCount) } }
            .sorted { $0.name < $1.name }
    }

    /// Closes them all: what is under way may finish.
    public func shutDown() async {
        let open = state.withLock { state in
            let open = Array(state.listeners.values)
            state.listeners = [:]
            state.isOpen = false
            return open
        }
        await withTaskGroup(of: Void.self) { group in
            for listener in open { group.addTask { await listener.listener.shutDown(within: Self.grace) } }
        }
    }

    private func open(_ settings: PreparedListener) async throws {
        if let known = state.withLock({ $0.listeners[settings.name] }) {
            if known.settings.opensLike(settings) {
                if !settings.certificates.isEmpty { try known.certificates?.replace(settings.certificates) }
                state.withLock { $0.listeners[settings.name]?.settings = settings }
                return
            }
            await close(known)
        }
        let certificates = settings.certificates.isEmpty ? nil : try ListenerCertificates(settings.certificates)
        let name = settings.name
        let listener = try await gateway.listen(
            host: settings.host, port: settings.port, group: group,
            configuration: settings.configuration(descriptors: descriptors) { [report] exhausted in
                report("the listener \(name) cannot accept connections: \(exhausted)")
            }, certificates: certificates)
        state.withLock {
            $0.listeners[name] = OpenListener(settings: settings, listener: listener, certificates: certificates)
        }
    }

    /// Stops accepting at once; what is under way finishes meanwhile.
    private func close(_ listener: OpenListener) async {
        state.withLock { $0.listeners[listener.settings.name] = nil }
        await listener.listener.stopAccepting()
        Task { await listener.listener.shutDown(within: Self.grace) }
    }
}

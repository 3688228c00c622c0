import Edge
public import NIOCore
import Synchronization

/// The listeners of the gateway, and of the control plane beside its own: opened, changed and closed as the configuration
/// says, without a restart.
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
            return settled(state.wanted)
        }
        var opened = 0
        for settings in wanted {
            do {
                try await open(settings)
                opened += 1
            } catch  where opened > 0 || wanted.count > 1 {
                report("the listener \(settings.name) cannot be opened at \(settings.host):\(settings.port): \(error)")
            }
        }
    }

    /// Makes what is open what a configuration wants. One after the other: the caller sees to that.
    public func change(to wanted: [PreparedListener]) async {
        let settled = self.settled(wanted)
        // Whatever cannot stay as it is goes first: another may want its address.
        let (isOpen, gone) = state.withLock { state in
            state.wanted = wanted
            return (
                state.isOpen,
                state.listeners.values.filter { open in
                    !settled.contains { $0.name == open.settings.name && open.settings.opensLike($0) }
                }
            )
        }
        guard isOpen else { return }
        for listener in gone { await close(listener) }
        for settings in settled {
            do {
                try await open(settings)
            } catch {
                report("the listener \(settings.name) cannot be opened at \(settings.host):\(settings.port): \(error)")
            }
        }
    }

    /// Whether a port is one of ours already, at whatever address.
    public func isOpen(port: Int) -> Bool {
        state.withLock { $0.listeners.values.contains { $0.settings.port == port } }
    }

    /// Open connections by listener.
    public var connections: [(name: String, count: Int)] {
        state.withLock { $0.listeners.values.map { ($0.settings.name, $0.listener.connectionCount) } }
            .sorted { $0.name < $1.name }
    }

    /// Those that are open, by name.
    public var open: [ListenerReading] {
        state.withLock { $0.listeners.values.map { ListenerReading($0.settings) } }.sorted { $0.name < $1.name }
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
        // Whose clients were cut off have been cancelled by now.
        await gateway.waitForTasks(within: Self.grace)
    }

    /// With the fallback where none is the gateway's.
    private func settled(_ wanted: [PreparedListener]) -> [PreparedListener] {
        wanted.contains { $0.route == nil } ? wanted : wanted + [fallback]
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
        // Together they must not take what connections to upstreams need.
        let share = descriptors / max(1, state.withLock { settled($0.wanted).count })
        let listener = try await gateway.listen(
            host: settings.host, port: settings.port, group: group,
            configuration: settings.configuration(descriptors: share) { [report] exhausted in
                report("the listener \(name) cannot accept connections: \(exhausted)")
            }, certificates: certificates, route: settings.route)
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

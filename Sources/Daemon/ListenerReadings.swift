import Gateway
import Synchronization
import Telemetry

/// The gateway's listeners as the metrics read them: they are opened long after the metrics are made.
final class ListenerReadings: Sendable {
    private let listeners = Mutex<GatewayListeners?>(nil)

    /// Reads these from now on.
    func watch(_ listeners: GatewayListeners) { self.listeners.withLock { $0 = listeners } }

    /// The connections of each that is open.
    func read() -> [MetricsReadings.Listener] {
        let listeners = listeners.withLock { $0 }
        return (listeners?.connections ?? []).map { MetricsReadings.Listener(name: $0.name, connections: $0.count) }
    }
}

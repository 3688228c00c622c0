import Blueprint
import ControlPlane
import HTTPTypes
import HTTPWire
import Hummingbird
import NIOCore
import Synchronization
import Telemetry

/// `/metrics` for Prometheus. Names of APIs and their traffic are nobody's business: it answers this machine and the
/// networks that the configuration names, and is not there for anybody else.
final class MetricsEndpoint: Sendable {
    private let metrics: Metrics
    private let networks = Mutex<[IPNetwork]>([])

    init(metrics: Metrics) { self.metrics = metrics }

    /// Who may read it from now on, beside this machine.
    func admit(_ networks: [IPNetwork]) { self.networks.withLock { $0 = networks } }

    func addRoutes(to router: Router<ControlPlaneContext>) {
        router.endpoint(
            "/metrics",
            [
                .get: { [self] request, context in
                    guard isAdmitted(context.remoteAddress, request) else { throw Self.absent }
                    let format = MetricsFormat(accept: Array((request.headers[.accept] ?? "").utf8))
                    return Response(
                        status: .ok, headers: [.contentType: format.contentType, .cacheControl: "no-store"],
                        body: ResponseBody(byteBuffer: ByteBuffer(bytes: metrics.text(format))))
                }
            ])
    }

    private func isAdmitted(_ address: SocketAddress?, _ request: Request) -> Bool {
        guard let text = address?.ipAddress, let client = IPAddress(Array(text.utf8)) else { return false }
        if Self.machine.contains(where: { $0.contains(client) }) {
            // A proxy on this machine that nobody named as trusted passes on what the whole world asks.
            return !Self.marksOfProxies.contains { request.headers[$0] != nil }
        }
        return networks.withLock { $0.contains { $0.contains(client) } }
    }

    private static let marksOfProxies = ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"].compactMap {
        HTTPField.Name($0)
    }
    private static let machine = ["127.0.0.0/8", "::1"].compactMap { IPNetwork($0) }

    private static let absent = ProblemBody(
        .notFound, code: "not-found", title: "Not found", detail: "There is nothing at this address.")
}

/// Who may read `/metrics` beside this machine, by the setting `metrics-networks`.
enum MetricsNetworks {
    /// What a configuration says; the gateway's compiler has looked that all of them are networks.
    static func read(_ blueprint: Blueprint) -> [IPNetwork] {
        let text = blueprint.settings[SettingName.metricsNetworks.rawValue]?.value ?? ""
        return text.split(separator: ",").compactMap { part in IPNetwork(String(part.filter { $0 != " " })) }
    }
}

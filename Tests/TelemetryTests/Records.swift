import Telemetry

/// Records for tests: everything that a test does not say is the same in all of them.
enum Records {
    static let orders = RouteLabels(api: "shop", route: "orders", version: "2")

    static func record(
        start: Int64 = 1_700_000_000_123, duration: Int64 = 12_345_678, firstByte: Int64? = nil,
        route: RouteLabels? = orders, method: ExchangeMethod = .get, path: [UInt8] = Array("/shop/orders".utf8),
        status: Int = 200, end: ExchangeEnd = .complete, code: String? = nil, phase: String? = nil,
        requestBytes: Int64 = 0, responseBytes: Int64 = 0, hasCredential: Bool = false,
        caller: CallerIdentity? = nil, upstream: String? = nil
    ) -> ExchangeRecord {
        ExchangeRecord(
            hop: TraceHop(continuing: nil), start: start, duration: duration, firstByte: firstByte, listener: "public",
            route: route, method: method, path: path, status: status, end: end, code: code, phase: phase,
            requestBytes: requestBytes, responseBytes: responseBytes, address: Array("192.0.2.7".utf8),
            hasCredential: hasCredential, caller: caller, upstream: upstream, attempts: upstream == nil ? 0 : 1)
    }
}

import Blueprint
import Codecs
import ControlPlane
import Gateway

/// How the gateway's upstreams are.
struct GatewayOperations: Sendable {
    let gateway: GatewayService

    var all: [Operation] {
        [
            Operation(
                "listUpstreamHealth", list: "/upstream-health", of: "upstreams", for: .viewer,
                "The upstreams in force, and how each of their endpoints is now.", member: "upstreams",
                items: .fields("UpstreamHealth")
            ) { _, page in page.page(of: gateway.upstreamStandings().map(UpstreamHealthDocument.init), id: \.name) }
        ]
    }
}

/// How an upstream is.
struct UpstreamHealthDocument: Described {
    var name = ""
    var endpoints: [EndpointHealthDocument] = []

    init() {}

    init(_ standing: UpstreamStanding) {
        name = standing.name
        endpoints = standing.endpoints.map(EndpointHealthDocument.init)
    }

    static let schema = Schema<UpstreamHealthDocument>("an upstream's health", "How an upstream's endpoints are.") {
        Field("name", \.name, .text(), example: "orders", isRequired: true, "The upstream.")
        Field(
            "endpoints", \.endpoints, .list(of: .object(), 0...256), example: "[]", isRequired: true,
            "In the order of the configuration.")
    }
}

/// How an endpoint is.
struct EndpointHealthDocument: Described {
    var address = ""
    var weight: Int64 = 1
    var isHealthy = true
    var since: Int64 = 0
    var outUntil: Int64?
    var lastFailure: String?
    var lastFailureTime: Int64?
    var connections: Int64 = 0

    init() {}

    init(_ endpoint: UpstreamStanding.Endpoint) {
        address = endpoint.address
        weight = Int64(endpoint.weight)
        isHealthy = endpoint.isHealthy
        since = endpoint.since / 1_000
        outUntil = endpoint.outUntil.map { $0 / 1_000 }
        lastFailure = endpoint.lastFailure
        lastFailureTime = endpoint.lastFailureTime.map { $0 / 1_000 }
        connections = Int64(endpoint.connections)
    }

    static let schema = Schema<EndpointHealthDocument>("an endpoint's health", "How an endpoint is.") {
        Field("address", \.address, .text(), example: "10.0.0.7:8080", isRequired: true, "Where it is.")
        Field("weight", \.weight, .count, example: "1", isRequired: true, "Its share of the requests.")
        Field(
            "healthy", \.isHealthy, .flag, example: "true", isRequired: true,
            "Whether it gets requests while others do. When none is healthy, all get them.")
        Field("since", \.since, .count, example: "1767225600", isRequired: true, "Since when, in seconds since 1970.")
        Field(
            "out_until", optional: \.outUntil, .count, example: "1767225630",
            "Until when it gets none, in seconds since 1970.")
        Field(
            "last_failure", optional: \.lastFailure, .text(0...1_024), example: "connection refused",
            "What failed last, of its connections and checks.")
        Field(
            "last_failure_time", optional: \.lastFailureTime, .count, example: "1767225600",
            "When that was, in seconds since 1970.")
        Field("connections", \.connections, .count, example: "4", isRequired: true, "Its open connections.")
    }
}

import Blueprint
import Codecs
import ControlPlane
import Gateway

/// How the gateway's upstreams and issuers' keys are, where it listens, and a request to it.
struct GatewayOperations: Sendable {
    let gateway: GatewayService
    let listeners: GatewayListeners

    var all: [Operation] {
        [
            Operation(
                "listUpstreamHealth", list: "/upstream-health", of: "upstreams", for: .viewer,
                "The upstreams in force, and how each of their endpoints is now.", member: "upstreams",
                items: .fields("UpstreamHealth")
            ) { _, page in page.page(of: gateway.upstreamStandings().map(UpstreamHealthDocument.init), id: \.name) },
            Operation(
                "listPublishedKeys", list: "/published-keys", of: "issuers", for: .viewer,
                "The key sets that issuers publish, as they were fetched for the gateway.", member: "sets",
                items: .fields("PublishedKeySet")
            ) { _, page in page.page(of: gateway.keySetStandings().map(PublishedKeySetDocument.init), id: \.id) },
            Operation(
                "listOpenListeners", list: "/open-listeners", of: "listeners", for: .viewer,
                "Where the gateway listens now: the configuration's listeners, or the one that it was started with.",
                member: "listeners", items: .fields("OpenListener")
            ) { _, page in page.page(of: listeners.open.map(OpenListenerDocument.init), id: \.name) },
        ] + TrialOperation(listeners: listeners).all
    }
}

/// A listener that is open.
struct OpenListenerDocument: Described {
    var name = ""
    var url = ""
    var isEverywhere = false
    var serves = ListenerReading.Served.gateway

    init() {}

    init(_ reading: ListenerReading) {
        name = reading.name
        url = reading.url
        isEverywhere = reading.isEverywhere
        serves = reading.serves
    }

    static let schema = Schema<OpenListenerDocument>("an open listener", "A listener that is open.") {
        Field(
            "name", \.name, .text(), example: "gateway", isRequired: true, "Its name; gateway is the one of --gateway.")
        Field(
            "url", \.url, .text(), example: "http://127.0.0.1:8000", isRequired: true,
            "Its address for whoever is on the server's machine.")
        Field(
            "everywhere", \.isEverywhere, .flag, example: "false", isRequired: true,
            "Whether it can be called by every address of the machine.")
        Field("serves", \.serves, .choice(), example: "gateway", isRequired: true, "What is behind it.")
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

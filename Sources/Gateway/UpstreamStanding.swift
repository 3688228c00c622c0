import NIOCore
import Upstreams

/// How an upstream and its endpoints are at a moment, for operations.
public struct UpstreamStanding: Sendable, Equatable {
    /// One endpoint.
    public struct Endpoint: Sendable, Equatable {
        /// Its name in logs: the upstream's, with its place among several.
        public let name: String
        /// Where it is: host and port.
        public let address: String
        /// Its share of the requests; 0 gets none.
        public let weight: Int
        /// Whether it gets requests while others do. When none is healthy, all get them.
        public let isHealthy: Bool
        /// Since when that is so, in milliseconds since 1970.
        public let since: Int64
        /// Until when it gets none, in milliseconds since 1970; nil while it is healthy, and where its health check alone
        /// brings it back.
        public let outUntil: Int64?
        /// What failed last, of its connections and checks, in words for the operator; nil when nothing ever did.
        public let lastFailure: String?
        /// When that was, in milliseconds since 1970.
        public let lastFailureTime: Int64?
        /// Connections to it that are open.
        public let connections: Int
    }

    /// Its name.
    public let name: String
    /// Its endpoints, in the order of the configuration.
    public let endpoints: [Endpoint]
}

extension UpstreamStanding {
    /// - Parameter now: the same moment by both clocks, in milliseconds since 1970 by the first.
    init(_ group: UpstreamGroup, now: (wall: Int64, deadline: NIODeadline)) {
        name = group.name
        endpoints = group.states.map { state in
            let wall = { (moment: NIODeadline) in now.wall &+ (moment - now.deadline).nanoseconds / 1_000_000 }
            return Endpoint(
                name: state.endpoint.name, address: state.endpoint.address, weight: state.weight,
                isHealthy: state.isHealthy, since: wall(state.since), outUntil: state.outUntil.map(wall),
                lastFailure: state.lastFailure?.reason,
                lastFailureTime: (state.lastFailure?.at).map(wall), connections: state.connections)
        }
    }
}

extension GatewayService {
    /// How the key sets stand that issuers publish.
    public func keySetStandings() -> [KeySetStanding] { published.standings }

    /// How the upstreams in force are, by name.
    public func upstreamStandings() -> [UpstreamStanding] {
        let now = (wall: shared.clock(), deadline: NIODeadline.now())
        return upstreams.values.map { UpstreamStanding($0, now: now) }.sorted { $0.name < $1.name }
    }
}

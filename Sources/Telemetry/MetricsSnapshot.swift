/// What was counted up to one moment, by name: for a scrape, and for whoever compares two of them. Counters only grow
/// while the process runs. Labels that stand for requests without a route are empty; those beyond the limit of series
/// are "other".
public struct MetricsSnapshot: Sendable {
    /// Requests that ended alike.
    public struct Requests: Hashable, Sendable {
        /// The API.
        public let api: String
        /// The route.
        public let route: String
        /// A known method, or "other".
        public let method: String
        /// The status; nil stands for "other", which also no answer at all is.
        public let status: Int?
        /// How many there were.
        public let count: UInt64
    }

    /// All requests of a route.
    public struct Route: Hashable, Sendable {
        /// The API.
        public let api: String
        /// The route.
        public let route: String
        /// Their whole durations.
        public let duration: DurationHistogram
        /// The bytes of their bodies.
        public let requestBytes: UInt64
        /// The bytes of the answers' bodies.
        public let responseBytes: UInt64
    }

    /// All requests that an upstream answered.
    public struct Upstream: Hashable, Sendable {
        /// The endpoint's name.
        public let name: String
        /// From the request to the first byte of the answer.
        public let firstByte: DurationHistogram
    }

    /// Requests that were refused, or failed, for one reason.
    public struct Refusals: Hashable, Sendable {
        /// The API.
        public let api: String
        /// The route.
        public let route: String
        /// The stable reason.
        public let code: String
        /// The phase.
        public let phase: String
        /// How many there were.
        public let count: UInt64
    }

    /// By route, method and status.
    public let requests: [Requests]
    /// In the order in which they were first seen.
    public let routes: [Route]
    /// In the order in which they were first seen.
    public let upstreams: [Upstream]
    /// In the order in which they were first seen.
    public let refusals: [Refusals]
    /// The requests that have begun and not ended.
    public let inFlight: Int

    init(_ tally: MetricsTally, names: SeriesNames.Listing, inFlight: Int) {
        func route(_ number: Int) -> SeriesNames.RouteName {
            names.routes.indices.contains(number)
                ? names.routes[number]
                : SeriesNames.RouteName(api: SeriesNames.other, route: SeriesNames.other)
        }
        requests = tally.requests.sorted { $0.key < $1.key }.map { key, count in
            let name = route(key.route)
            return Requests(
                api: name.api, route: name.route, method: ExchangeMethod.label(key.method), status: key.status,
                count: count)
        }
        routes = names.routes.enumerated().compactMap { number, name in
            guard let duration = tally.durations.value(row: number) else { return nil }
            return Route(
                api: name.api, route: name.route, duration: duration, requestBytes: tally.bodyBytes[number * 2],
                responseBytes: tally.bodyBytes[number * 2 + 1])
        }
        upstreams = names.upstreams.enumerated().compactMap { number, name in
            tally.firstBytes.value(row: number).map { Upstream(name: name, firstByte: $0) }
        }
        refusals = zip(names.refusals, tally.refusals).compactMap { name, count in
            guard count > 0 else { return nil }
            let place = route(name.route)
            return Refusals(api: place.api, route: place.route, code: name.code, phase: name.phase, count: count)
        }
        self.inFlight = max(0, inFlight)
    }
}

import Synchronization

/// Which series there are, for all loops together, and how many there may be.
///
/// A loop asks here only when it sees a name for the first time, and counts under the number that it is told. Once the
/// limit is reached every further name is told the number 0, whose labels are all "other": whatever is configured or
/// answered, a scrape and the memory of whoever scrapes stay bounded. Names are never forgotten while the process runs.
final class SeriesNames: Sendable {
    /// The value of each label past the limit, and of what a client may not name.
    static let other = "other"
    private static let mostConsumers = 100_000

    struct RouteName: Hashable {
        let api: String
        let route: String
    }

    struct RefusalName: Hashable {
        let route: Int
        let code: String
        let phase: String
    }

    /// A route's number, a method's and a status in one word.
    struct RequestKey: Hashable, Comparable {
        /// Of the route, the method and the status that are all "other".
        static let other = RequestKey(route: 0, method: 0, status: 0)

        private let bits: UInt64

        /// A status that has not three digits is "other" (0).
        init(route: Int, method: UInt64, status: Int) {
            let status = (100...999).contains(status) ? UInt64(status) : 0
            bits = UInt64(clamping: route) << 16 | method << 10 | status
        }

        var route: Int { Int(bits >> 16) }
        var method: UInt64 { bits >> 10 & 63 }
        var status: Int? { bits & 1_023 == 0 ? nil : Int(bits & 1_023) }

        static func < (left: RequestKey, right: RequestKey) -> Bool { left.bits < right.bits }
    }

    /// All names, each at its number.
    struct Listing {
        var routes: [RouteName] = []
        var upstreams: [String] = []
        var refusals: [RefusalName] = []
        var consumers: [String] = []
    }

    private struct State {
        var listing = Listing()
        var routes: [RouteName: Int] = [:]
        var upstreams: [String: Int] = [:]
        var refusals: [RefusalName: Int] = [:]
        var consumers: [String: Int] = [:]
        var requests: Set<RequestKey> = []
        /// The lines of a scrape that all of these are.
        var series = 0

        mutating func takes(_ count: Int, limit: Int) -> Bool {
            guard series + count <= limit else { return false }
            series += count
            return true
        }
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = limit
        state.withLock { state in
            // These are there whatever the limit is.
            Self.add(RouteName(api: Self.other, route: Self.other), to: &state.listing.routes, &state.routes)
            Self.add(Self.other, to: &state.listing.upstreams, &state.upstreams)
            Self.add(
                RefusalName(route: 0, code: Self.other, phase: Self.other), to: &state.listing.refusals,
                &state.refusals)
            Self.add(Self.other, to: &state.listing.consumers, &state.consumers)
            state.requests.insert(.other)
            state.series = Self.routeSeries + DurationHistograms.seriesCount + 2
        }
    }

    var listing: Listing { state.withLock { $0.listing } }

    /// The route's number; requests without a route have one too, whose labels are empty.
    func route(_ labels: RouteLabels?) -> Int {
        let name = RouteName(api: labels?.api ?? "", route: labels?.route ?? "")
        return state.withLock { state in
            if let known = state.routes[name] { return known }
            guard state.takes(Self.routeSeries, limit: limit) else { return 0 }
            return Self.add(name, to: &state.listing.routes, &state.routes)
        }
    }

    func upstream(_ name: String) -> Int {
        state.withLock { state in
            if let known = state.upstreams[name] { return known }
            guard state.takes(DurationHistograms.seriesCount, limit: limit) else { return 0 }
            return Self.add(name, to: &state.listing.upstreams, &state.upstreams)
        }
    }

    func refusal(_ name: RefusalName) -> Int {
        state.withLock { state in
            if let known = state.refusals[name] { return known }
            guard state.takes(1, limit: limit) else { return 0 }
            return Self.add(name, to: &state.listing.refusals, &state.refusals)
        }
    }

    /// The consumer's number; no consumer has one too, which has no name. They are no part of a scrape.
    func consumer(_ name: String) -> Int {
        state.withLock { state in
            if let known = state.consumers[name] { return known }
            guard state.consumers.count < Self.mostConsumers else { return 0 }
            return Self.add(name, to: &state.listing.consumers, &state.consumers)
        }
    }

    /// The key itself, or the one whose labels are all "other".
    func request(_ key: RequestKey) -> RequestKey {
        state.withLock { state in
            if state.requests.contains(key) { return key }
            guard state.takes(1, limit: limit) else { return .other }
            state.requests.insert(key)
            return key
        }
    }

    /// A route's histogram and its two counters of bytes.
    private static let routeSeries = DurationHistograms.seriesCount + 2

    @discardableResult
    private static func add<Name: Hashable>(_ name: Name, to list: inout [Name], _ numbers: inout [Name: Int]) -> Int {
        numbers[name] = list.count
        list.append(name)
        return list.count - 1
    }
}

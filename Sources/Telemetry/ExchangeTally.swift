/// Which exchanges are counted together. Labels of requests without a route are empty, as are those without a consumer;
/// beyond the limit all are "other".
public struct ExchangeSeries: Hashable, Sendable {
    /// The API.
    public let api: String
    /// The route.
    public let route: String
    /// The consumer that the operator configured.
    public let consumer: String
    /// The first digit of the status, 1 to 5; 0 where nothing was answered.
    public let statusClass: Int

    /// A series.
    public init(api: String, route: String, consumer: String, statusClass: Int) {
        self.api = api
        self.route = route
        self.consumer = consumer
        self.statusClass = statusClass
    }

    /// What stands for this series where there are too many.
    public var other: ExchangeSeries {
        ExchangeSeries(
            api: SeriesNames.other, route: SeriesNames.other, consumer: SeriesNames.other, statusClass: statusClass)
    }
}

/// Which refusals and failures are counted together.
public struct RefusalSeries: Hashable, Sendable {
    /// The API.
    public let api: String
    /// The route.
    public let route: String
    /// The stable reason.
    public let code: String

    /// A series.
    public init(api: String, route: String, code: String) {
        self.api = api
        self.route = route
        self.code = code
    }

    /// What stands for every series where there are too many.
    public static let other = RefusalSeries(
        api: SeriesNames.other, route: SeriesNames.other, code: SeriesNames.other)
}

/// What exchanges of one series were.
public struct ExchangeCount: Sendable, Equatable {
    /// How many.
    public var requests: UInt64 = 0
    /// The bytes of their bodies.
    public var requestBytes: UInt64 = 0
    /// The bytes of the answers' bodies.
    public var responseBytes: UInt64 = 0
    /// How long they took.
    public var durations = LatencyHistogram()

    /// None.
    public init() {}

    /// Adds others.
    public mutating func add(_ other: ExchangeCount) {
        requests &+= other.requests
        requestBytes &+= other.requestBytes
        responseBytes &+= other.responseBytes
        durations.add(other.durations)
    }
}

/// What was counted in a stretch of time.
public struct ExchangeTally: Sendable, Equatable {
    /// By series.
    public var exchanges: [ExchangeSeries: ExchangeCount] = [:]
    /// How many refusals and failures of each series there were.
    public var refusals: [RefusalSeries: UInt64] = [:]

    /// Nothing.
    public init() {}
}

/// What one event loop has counted since it was asked last, under the numbers of `SeriesNames`.
struct RecentExchanges: Sendable {
    /// What nobody asks for stays small: beyond, exchanges are counted as others.
    private static let most = 4_096

    /// The route's number, the consumer's and the class of the status in one word.
    struct Key: Hashable {
        private let bits: UInt64

        init(route: Int, consumer: Int, status: Int) {
            let statusClass = (100...599).contains(status) ? UInt64(status / 100) : 0
            bits = UInt64(clamping: route) << 32 | UInt64(UInt32(clamping: consumer)) << 3 | statusClass
        }

        var route: Int { Int(bits >> 32) }
        var consumer: Int { Int(bits >> 3 & 0x1FFF_FFFF) }
        var statusClass: Int { Int(bits & 7) }
    }

    private(set) var counts: [Key: ExchangeCount] = [:]
    private(set) var refusals: [Int: UInt64] = [:]

    mutating func add(_ record: borrowing ExchangeRecord, route: Int, consumer: Int) {
        var key = Key(route: route, consumer: consumer, status: record.status)
        if counts.count >= Self.most, counts[key] == nil { key = Key(route: 0, consumer: 0, status: record.status) }
        Self.add(record, to: &counts[key, default: ExchangeCount()])
    }

    mutating func addRefusal(_ number: Int) {
        let number = refusals.count >= Self.most && refusals[number] == nil ? 0 : number
        refusals[number, default: 0] &+= 1
    }

    private static func add(_ record: borrowing ExchangeRecord, to count: inout ExchangeCount) {
        count.requests &+= 1
        count.requestBytes &+= UInt64(clamping: record.requestBytes)
        count.responseBytes &+= UInt64(clamping: record.responseBytes)
        count.durations.observe(record.duration)
    }
}

extension ExchangeTally {
    /// Adds what a loop has counted.
    mutating func add(_ recent: RecentExchanges, names: SeriesNames.Listing) {
        func route(_ number: Int) -> SeriesNames.RouteName {
            names.routes.indices.contains(number)
                ? names.routes[number] : SeriesNames.RouteName(api: SeriesNames.other, route: SeriesNames.other)
        }
        for (key, count) in recent.counts {
            let name = route(key.route)
            let consumer =
                names.consumers.indices.contains(key.consumer) ? names.consumers[key.consumer] : SeriesNames.other
            let series = ExchangeSeries(
                api: name.api, route: name.route, consumer: consumer, statusClass: key.statusClass)
            exchanges[series, default: ExchangeCount()].add(count)
        }
        for (number, count) in recent.refusals where names.refusals.indices.contains(number) {
            let refusal = names.refusals[number]
            let name = route(refusal.route)
            refusals[RefusalSeries(api: name.api, route: name.route, code: refusal.code), default: 0] &+= count
        }
    }
}

import Storage
public import Telemetry

/// What exchanges are grouped by.
public enum AnalyticsGrouping: String, Sendable, CaseIterable {
    /// All together.
    case all
    /// The API.
    case api
    /// API and route, with a blank between.
    case route
    /// The consumer.
    case consumer
    /// The class of the status: `2xx`.
    case status
    /// The stable reason of refusals and failures.
    case reason

    func name(_ series: ExchangeSeries) -> String {
        switch self {
        case .all, .reason: ""
        case .api: series.api
        case .route: "\(series.api) \(series.route)"
        case .consumer: series.consumer
        case .status: series.statusClass == 0 ? "none" : "\(series.statusClass)xx"
        }
    }
}

/// What is asked of the analytics.
public struct AnalyticsQuestion: Sendable {
    /// The most stretches that one answer holds.
    public static let mostPoints: Int64 = 1_500

    /// How long the stretches are.
    public let step: AnalyticsStep
    /// From the stretch that holds this second.
    public let from: Int64
    /// To the one that holds the second before this one.
    public let to: Int64
    /// By what they are grouped.
    public let grouping: AnalyticsGrouping
    /// So many groups at most, those with the most requests; the rest is one that is called "other".
    public let limit: Int
    /// Only this API; nil means all.
    public let api: String?
    /// Only this consumer; nil means all. Reasons are not told apart by consumer.
    public let consumer: String?

    /// A question; nil where the range is empty or has too many stretches.
    public init?(
        step: AnalyticsStep, from: Int64, to: Int64, grouping: AnalyticsGrouping, limit: Int = 20, api: String? = nil,
        consumer: String? = nil
    ) {
        let most = step.seconds * Self.mostPoints
        guard from >= 0, to > from, to - step.start(of: from) <= most else { return nil }
        self.step = step
        self.from = step.start(of: from)
        self.to = to
        self.grouping = grouping
        self.limit = max(1, limit)
        self.api = api
        self.consumer = consumer
    }
}

/// The answer: groups over the whole range, and over each stretch.
public struct AnalyticsReport: Sendable {
    /// What was counted of one group.
    public struct Line: Sendable {
        /// The first second of the stretch; of the whole range, the first of the range.
        public let starts: Int64
        /// The group.
        public let name: String
        /// How many requests ended; of a reason, refusals and failures.
        public let requests: UInt64
        /// Of them, those with a status of 4xx.
        public let clientErrors: UInt64
        /// Of them, those with a status of 5xx.
        public let serverErrors: UInt64
        /// The bytes of their bodies.
        public let requestBytes: UInt64
        /// The bytes of the answers' bodies.
        public let responseBytes: UInt64
        /// How long they took in the mean, in microseconds; nil where there were none.
        public let mean: UInt64?
        /// What half of them did not exceed, in microseconds.
        public let p50: UInt64?
        /// What 90 % did not exceed.
        public let p90: UInt64?
        /// What 99 % did not exceed.
        public let p99: UInt64?

        /// Everything in a tally.
        public init(_ starts: Int64, all tally: ExchangeTally) {
            var group = Group()
            for (series, count) in tally.exchanges { group.add(count, statusClass: series.statusClass) }
            self.init(starts, "", group)
        }

        init(_ starts: Int64, _ name: String, _ group: Group) {
            self.starts = starts
            self.name = name
            requests = group.all.requests
            clientErrors = group.clientErrors
            serverErrors = group.serverErrors
            requestBytes = group.all.requestBytes
            responseBytes = group.all.responseBytes
            mean = group.all.durations.mean
            p50 = group.all.durations.quantile(perMille: 500)
            p90 = group.all.durations.quantile(perMille: 900)
            p99 = group.all.durations.quantile(perMille: 990)
        }
    }

    struct Group {
        var all = ExchangeCount()
        var clientErrors: UInt64 = 0
        var serverErrors: UInt64 = 0

        mutating func add(_ count: ExchangeCount, statusClass: Int) {
            all.add(count)
            if statusClass == 4 { clientErrors &+= count.requests }
            if statusClass == 5 { serverErrors &+= count.requests }
        }

        mutating func add(_ other: Group) {
            all.add(other.all)
            clientErrors &+= other.clientErrors
            serverErrors &+= other.serverErrors
        }
    }

    private static let other = "other"

    /// The groups over the whole range, those with the most requests first.
    public let groups: [Line]
    /// By stretch and group; stretches without requests have none.
    public let points: [Line]

    /// Reads a stretch at a time: what is at hand at once is bounded, however long the range is.
    init(_ question: AnalyticsQuestion, in transaction: Transaction) throws(StoreError) {
        let starts = try AnalyticsRecords.starts(question.step, question.from..<question.to, in: transaction)
        var requests: [String: UInt64] = [:]
        for start in starts {
            for (name, group) in try Self.groups(question, at: start, in: transaction) {
                requests[name, default: 0] &+= group.all.requests
            }
        }
        let ranked = requests.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let kept = Set(ranked.prefix(question.limit).map(\.key))
        var whole: [String: Group] = [:]
        var points: [Line] = []
        for start in starts {
            var at: [String: Group] = [:]
            for (name, group) in try Self.groups(question, at: start, in: transaction) {
                at[kept.contains(name) ? name : Self.other, default: Group()].add(group)
            }
            for (name, group) in at { whole[name, default: Group()].add(group) }
            points += at.sorted { $0.key < $1.key }.map { Line(start, $0.key, $0.value) }
        }
        groups = whole.map { Line(question.from, $0.key, $0.value) }
            .sorted { ($1.requests, $0.name) < ($0.requests, $1.name) }
        self.points = points
    }

    private static func groups(
        _ question: AnalyticsQuestion, at start: Int64, in transaction: Transaction
    ) throws(StoreError) -> [String: Group] {
        var groups: [String: Group] = [:]
        guard question.grouping != .reason else {
            for (series, count) in try AnalyticsRecords.refusals(question.step, starts: start, in: transaction)
            where question.api.map({ $0 == series.api }) ?? true {
                groups[series.code, default: Group()].all.requests &+= count
            }
            return groups
        }
        for (series, count) in try AnalyticsRecords.exchanges(question.step, starts: start, in: transaction)
        where question.api.map({ $0 == series.api }) ?? true
            && question.consumer.map({ $0 == series.consumer }) ?? true
        {
            groups[question.grouping.name(series), default: Group()].add(count, statusClass: series.statusClass)
        }
        return groups
    }
}

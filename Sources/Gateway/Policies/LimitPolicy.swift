import Blueprint
import Codecs
import HTTPWire
import Traffic

/// A limit of the configuration, and the number that its counters belong to.
struct NumberedLimit: Sendable {
    let limit: TrafficLimit
    let key: Limit.Key
    /// How answers tell of it.
    let fields: RateLimitFields
}

extension [NumberedLimit] {
    /// Each limit once: one that is said twice is not counted twice.
    var withoutRepetition: [NumberedLimit] {
        guard count > 1 else { return self }
        var seen: Set<UInt32> = []
        return filter { seen.insert($0.limit.number).inserted }
    }
}

/// How often a caller may call: every limit of the route, and of the caller's plans, at once or not at all.
struct LimitPolicy: Sendable {
    /// The API whose plans count; nil counts none.
    let api: String?
    let limits: [NumberedLimit]
    /// Which phase it is.
    let phase: Phase

    func judge(_ exchange: GatewayExchange) -> Judgement {
        let loop = exchange.loop
        var counted = limits
        if let api, let consumer = exchange.identity.consumer {
            counted += consumer.plans(opening: api, at: exchange.now).flatMap(\.limits)
        }
        counted = counted.withoutRepetition
        guard !counted.isEmpty else { return .proceed }
        let uses = counted.map { TrafficUse(of: $0.limit, by: key($0.key, of: exchange)) }
        switch loop.shared.traffic.admit(uses, at: loop.trafficTime(exchange.now)) {
        case .admitted(let tightest):
            if let tightest { exchange.answerFields += fields(tightest, counted) }
            return .proceed
        case .refused(let standing, let seconds):
            let told = fields(standing, counted) + [("Retry-After", RateLimitFields.retryAfter(seconds))]
            exchange.answerFields.removeAll { $0.name.hasPrefix("RateLimit") }
            return .refuse(.limitExceeded(told, seconds: seconds, phase: phase))
        }
    }

    private func fields(_ standing: LimitStanding, _ counted: [NumberedLimit]) -> [(String, [UInt8])] {
        guard counted.indices.contains(standing.index) else { return [] }
        let fields = counted[standing.index].fields
        return [("RateLimit-Policy", fields.policy(standing)), ("RateLimit", fields.rateLimit(standing))]
    }

    /// Whom a limit counts for. Who is nobody in particular is counted by address, so that no caller goes uncounted.
    private func key(_ key: Limit.Key, of exchange: GatewayExchange) -> LimitKey {
        let seed = exchange.loop.shared.traffic.seed
        let identity = exchange.identity
        switch key {
        case .route: return .everybody
        case .consumer:
            if let consumer = identity.consumer { return LimitKey(consumer.name, seed: seed, kind: 1) }
            if let subject = identity.subject, let issuer = identity.issuer {
                return LimitKey(issuer.bytes + [0] + subject.bytes, seed: seed, kind: 2)
            }
        case .subject:
            if let subject = identity.subject, let issuer = identity.issuer {
                return LimitKey(issuer.bytes + [0] + subject.bytes, seed: seed, kind: 2)
            }
        case .client:
            if let client = identity.client, let issuer = identity.issuer {
                return LimitKey(issuer.bytes + [0] + client.bytes, seed: seed, kind: 3)
            }
        case .address: break
        }
        return LimitKey(exchange.networkOfClient, seed: seed, kind: 4)
    }
}

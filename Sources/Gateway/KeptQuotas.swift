import NIOCore
import Traffic

/// The counts of days and months, as they outlive a process: by what a limit says, because its number is the process's own,
/// and with the seed that callers were hashed under.
public struct KeptQuotas: Sendable, Equatable {
    /// The count of one caller.
    struct Count: Sendable, Hashable {
        /// The limit's place among `limits`.
        var limit: UInt32
        var period: TrafficPeriod
        var key: LimitKey
        var windowStart: Int64
        var count: Int64
    }

    let seed: TrafficSeed
    /// What the limits say.
    let limits: [String]
    let counts: [Count]
    /// Whether nothing was counted.
    public var isEmpty: Bool { counts.isEmpty }

    init(seed: TrafficSeed, limits: [String], counts: [Count]) {
        self.seed = seed
        self.limits = limits
        self.counts = counts
    }

    private static let mark = "signet quotas 1\n"

    /// As a file holds them: the mark, the seed, the limits' texts behind their lengths, the counts; little-endian numbers.
    public var bytes: [UInt8] {
        var buffer = ByteBuffer()
        buffer.writeString(Self.mark)
        buffer.writeMultipleIntegers(seed.high, seed.low, UInt32(clamping: limits.count), endianness: .little)
        for limit in limits {
            buffer.writeInteger(UInt32(clamping: limit.utf8.count), endianness: .little)
            buffer.writeString(limit)
        }
        for count in counts {
            buffer.writeMultipleIntegers(
                count.limit, count.period.rawValue, count.key.high, count.key.low, count.windowStart, count.count,
                endianness: .little)
        }
        return Array(buffer.readableBytesView)
    }

    /// Reads what a file holds; nil for anything else, and for a part of it.
    public init?(bytes: [UInt8]) {
        var buffer = ByteBuffer(bytes: bytes)
        guard buffer.readString(length: Self.mark.utf8.count) == Self.mark,
            let (high, low, number) = buffer.readMultipleIntegers(
                endianness: .little, as: (UInt64, UInt64, UInt32).self)
        else { return nil }
        var limits: [String] = []
        for _ in 0..<number {
            guard let length = buffer.readInteger(endianness: .little, as: UInt32.self),
                let limit = buffer.readString(length: Int(length))
            else { return nil }
            limits.append(limit)
        }
        var counts: [Count] = []
        while buffer.readableBytes > 0 {
            guard
                let (limit, period, high, low, start, count) = buffer.readMultipleIntegers(
                    endianness: .little, as: (UInt32, UInt8, UInt64, UInt64, Int64, Int64).self),
                limit < number, let period = TrafficPeriod(rawValue: period)
            else { return nil }
            counts.append(
                Count(
                    limit: limit, period: period, key: LimitKey(high: high, low: low), windowStart: start,
                    count: count))
        }
        self.init(seed: TrafficSeed(high: high, low: low), limits: limits, counts: counts)
    }
}

extension GatewayService {
    /// What was counted in the days and months of this moment. Takes every lock of the counters, one after the other.
    public func quotas() -> KeptQuotas {
        let texts = Dictionary(numbers.numbers.map { ($0.value, $0.key) }) { first, _ in first }
        var limits: [String] = []
        var places: [UInt32: UInt32] = [:]
        var counts: [KeptQuotas.Count] = []
        for count in shared.traffic.snapshot(at: trafficTime) {
            guard let text = texts[count.number] else { continue }
            let place = places[count.number] ?? UInt32(clamping: limits.count)
            if places.updateValue(place, forKey: count.number) == nil { limits.append(text) }
            counts.append(
                KeptQuotas.Count(
                    limit: place, period: count.period, key: count.key, windowStart: count.windowStart,
                    count: count.count))
        }
        return KeptQuotas(seed: shared.traffic.seed, limits: limits, counts: counts)
    }

    /// Adds what an earlier process counted, for the limits of the configuration in force; once, before the first request.
    /// It must be what this gateway was made with.
    public func restore(_ quotas: KeptQuotas) {
        guard quotas.seed == shared.traffic.seed else { return }
        let numbers = numbers.numbers
        let known = quotas.limits.map { numbers[$0] }
        shared.traffic.restore(
            quotas.counts.compactMap { count in
                known[Int(count.limit)].map {
                    CalendarCount(
                        number: $0, period: count.period, key: count.key, windowStart: count.windowStart,
                        count: count.count)
                }
            }, at: trafficTime)
    }

    private var trafficTime: TrafficTime {
        TrafficTime(
            monotonicMilliseconds: Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000),
            unixSeconds: shared.clock() / 1_000)
    }
}

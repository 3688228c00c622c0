import NIOCore
import Testing

@testable import Upstreams

@Suite struct `An endpoint's health` {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private static func at(_ seconds: Int64) -> NIODeadline { start + .seconds(seconds) }

    private static func health(failures: Int = 2, time: Int64 = 5, longest: Int64 = 15) -> EndpointHealth {
        var ejection = UpstreamEjection()
        ejection.failures = failures
        ejection.time = .seconds(time)
        ejection.longest = .seconds(longest)
        return EndpointHealth(ejection, now: start)
    }

    private static func state(_ health: EndpointHealth, _ seconds: Int64) -> UpstreamState {
        health.state(of: UpstreamEndpoint(name: "a", host: "b", port: 1), weight: 1, now: at(seconds))
    }

    @Test func `is lost by failures in a row, for a time that doubles up to the longest`() {
        let health = Self.health()
        health.connectFailed("one", now: Self.at(1))
        health.connected()
        health.connectFailed("two", now: Self.at(2))
        #expect(health.isIn(Self.at(2)))
        health.connectFailed("three", now: Self.at(3))
        #expect(!health.isIn(Self.at(7)))
        #expect(Self.state(health, 7).since == Self.at(3))
        #expect(Self.state(health, 7).lastReason == "three")
        #expect(health.isIn(Self.at(8)))
        #expect(Self.state(health, 9).since == Self.at(8))
        // The first failure after its return is enough, and twice as long.
        health.connectFailed("four", now: Self.at(10))
        #expect(!health.isIn(Self.at(19)))
        // While it is out, failures add nothing.
        health.connectFailed("five", now: Self.at(19))
        #expect(health.isIn(Self.at(20)))
        health.connectFailed("six", now: Self.at(20))
        #expect(!health.isIn(Self.at(34)))
        #expect(health.isIn(Self.at(35)))
    }

    @Test func `comes back by checks, and goes by them, each after so many in a row`() throws {
        var check = try #require(UpstreamCheck(path: "/"))
        check.failures = 2
        check.successes = 3
        let health = Self.health()
        health.checked("bad", check, now: Self.at(1))
        health.checked(nil, check, now: Self.at(2))
        health.checked("bad", check, now: Self.at(3))
        #expect(health.isIn(Self.at(3)))
        health.checked("worse", check, now: Self.at(4))
        #expect(!health.isIn(Self.at(1_000_000)))
        // A connection says nothing about what the check asks.
        health.connectFailed("x", now: Self.at(5))
        health.connected()
        health.checked(nil, check, now: Self.at(6))
        health.checked(nil, check, now: Self.at(7))
        #expect(!health.isIn(Self.at(7)))
        #expect(Self.state(health, 7).since == Self.at(4))
        #expect(Self.state(health, 7).lastReason == "worse")
        health.checked(nil, check, now: Self.at(8))
        #expect(health.isIn(Self.at(8)))
        #expect(Self.state(health, 8).since == Self.at(8))
    }

    @Test func `that failures took comes back by good checks before its time`() throws {
        var check = try #require(UpstreamCheck(path: "/"))
        check.successes = 1
        let health = Self.health(failures: 1, time: 1000, longest: 1000)
        health.connectFailed("x", now: Self.at(1))
        #expect(!health.isIn(Self.at(2)))
        health.checked(nil, check, now: Self.at(3))
        #expect(health.isIn(Self.at(3)))
    }

    @Test func `that failures took comes back by a connection that was opened all the same`() {
        var ejection = UpstreamEjection()
        ejection.failures = 1
        ejection.time = .hours(1)
        ejection.longest = .hours(1)
        let health = EndpointHealth(ejection, now: .now())
        health.connectFailed("x", now: .now())
        #expect(!health.isIn(.now()))
        health.connected()
        #expect(health.isIn(.now()))
    }
}

@Suite struct `A retry budget` {
    private static func at(_ seconds: Double) -> NIODeadline {
        .uptimeNanoseconds(50_000_000_000_000) + .nanoseconds(Int64(seconds * 1e9))
    }

    private static func budget(share: Double, perSecond: Int) -> RetryBudget {
        var retries = UpstreamRetries()
        retries.share = share
        retries.perSecond = perSecond
        return RetryBudget(retries)
    }

    @Test func `is a share of the last ten seconds' calls, and forgets what is older`() {
        var budget = Self.budget(share: 0.2, perSecond: 0)
        let empty = budget.take(Self.at(0))
        #expect(!empty)
        for _ in 0..<50 { budget.count(Self.at(0.5)) }
        let first = (0..<20).count { _ in budget.take(Self.at(3)) }
        #expect(first == 10)
        // The calls are forgotten ten seconds later, and then what was spent.
        for _ in 0..<100 { budget.count(Self.at(9.5)) }
        let second = (0..<100).count { _ in budget.take(Self.at(9.9)) }
        #expect(second == 20)
        let third = (0..<100).count { _ in budget.take(Self.at(10.1)) }
        #expect(third == 0)
        for _ in 0..<100 { budget.count(Self.at(18)) }
        let fourth = (0..<100).count { _ in budget.take(Self.at(18)) }
        #expect(fourth == 20)
        for _ in 0..<10 { budget.count(Self.at(1000)) }
        let fifth = (0..<100).count { _ in budget.take(Self.at(1000)) }
        #expect(fifth == 2)
    }

    @Test func `has so many in each second without any call, and bears a clock that is behind`() {
        var budget = Self.budget(share: 0, perSecond: 3)
        let first = (0..<100).count { _ in budget.take(Self.at(5)) }
        #expect(first == 30)
        let behind = budget.take(Self.at(1))
        #expect(!behind)
        let later = (0..<100).count { _ in budget.take(Self.at(15)) }
        #expect(later == 30)
    }
}

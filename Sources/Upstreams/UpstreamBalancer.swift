public import NIOCore
import Synchronization

/// One event loop's way to a group: a pool for each endpoint, the choice among them, and what is sent again.
public final class UpstreamBalancer {
    /// What it balances.
    public let group: UpstreamGroup
    private var pools: [UpstreamPool] = []
    /// Those that a later balancer has taken over.
    private var kept: Set<Int> = []
    private var budget: RetryBudget
    private var turns: [Int]
    private var rotation = 0
    private let countsRequests: Bool
    private let isSingle: Bool

    /// Makes a balancer; call it on `eventLoop`. It lives, with its pools, until `close` was called and its last call
    /// has ended.
    /// - Parameter earlier: a balancer of the same loop whose connections to the same endpoints are kept; nothing must
    ///   be begun with it any more, and it is still to be closed.
    public init(_ group: UpstreamGroup, eventLoop: any EventLoop, keeping earlier: UpstreamBalancer? = nil) {
        self.group = group
        budget = RetryBudget(group.settings.retries)
        turns = [Int](repeating: 0, count: group.members.count)
        countsRequests = group.settings.balancing == .leastRequests && group.members.count > 1
        isSingle = group.members.count == 1 && group.members[0].weight > 0
        for (member, health) in zip(group.members, group.health) {
            let index = earlier?.pools.firstIndex { $0.endpoint == member.endpoint && $0.health === health }
            if let earlier, let index, earlier.group.settings.limits == group.settings.limits {
                pools.append(earlier.pools[index])
                earlier.kept.insert(index)
            } else {
                pools.append(
                    UpstreamPool(
                        endpoint: member.endpoint, eventLoop: eventLoop, limits: group.settings.limits, health: health))
            }
        }
    }

    /// Gives the call to one of the endpoints; after a failure that allows it, to another.
    public func begin(_ call: UpstreamCall) {
        guard let index = choose(without: 0) else {
            call.finish()
            call.failed(UpstreamFailure(.unreachable, detail: "\(group.name) has no endpoint"))
            return
        }
        budget.count(pools[index].now)
        call.balancer = self
        give(call, to: index)
    }

    /// Closes the pools. Calls that are under way end as they would have.
    public func close() {
        for (index, pool) in pools.enumerated() where !kept.contains(index) { pool.close() }
    }

    private func give(_ call: UpstreamCall, to index: Int) {
        call.endpointIndex = index
        call.tried |= 1 &<< UInt64(index)
        if countsRequests { group.health[index].inFlight.add(1, ordering: .relaxed) }
        pools[index].begin(call)
    }

    /// A call is no longer at this endpoint.
    func left(_ index: Int) {
        if countsRequests { group.health[index].inFlight.subtract(1, ordering: .relaxed) }
    }

    // MARK: Sending again

    /// Sends the call to another endpoint, or to the same where there is no other, if nothing can be done twice by
    /// that: no connection carried it, or its method is idempotent, it has no body and no byte of a response came (RFC
    /// 9110, section 9.2.2). A response that takes too long is not asked for again: that would only add to the load.
    /// - Returns: whether it was sent.
    func sendsAgain(_ call: UpstreamCall, after failure: UpstreamFailure) -> Bool {
        // Where we ourselves have nothing to connect with, another endpoint is no better.
        guard failure.kind != .exhausted, call.timesSentOn < group.settings.retries.most else { return false }
        guard !call.wasCarried || failure.kind == .unreachable && call.maySendAgain else { return false }
        guard let index = choose(without: call.tried) ?? choose(without: 0), budget.take(.now()) else { return false }
        call.timesSentOn += 1
        left(call.endpointIndex)
        give(call, to: index)
        return true
    }

    // MARK: The choice

    /// An endpoint that has a weight, is healthy and was not tried; when none of those is healthy, any of them.
    private func choose(without tried: UInt64) -> Int? {
        if isSingle, tried == 0 { return 0 }
        let now = pools.first?.now ?? .now()
        return choose(without: tried) { group.health[$0].isIn(now) } ?? choose(without: tried) { _ in true }
    }

    private func choose(without tried: UInt64, where isIn: (Int) -> Bool) -> Int? {
        switch group.settings.balancing {
        case .roundRobin: turn(without: tried, where: isIn)
        case .leastRequests: leastBusy(without: tried, where: isIn)
        }
    }

    /// Everyone gains its weight; who has most has its turn and pays what all gained. Over one round each has exactly
    /// its share, and turns of the same one are as far apart as they can be.
    private func turn(without tried: UInt64, where isIn: (Int) -> Bool) -> Int? {
        var best: Int?
        var total = 0
        for index in pools.indices {
            let weight = group.members[index].weight
            guard weight > 0, tried & (1 &<< UInt64(index)) == 0, isIn(index) else { continue }
            turns[index] += weight
            total += weight
            if let leader = best, turns[leader] >= turns[index] { continue }
            best = index
        }
        if let best { turns[best] -= total }
        return best
    }

    /// The fewest requests for the weight; among equals the next in turn.
    private func leastBusy(without tried: UInt64, where isIn: (Int) -> Bool) -> Int? {
        var best: Int?
        var bestCount = 0
        rotation = rotation + 1 < pools.count ? rotation + 1 : 0
        for step in pools.indices {
            let index = (rotation + step) % pools.count
            let weight = group.members[index].weight
            guard weight > 0, tried & (1 &<< UInt64(index)) == 0, isIn(index) else { continue }
            let count = group.health[index].inFlight.load(ordering: .relaxed) + 1
            // count / weight < bestCount / bestWeight, without a division.
            if let leader = best, count &* group.members[leader].weight >= bestCount &* weight { continue }
            best = index
            bestCount = count
        }
        return best
    }
}

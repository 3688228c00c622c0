public import NIOCore
import Synchronization

/// An upstream: several endpoints that serve the same, and what every event loop should know of their health. One for
/// the whole process; each loop has an `UpstreamBalancer` of it.
public final class UpstreamGroup: Sendable {
    /// How an endpoint is chosen for a request.
    public enum Balancing: Hashable, Sendable, CaseIterable {
        /// In turn, each as often as its weight says, and evenly mixed.
        case roundRobin
        /// The one with the fewest requests under way for its weight, counted over all loops.
        case leastRequests
    }

    /// One endpoint and its share.
    public struct Member: Hashable, Sendable {
        /// Where requests go.
        public let endpoint: UpstreamEndpoint
        /// Its share of the requests; 0 (or less) gets none.
        public let weight: Int

        /// Makes a member.
        public init(_ endpoint: UpstreamEndpoint, weight: Int = 1) {
            self.endpoint = endpoint
            self.weight = min(max(weight, 0), 1_000_000)
        }
    }

    /// What is configured beside the endpoints.
    public struct Settings: Sendable {
        /// How an endpoint is chosen.
        public var balancing = Balancing.roundRobin
        /// When an endpoint that cannot be reached is left out.
        public var ejection = UpstreamEjection()
        /// How the endpoints are asked whether they are well; nil: not at all.
        public var check: UpstreamCheck?
        /// How often a call is sent again after a failure that allows it.
        public var retries = UpstreamRetries()
        /// The limits of each loop's connections to each endpoint.
        public var limits = UpstreamLimits()

        /// The settings of the product.
        public init() {}
    }

    /// The configured name.
    public let name: String
    /// The endpoints, at most 64; more are left out.
    public let members: [Member]
    /// What is configured beside them.
    public let settings: Settings
    let health: [EndpointHealth]
    private struct Checking {
        var running: NIOLoopBound<UpstreamChecking>?
        /// Once they were stopped they are never started again: another group has taken over.
        var isStopped = false
    }

    private let checking = Mutex(Checking())

    /// Makes a group.
    /// - Parameter earlier: a group whose knowledge of the same endpoints is kept, when a configuration is read again.
    public init(
        name: String, members: [Member], settings: Settings = Settings(), keeping earlier: UpstreamGroup? = nil
    ) {
        self.name = name
        self.members = Array(members.prefix(64))
        self.settings = settings
        let now = NIODeadline.now()
        health = self.members.map { member in
            let index = earlier?.members.firstIndex { $0.endpoint == member.endpoint }
            if let earlier, let index, earlier.settings.ejection == settings.ejection,
                earlier.settings.check == settings.check
            {
                return earlier.health[index]
            }
            return EndpointHealth(settings.ejection, now: now)
        }
    }

    /// What is known of the endpoints now, in their order.
    public var states: [UpstreamState] {
        let now = NIODeadline.now()
        return zip(members, health).map { member, health in
            health.state(of: member.endpoint, weight: member.weight, now: now)
        }
    }

    /// Starts the active checks, if any are configured, on this loop.
    public func startChecks(on eventLoop: any EventLoop) {
        guard let check = settings.check else { return }
        eventLoop.execute {
            let checks = UpstreamChecking(self, check, eventLoop)
            let started = NIOLoopBound(checks, eventLoop: eventLoop)
            let (mayStart, earlier) = self.checking.withLock { checking in
                guard !checking.isStopped else { return (false, NIOLoopBound<UpstreamChecking>?.none) }
                let earlier = checking.running
                checking.running = started
                return (true, earlier)
            }
            Self.stop(earlier)
            guard mayStart else { return }
            checks.start()
        }
    }

    /// Ends the active checks. Until it is called they keep the group alive.
    public func stopChecks() {
        let running = checking.withLock { checking in
            let running = checking.running
            checking = Checking(running: nil, isStopped: true)
            return running
        }
        Self.stop(running)
    }

    private static func stop(_ running: NIOLoopBound<UpstreamChecking>?) {
        guard let running else { return }
        running.eventLoop.execute { running.value.stop() }
    }
}

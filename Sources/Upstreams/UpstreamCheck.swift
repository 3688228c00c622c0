import HTTPWire
public import NIOCore

/// How the endpoints of an upstream are asked whether they are well: a GET, over a connection of its own, to which any
/// status from 200 to 399 in time is a good answer.
public struct UpstreamCheck: Hashable, Sendable {
    /// The path and query that are asked for.
    public let path: String
    /// The `Host` of the question; nil: the endpoint's own host and port.
    public var host: String?
    /// From one question to the next; each time up to a tenth more or less.
    public var interval = TimeAmount.seconds(10)
    /// How long an answer may take, the connection included.
    public var timeout = TimeAmount.seconds(3)
    /// Bad answers in a row until an endpoint is out.
    public var failures = 3
    /// Good answers in a row until it is back.
    public var successes = 2

    /// Makes a check; nil when the path does not start with a slash or has anything but visible ASCII in it.
    public init?(path: String) {
        guard path.utf8.first == UInt8(ascii: "/"), path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return nil
        }
        self.path = path
    }
}

/// The active checks of one group, on one loop.
final class UpstreamChecking {
    private let group: UpstreamGroup
    private let check: UpstreamCheck
    private let eventLoop: any EventLoop
    private var pools: [UpstreamPool] = []
    private var isStopped = false

    init(_ group: UpstreamGroup, _ check: UpstreamCheck, _ eventLoop: any EventLoop) {
        self.group = group
        self.check = check
        self.eventLoop = eventLoop
    }

    func start() {
        var limits = UpstreamLimits()
        limits.maxOpen = 1
        limits.maxIdle = 0
        limits.connectTimeout = check.timeout
        limits.responseHeadTimeout = check.timeout
        limits.bodyStall = check.timeout
        pools = group.members.map { UpstreamPool(endpoint: $0.endpoint, eventLoop: eventLoop, limits: limits) }
        for index in pools.indices {
            ask(index, in: .nanoseconds(Int64.random(in: 0...max(0, check.interval.nanoseconds / 4))))
        }
    }

    func stop() {
        isStopped = true
        for pool in pools { pool.close() }
        pools = []
    }

    private func ask(_ index: Int, in delay: TimeAmount) {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.scheduleTask(in: delay) { bound.value.ask(index) }
    }

    private func ask(_ index: Int) {
        guard !isStopped, pools.indices.contains(index) else { return }
        let pool = pools[index]
        let call = CheckCall(head: head(for: pool.endpoint)) { finding in
            guard !self.isStopped else { return }
            switch finding {
            case .good: self.group.health[index].checked(nil, self.check, now: .now())
            case .bad(let complaint): self.group.health[index].checked(complaint, self.check, now: .now())
            case .nothing: break
            }
            let tenth = max(0, self.check.interval.nanoseconds / 10)
            self.ask(index, in: .nanoseconds(self.check.interval.nanoseconds &+ Int64.random(in: -tenth...tenth)))
        }
        let bound = NIOLoopBound(call, eventLoop: eventLoop)
        eventLoop.scheduleTask(in: check.timeout) { bound.value.end(.bad("no answer in time")) }
        pool.begin(call)
    }

    private func head(for endpoint: UpstreamEndpoint) -> ByteBuffer {
        let own = endpoint.address
        let asked = check.host ?? own
        let isLegal = !asked.isEmpty && asked.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        return ByteBuffer(
            string: "GET \(check.path) HTTP/1.1\r\nHost: \(isLegal ? asked : own)\r\nConnection: close\r\n\r\n")
    }
}

/// One question. The head of the answer says it all; the rest is not waited for.
private final class CheckCall: UpstreamCall {
    enum Finding {
        case good
        case bad(String)
        /// Nobody could be asked, for a reason of our own.
        case nothing
    }

    private var result: ((Finding) -> Void)?

    init(head: ByteBuffer, _ result: @escaping (Finding) -> Void) {
        self.result = result
        super.init(head: head, method: .get)
    }

    override func response(_ head: ResponseHead, _ bytes: ByteBuffer) {
        end((200...399).contains(head.status) ? .good : .bad("answered the check with \(head.status)"))
    }

    override func failed(_ failure: UpstreamFailure) {
        end(failure.kind == .exhausted ? .nothing : .bad(failure.detail))
    }

    func end(_ finding: Finding) {
        guard let result else { return }
        self.result = nil
        cancel()
        result(finding)
    }
}

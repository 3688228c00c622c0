import ControlPlane
import HTTPTypes
import HTTPWire
import NIOCore
import Synchronization

/// How often one client may have something fetched: each question is a connection that this server makes for a stranger.
final class FetchThrottle: Sendable {
    /// The most questions of one client in a minute.
    static let mostPerClient = 10
    /// The most clients that are counted; in a minute with more, nobody else may ask.
    static let mostClients = 4_096

    private struct Minute {
        var number: Int64 = 0
        var counts: [[UInt8]: Int] = [:]
    }

    private let minute = Mutex(Minute())
    private let clock: @Sendable () -> Int64

    init(clock: @escaping @Sendable () -> Int64) {
        self.clock = clock
    }

    /// Counts a question; throws 429 with the seconds to wait when it is one too many.
    func count(_ address: SocketAddress?) throws(ProblemBody) {
        let now = clock()
        let client = Self.client(address)
        let isGranted = minute.withLock { minute in
            if minute.number != now / 60 { minute = Minute(number: now / 60) }
            let count = minute.counts[client] ?? 0
            guard count < Self.mostPerClient, count > 0 || minute.counts.count < Self.mostClients else { return false }
            minute.counts[client] = count + 1
            return true
        }
        guard isGranted else {
            throw ProblemBody(
                .tooManyRequests, code: "too-many-fetches", title: "Too many questions",
                detail: "One client may have keys fetched \(Self.mostPerClient) times a minute.",
                headers: [.retryAfter: String(60 - now % 60)])
        }
    }

    /// An IPv4 address, or the network of an IPv6 address that one customer has.
    private static func client(_ address: SocketAddress?) -> [UInt8] {
        guard let text = address?.ipAddress, let address = IPAddress(Array(text.utf8)) else { return [] }
        return Array(address.bytes.prefix(8))
    }
}

import Codecs
import NIOCore
import Synchronization

/// Slows guessing down: each wrong password from one address for one account doubles the wait before the next try.
///
/// Counters belong to the pair of account and address, and to the address alone (which meets lists of many accounts),
/// so a stranger elsewhere cannot lock anybody out, and every wait ends. They live in memory: a restart forgets them,
/// which gives a guesser a few tries more. A try counts before the password is looked at, so a thousand tries at once
/// do not all pass; a right password gives its try back.
final class LoginThrottle: Sendable {
    /// What a counter tolerates.
    struct Patience: Sendable {
        /// Tries without any wait.
        let freeTries: Int
        /// The longest wait, in seconds.
        let longestWait: Int64
        /// After how many quiet seconds one try is forgotten.
        let secondsToForgetOne: Int64
    }

    static let perAccount = Patience(freeTries: 5, longestWait: 300, secondsToForgetOne: 600)
    /// Many people may share an address, so its counter is patient and forgets fast.
    static let perAddress = Patience(freeTries: 50, longestWait: 10, secondsToForgetOne: 5)

    /// A counter nobody touched for this many seconds may go when room is needed.
    private static let memory: Int64 = 3_600

    private struct Key: Hashable {
        let account: ByteString?
        let address: [UInt8]
    }

    private struct Counter {
        let tries: Int
        let lastTry: Int64

        /// Never negative, also when the clock was set back.
        func quietSeconds(now: Int64) -> Int64 { max(0, now - lastTry) }

        /// The tries that are not forgotten yet.
        func tries(now: Int64, _ patience: Patience) -> Int {
            max(0, tries - Int(quietSeconds(now: now) / patience.secondsToForgetOne))
        }

        /// How many seconds are left to wait, or nil.
        func wait(now: Int64, _ patience: Patience) -> Int64? {
            let excess = tries(now: now, patience) - patience.freeTries
            guard excess >= 0 else { return nil }
            let left = min(Int64(1) << min(excess, 30), patience.longestWait) - quietSeconds(now: now)
            return left > 0 ? left : nil
        }
    }

    private let counters = Mutex<[Key: Counter]>([:])
    private let capacity: Int

    /// - Parameter capacity: how many counters are kept at most.
    init(capacity: Int = 65_536) {
        self.capacity = capacity
    }

    /// How many counters are kept now.
    var count: Int { counters.withLock { $0.count } }

    /// Counts a try.
    /// - Returns: nil when it may go on, or how many seconds to wait first (then it did not count).
    func admit(account: ByteString, address: SocketAddress?, now: Int64) -> Int64? {
        let place = Self.network(of: address)
        let limits = [
            (Key(account: account, address: place), Self.perAccount),
            (Key(account: nil, address: place), Self.perAddress),
        ]
        return counters.withLock { counters in
            let waits = limits.compactMap { key, patience in
                counters[key].flatMap { $0.wait(now: now, patience) }
            }
            if let longest = waits.max() { return longest }
            makeRoom(in: &counters, now: now)
            for (key, patience) in limits {
                let tries = counters[key].map { $0.tries(now: now, patience) } ?? 0
                counters[key] = Counter(tries: tries + 1, lastTry: now)
            }
            return nil
        }
    }

    /// The password was right: the account's counter is forgotten, and the address gets this try back.
    func succeeded(account: ByteString, address: SocketAddress?) {
        forgive(account: account, address: address, whole: true)
    }

    /// The password was never looked at: the try is given back.
    func withdrawn(account: ByteString, address: SocketAddress?) {
        forgive(account: account, address: address, whole: false)
    }

    private func forgive(account: ByteString, address: SocketAddress?, whole: Bool) {
        let place = Self.network(of: address)
        counters.withLock { counters in
            if whole { counters[Key(account: account, address: place)] = nil }
            let keys = whole ? [nil] : [account, nil]
            for key in keys.map({ Key(account: $0, address: place) }) {
                guard let counter = counters[key] else { continue }
                counters[key] = counter.tries > 1 ? Counter(tries: counter.tries - 1, lastTry: counter.lastTry) : nil
            }
        }
    }

    private func makeRoom(in counters: inout [Key: Counter], now: Int64) {
        guard counters.count >= capacity else { return }
        counters = counters.filter { now - $0.value.lastTry < Self.memory }
        if counters.count >= capacity {
            let oldest = counters.sorted { $0.value.lastTry < $1.value.lastTry }.prefix(max(1, capacity / 4))
            for (key, _) in oldest { counters[key] = nil }
        }
    }

    /// What counts as one address: an IPv4 address, or the /64 that an IPv6 host can choose from freely.
    private static func network(of address: SocketAddress?) -> [UInt8] {
        guard let address else { return [] }
        let bytes = address.withSockAddr { pointer, size in
            Array(UnsafeRawBufferPointer(start: pointer, count: size))
        }
        // Where POSIX's sockaddr_in and sockaddr_in6 hold the address.
        switch address {
        case .v4: return Array(bytes.dropFirst(4).prefix(4))
        case .v6:
            let whole = bytes.dropFirst(8).prefix(16)
            return Array(whole.starts(with: ipv4Mapped) ? whole.suffix(4) : whole.prefix(8))
        case .unixDomainSocket: return []
        }
    }
}

/// `::ffff:0:0/96`: IPv4 clients of a socket that serves both (RFC 4291 §2.5.5.2).
private let ipv4Mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]

public import Codecs
public import Tokens

/// What a remote key set does when: a pure value that never fetches and never looks at a clock.
///
/// Times are whole seconds of one clock that does not jump, whatever its start.
public struct RemoteKeySetStateMachine: Sendable {
    /// How often and how long.
    public struct Limits: Sendable, Equatable {
        /// The shortest time a set is believed before it is fetched again, whatever the server says.
        public var minimumLifetime: Int64 = 60
        /// The longest.
        public var maximumLifetime: Int64 = 86_400
        /// The time where the server says nothing.
        public var usualLifetime: Int64 = 600
        /// How long before a set's end it is fetched again, while the old one still serves.
        public var prefetchLead: Int64 = 30
        /// The shortest time between two fetches, whatever the reason: a flood of unknown names causes no more.
        public var floor: Int64 = 30
        /// While there has never been a good set, the first wait after a failure; it doubles up to `floor`.
        public var firstRetry: Int64 = 2
        /// How long a name that a fresh set did not have is not looked for again.
        public var unknownLifetime: Int64 = 120
        /// How long past its end the last good set still serves while fetches fail. After that it serves nobody.
        public var maximumStaleness: Int64 = 86_400
        /// The most unknown names that are remembered; more are simply unknown.
        public var maximumUnknown = 256
        /// How long a fetch may take. After that it counts as failed, and what it still brings is not looked at.
        public var patience: Int64 = 10

        /// The usual limits.
        public init() {}
    }

    /// What to do for somebody who wants keys.
    public enum Answer: Sendable {
        /// Use these.
        case use(KeySet)
        /// Use these, and have a fetch made meanwhile.
        case useAndFetch(KeySet)
        /// Wait for the fetch that is under way, or, when `starting`, have one made and wait for it.
        case wait(starting: Bool)
        /// There are no keys, and it is too early to ask again.
        case unavailable
    }

    /// How often and how long.
    public let limits: Limits
    /// The last good set; nil before the first.
    public private(set) var keys: KeySet?
    /// Counts the sets that were taken over: part of the identity of whatever was concluded from one.
    public private(set) var generation: UInt64 = 0
    /// Fetches that gave no good set since the last that did.
    public private(set) var failures = 0
    /// Why the last fetch gave none; nil when it did.
    public private(set) var lastFailure: RemoteKeySetFailure?
    /// When the last good set came; nil before the first.
    public private(set) var taken: Int64?

    private var freshUntil: Int64 = .min
    private var lastFetch: Int64?
    private var isFetching = false
    private var unknown: [ByteString: Int64] = [:]

    /// Nothing fetched yet.
    public init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// The set that serves now, without waiting; nil when there is none, or it is too old.
    public func current(now: Int64) -> KeySet? {
        now < Self.sum(freshUntil, limits.maximumStaleness) ? keys : nil
    }

    /// Somebody wants the key of this name, or any when the token names none.
    public mutating func want(_ keyID: ByteString?, now: Int64) -> Answer {
        guard let keys = current(now: now) else {
            if isFetching { return .wait(starting: false) }
            return beginFetch(now) ? .wait(starting: true) : .unavailable
        }
        if let keyID, !Self.mayAnswer(keys, keyID), !isKnownToBeMissing(keyID, now) {
            // New keys may have been published: one look, for all that ask in these seconds.
            if isFetching { return .wait(starting: false) }
            if beginFetch(now) { return .wait(starting: true) }
            return .use(keys)
        }
        if now >= Self.sum(freshUntil, -limits.prefetchLead), !isFetching, beginFetch(now) { return .useAndFetch(keys) }
        return .use(keys)
    }

    /// A fetch answered.
    /// - Parameters:
    ///   - body: the bytes of the answer.
    ///   - maximumAge: `max-age` of the answer in seconds; nil if it says nothing.
    /// - Returns: whether the set was taken over.
    @discardableResult
    public mutating func fetched(_ body: [UInt8], maximumAge: Int64?, now: Int64) -> Bool {
        switch RemoteKeySetReader.read(body) {
        case .success(let keys): return take(keys, maximumAge: maximumAge, now: now)
        case .failure(let failure):
            failed(failure, now: now)
            return false
        }
    }

    /// A fetch gave a set that was read already.
    @discardableResult
    public mutating func take(_ keys: KeySet, maximumAge: Int64?, now: Int64) -> Bool {
        take(keys, isNew: self.keys.map { !$0.hasSameKeys(as: keys) } ?? true, maximumAge: maximumAge, now: now)
    }

    /// The same, for those who have compared the set with the last one already.
    @discardableResult
    mutating func take(_ keys: KeySet, isNew: Bool, maximumAge: Int64?, now: Int64) -> Bool {
        isFetching = false
        failures = 0
        lastFailure = nil
        if isNew { generation &+= 1 }
        self.keys = keys
        taken = now
        unknown = unknown.filter { !Self.mayAnswer(keys, $0.key) }
        let wanted = maximumAge ?? limits.usualLifetime
        freshUntil = Self.sum(now, min(max(wanted, limits.minimumLifetime), limits.maximumLifetime))
        return true
    }

    /// A fetch gave nothing good; the last good set stays.
    public mutating func failed(_ failure: RemoteKeySetFailure, now: Int64) {
        isFetching = false
        failures += 1
        lastFailure = failure
    }

    /// A name was looked for in a set just fetched and is not there: for a while nobody looks again.
    public mutating func missed(_ keyID: ByteString, now: Int64) {
        guard let keys, !Self.mayAnswer(keys, keyID) else { return }
        if unknown.count >= limits.maximumUnknown { unknown = unknown.filter { $0.value > now } }
        guard unknown.count < limits.maximumUnknown else { return }
        unknown[keyID] = Self.sum(now, limits.unknownLifetime)
    }

    private mutating func beginFetch(_ now: Int64) -> Bool {
        if let lastFetch, now < Self.sum(lastFetch, pause) { return false }
        lastFetch = now
        isFetching = true
        return true
    }

    /// How long after a fetch the next may begin.
    private var pause: Int64 {
        guard keys == nil, failures > 0 else { return limits.floor }
        return min(limits.floor, limits.firstRetry &<< Int64(min(failures - 1, 16)))
    }

    private func isKnownToBeMissing(_ keyID: ByteString, _ now: Int64) -> Bool {
        guard let until = unknown[keyID] else { return false }
        return now < until
    }

    /// Whether a set has a key of this name, or one without a name, which answers for any.
    private static func mayAnswer(_ keys: KeySet, _ keyID: ByteString) -> Bool {
        keys.descriptions.contains { $0.id == nil || $0.id == keyID }
    }

    private static func sum(_ time: Int64, _ seconds: Int64) -> Int64 {
        let (sum, overflow) = time.addingReportingOverflow(seconds)
        return overflow ? (seconds < 0 ? .min : .max) : sum
    }
}

/// Why a fetch gave no key set.
public enum RemoteKeySetFailure: Error, Sendable, Equatable {
    /// The server could not be reached, or refused: why, in the words of whoever asked it, made safe to show and cut.
    case unreachable(cause: String)
    /// Whoever wanted the keys stopped waiting for them.
    case cancelled
    /// The answer is larger than any key set may be.
    case tooLarge
    /// The answer is no JWK set, or one without a single good key.
    case unreadable(KeyError)
    /// The answer is a JWK set without a key.
    case empty
    /// The answer holds a private key or a shared secret. Its keys are burnt.
    case privateKey

    /// For people, as a clause.
    public var clause: String {
        switch self {
        case .unreachable(let cause): "it cannot be reached: \(cause)"
        case .cancelled: "nobody waited for the answer"
        case .tooLarge: "the set is larger than \(JWKReader.maximumSetSize) bytes"
        case .unreadable(let error): "\(error.detail) (\(error.code.rawValue))"
        case .empty: "the set has no key"
        case .privateKey: "the set holds a private key or a shared secret: its keys can be trusted no longer"
        }
    }
}

/// Reads the answer of a key set's address: stricter than a file of one's own, because somebody else wrote it.
public enum RemoteKeySetReader {
    /// The key set, or why there is none.
    public static func read(_ body: [UInt8]) -> Result<KeySet, RemoteKeySetFailure> {
        guard body.count <= JWKReader.maximumSetSize else { return .failure(.tooLarge) }
        let json: JSON
        do throws(JSONError) {
            json = try JSONReader.read(body, depth: DecodedToken.headerDepth)
        } catch {
            return .failure(.unreadable(KeyError(.unreadable, "the key set is not JSON: \(error.description)")))
        }
        guard let elements = json.object?["keys"]?.array else {
            return .failure(.unreadable(KeyError(.set, "this is no JWK set: it has no list \"keys\"")))
        }
        guard !elements.isEmpty else { return .failure(.empty) }
        for element in elements {
            if let key = element.object, PrivateMembers.shown(in: key) != nil { return .failure(.privateKey) }
        }
        do throws(KeyError) {
            return .success(try KeySet(try JWKReader.readPublic(elements)))
        } catch {
            return .failure(.unreadable(error))
        }
    }
}

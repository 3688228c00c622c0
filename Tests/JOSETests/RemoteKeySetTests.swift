import Codecs
import JOSE
import Synchronization
import Testing
import Tokens

/// A clock and a server that do as they are told, and count.
private final class Issuer: Sendable {
    struct State {
        var now: Int64 = 1_000
        var body: [UInt8]? = []
        var maximumAge: Int64?
        var fetches = 0
        var delay = Duration.zero
        /// Fetches that never return, deaf to cancellation.
        var stuck: [CheckedContinuation<Void, Never>] = []
        var hangs = false
    }

    struct Unreachable: Error {}
    static let unreachable = RemoteKeySetFailure.unreachable(cause: "\"Unreachable()\"")

    let state = Mutex(State())

    init(_ ids: ByteString...) throws { publish(try Self.body(ids)) }

    static func body(_ ids: [ByteString]) throws -> [UInt8] {
        var keys: [JSON] = []
        for id in ids {
            keys.append(.object(try SigningKey.generate(.ed25519, id: id).verificationKey.publicJWK ?? [:]))
        }
        return JSONWriter.write(["keys": .array(keys)])
    }

    func publish(_ body: [UInt8]?) { state.withLock { $0.body = body } }
    func pass(_ seconds: Int64) { state.withLock { $0.now += seconds } }
    var fetches: Int { state.withLock { $0.fetches } }

    /// - Parameter patience: what is real time in these tests; beside tests that compute, whoever waits may wait for minutes.
    func keySet(patience: Int64 = 3_600) -> RemoteKeySet {
        var limits = RemoteKeySetStateMachine.Limits()
        limits.patience = patience
        return RemoteKeySet(address: "https://issuer.example/jwks", limits: limits) {
            self.state.withLock { $0.now }
        } fetch: { _ in
            let delay = self.state.withLock { state in
                state.fetches += 1
                return state.delay
            }
            if delay > .zero { try await Task.sleep(for: delay) }
            if self.state.withLock({ $0.hangs }) {
                await withCheckedContinuation { continuation in
                    self.state.withLock { $0.stuck.append(continuation) }
                }
            }
            return try self.state.withLock { state in
                guard let body = state.body else { throw Unreachable() }
                return FetchedKeySet(body: body, maximumAge: state.maximumAge)
            }
        }
    }
}

@Suite struct RemoteKeySetTests {
    private func ids(_ keys: KeySet?) -> [ByteString?] { keys?.keys.map(\.id) ?? [] }

    /// Waits for the fetch that was begun in the background.
    private func settle(_ issuer: Issuer, fetches: Int, _ keys: RemoteKeySet, generation: UInt64? = nil) async throws {
        for _ in 0..<2_000 where issuer.fetches < fetches || generation.map({ $0 != keys.current.generation }) ?? false
        {
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    @Test func `nothing is fetched before it is wanted, and then once`() async throws {
        let issuer = try Issuer("a")
        let keys = issuer.keySet()
        #expect(keys.current.keys == nil)
        #expect(issuer.fetches == 0)
        #expect(ids(try await keys.keys(for: "a")) == ["a"])
        #expect(ids(keys.current.keys) == ["a"])
        for _ in 0..<50 { _ = try await keys.keys(for: "a") }
        #expect(issuer.fetches == 1)
    }

    @Test func `a hundred that want keys at once make one fetch`() async throws {
        let issuer = try Issuer("a")
        issuer.state.withLock { $0.delay = .milliseconds(20) }
        let keys = issuer.keySet()
        let answers = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<100 { group.addTask { (try? await keys.keys(for: "a"))?.keys.count ?? 0 } }
            return await group.reduce(0, +)
        }
        #expect(answers == 100)
        #expect(issuer.fetches == 1)
    }

    @Test func `a set is renewed before it ends, and nobody waits for that`() async throws {
        let issuer = try Issuer("a")
        issuer.state.withLock { $0.maximumAge = 300 }
        let keys = issuer.keySet()
        _ = try await keys.keys(for: nil)
        issuer.publish(try Issuer.body(["a", "b"]))
        issuer.pass(269)
        _ = try await keys.keys(for: "a")
        #expect(issuer.fetches == 1)
        issuer.pass(1)
        #expect(ids(try await keys.keys(for: "a")) == ["a"])
        try await settle(issuer, fetches: 2, keys, generation: 2)
        #expect(ids(keys.current.keys) == ["a", "b"])
        #expect(keys.current.generation == 2)
    }

    @Test func `an unknown name is looked for at once, and found`() async throws {
        let issuer = try Issuer("a")
        let keys = issuer.keySet()
        _ = try await keys.keys(for: "a")
        issuer.publish(try Issuer.body(["a", "b"]))
        issuer.pass(30)
        #expect(ids(try await keys.keys(for: "b")) == ["a", "b"])
        #expect(issuer.fetches == 2)
    }

    @Test func `a flood of unknown names costs one fetch in thirty seconds`() async throws {
        let issuer = try Issuer("a")
        let keys = issuer.keySet()
        _ = try await keys.keys(for: "a")
        for _ in 0..<300 {
            issuer.pass(1)
            for number in 0..<20 { #expect(ids(try await keys.keys(for: ByteString("x\(number)"))) == ["a"]) }
        }
        // 300 seconds, 6,000 questions: the first fetch and at most ten more.
        print("Unknown names: 6000 questions in 300 s, \(issuer.fetches) fetches")
        #expect(issuer.fetches <= 11)

        // One name, over and over: it is remembered as unknown for two minutes at a time.
        let quiet = try Issuer("a")
        let others = quiet.keySet()
        _ = try await others.keys(for: "a")
        for _ in 0..<300 {
            quiet.pass(1)
            _ = try await others.keys(for: "x")
        }
        #expect(quiet.fetches <= 4)
    }

    @Test func `what is no key set leaves the last good one`() async throws {
        let issuer = try Issuer("a")
        let keys = issuer.keySet()
        _ = try await keys.keys(for: "a")
        let good = try Issuer.body(["b"])
        let privateKey = try SigningKey.generate(.ed25519, id: "b").privateJWK
        let bodies: [([UInt8]?, RemoteKeySetFailure?)] = [
            (nil, Issuer.unreachable), ([], nil), (Array(good.dropLast(7)), nil),
            (Array("<!doctype html><title>502</title>".utf8), nil),
            ([UInt8](repeating: 0x20, count: 10 << 20), .tooLarge),
            (Array(#"{"keys":[]}"#.utf8), .empty), (Array("{}".utf8), nil), (Array(#"{"keys":{}}"#.utf8), nil),
            (JSONWriter.write(["keys": [.object(privateKey)]]), .privateKey),
            (Array(#"{"keys":[{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]}"#.utf8), .privateKey),
            (JSONWriter.write(try #require(try JSONReader.read(good).object?["keys"]?.array?.first)), nil),
            (JSONWriter.write(["keys": .array(Array(repeating: .object(["kty": "x"]), count: 101))]), nil),
        ]
        for (index, (body, failure)) in bodies.enumerated() {
            issuer.publish(body)
            issuer.pass(31)
            #expect(ids(try await keys.keys(for: ByteString("b\(index)"))) == ["a"])
            #expect(issuer.fetches == index + 2)
            #expect(keys.health.failures == index + 1)
            if let failure { #expect(keys.health.last == failure) } else { #expect(keys.health.last != nil) }
        }
        issuer.publish(good)
        issuer.pass(31)
        #expect(ids(try await keys.keys(for: "b")) == ["b"])
        #expect(keys.health.failures == 0)
        #expect(keys.health.last == nil)
    }

    @Test func `the last good set serves for a day and no longer`() async throws {
        let issuer = try Issuer("a")
        let keys = issuer.keySet()
        _ = try await keys.keys(for: "a")
        issuer.publish(nil)
        issuer.pass(600 + 86_399)
        #expect(ids(keys.current.keys) == ["a"])
        issuer.pass(1)
        #expect(keys.current.keys == nil)
        await #expect(throws: Issuer.unreachable) { try await keys.keys(for: "a") }
        issuer.publish(try Issuer.body(["a"]))
        issuer.pass(30)
        #expect(ids(try await keys.keys(for: "a")) == ["a"])
    }

    @Test func `an issuer that is down at the start is asked again after 2, 4, 8 seconds and so on`() async throws {
        let issuer = try Issuer("a")
        issuer.publish(nil)
        let keys = issuer.keySet()
        var moments: [Int64] = []
        for second in 0..<130 as Range<Int64> {
            let before = issuer.fetches
            await #expect(throws: Issuer.unreachable) { try await keys.keys(for: "a") }
            if issuer.fetches > before { moments.append(second) }
            issuer.pass(1)
        }
        #expect(moments == [0, 2, 6, 14, 30, 60, 90, 120])
    }

    @Test func `a fetch that never returns counts as failed, and what it brings at last is not looked at`() async throws
    {
        let issuer = try Issuer("a")
        issuer.state.withLock { $0.hangs = true }
        let keys = issuer.keySet(patience: 1)
        let failure = await #expect(throws: RemoteKeySetFailure.self) { try await keys.keys(for: "a") }
        #expect(failure == .unreachable(cause: "no answer came in 1 seconds"))
        #expect(keys.health.failures == 1)
        // The next fetch is another one.
        issuer.state.withLock { $0.hangs = false }
        issuer.publish(try Issuer.body(["b"]))
        issuer.pass(2)
        #expect(ids(try await keys.keys(for: "b")) == ["b"])
        issuer.publish(try Issuer.body(["c"]))
        for stuck in issuer.state.withLock({ $0.stuck }) { stuck.resume() }
        try await Task.sleep(for: .milliseconds(50))
        #expect(ids(keys.current.keys) == ["b"])
        #expect(keys.current.generation == 1)
        #expect(issuer.fetches == 2)
    }

    @Test func `whoever stops waiting goes on at once, and the others wait on`() async throws {
        let issuer = try Issuer("a")
        issuer.state.withLock { $0.hangs = true }
        let keys = issuer.keySet()
        let patient = Task { try await keys.keys(for: "a") }
        let hasty = Task { try await keys.keys(for: "a") }
        for _ in 0..<2_000 where issuer.state.withLock({ $0.stuck.isEmpty }) {
            try await Task.sleep(for: .milliseconds(1))
        }
        hasty.cancel()
        await #expect(throws: RemoteKeySetFailure.cancelled) { try await hasty.value }
        for stuck in issuer.state.withLock({ $0.stuck }) { stuck.resume() }
        #expect(ids(try await patient.value) == ["a"])
        #expect(issuer.fetches == 1)
    }

    @Test func `a fetch that failed does not make a new name unknown`() async throws {
        let issuer = try Issuer("a")
        let keys = issuer.keySet()
        _ = try await keys.keys(for: "a")
        issuer.publish(nil)
        issuer.pass(31)
        #expect(ids(try await keys.keys(for: "b")) == ["a"])
        issuer.publish(try Issuer.body(["a", "b"]))
        issuer.pass(31)
        #expect(ids(try await keys.keys(for: "b")) == ["a", "b"])
    }

    @Test func `a bad key beside good ones is passed over, and an alarm can see it`() async throws {
        let issuer = try Issuer("a")
        let document = try #require(try JSONReader.read(Issuer.body(["a"])).object?["keys"]?.array)
        issuer.publish(JSONWriter.write(["keys": .array(document + [.null, ["kty": "EC", "kid": "b"]])]))
        let keys = issuer.keySet()
        #expect(ids(try await keys.keys(for: "a")) == ["a"])
        #expect(keys.health.failures == 0)
        #expect(keys.health.passedOver.map(\.code) == [.set, .malformed])
    }

    @Test func `a set is another when a key says something else of itself`() throws {
        var jwk = try #require(try SigningKey.generate(.es256, id: "a").verificationKey.publicJWK)
        var machine = RemoteKeySetStateMachine()
        func take() throws -> UInt64 {
            machine.take(
                try KeySet(publicJWKS: JSONWriter.write(["keys": [.object(jwk)]])), maximumAge: nil, now: 0)
            return machine.generation
        }
        #expect(try take() == 1)
        #expect(try take() == 1)
        jwk["key_ops"] = ["encrypt"]
        jwk["use"] = nil
        jwk["alg"] = "ES256"
        #expect(try take() == 2)
        jwk["key_ops"] = nil
        #expect(try take() == 3)
    }

    @Test func `how long a set is believed is bounded on both sides`() throws {
        let set = try KeySet([try SigningKey.generate(.ed25519, id: "a").verificationKey])
        func end(_ maximumAge: Int64?) -> Int64 {
            var machine = RemoteKeySetStateMachine()
            _ = machine.want(nil, now: 0)
            machine.take(set, maximumAge: maximumAge, now: 0)
            for second in 0..<100_000 as Range<Int64> {
                if case .useAndFetch = machine.want(nil, now: second) { return second + 30 }
            }
            return -1
        }
        #expect(end(0) == 60)
        #expect(end(-5) == 60)
        #expect(end(nil) == 600)
        #expect(end(3_600) == 3_600)
        #expect(end(.max) == 86_400)
    }

    @Test func `a clock at its ends traps nothing`() throws {
        let set = try KeySet([try SigningKey.generate(.ed25519, id: "a").verificationKey])
        for now: Int64 in [.min, -1, 0, .max] {
            var machine = RemoteKeySetStateMachine()
            _ = machine.want("b", now: now)
            machine.take(set, maximumAge: .max, now: now)
            machine.missed("b", now: now)
            for later: Int64 in [.min, 0, .max] { _ = machine.want("b", now: later) }
            machine.failed(Issuer.unreachable, now: now)
            _ = machine.want(nil, now: .max)
        }
    }
}

import Fetching
import HTTPWire
import NIOCore
import NIOPosix
import Synchronization
import Testing

/// Where this server may be sent by a stranger's word.
@Suite("Fetch guard") struct FetchGuardTests {
    private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(Array(text.utf8))) }

    @Test(
        arguments: [
            ("https://login.example", "login.example", 443, true),
            ("HTTPS://Login.Example:8443/a?b=c", "login.example", 8443, true),
            ("http://[2001:db8::1]:80/x", "2001:db8::1", 80, false), ("https://10.0.0.1/", "10.0.0.1", 443, true),
        ])
    func `an address is divided into what is asked`(text: String, host: String, port: Int, isEncrypted: Bool) throws {
        let address = try #require(FetchAddress(text))
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(address.isEncrypted == isEncrypted)
    }

    @Test(
        arguments: [
            "", "login.example", "ftp://login.example", "file:///etc/passwd", "https://", "https:///path",
            "https://user@login.example",
            "https://user:pw@login.example", "https://login.example#x", "https://login.example:0",
            "https://login.example:99999",
            "https://login.example:", "https://login.example:80x", "https://login.example\\@evil.example",
            "https://a b", "https://[::1",
            "https://[zz]/", "https://ü.example", "https://login.example/\r\nHost: x", "gopher://x", "https://%31",
            "https://" + String(repeating: "a", count: 2_100),
        ])
    func `anything else is no address`(text: String) {
        #expect(FetchAddress(text) == nil)
    }

    @Test(
        arguments: [
            "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "255.255.255.255",
            "::", "::1",
            "fe80::1", "fc00::1", "fd12:3456::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
            "64:ff9b:1::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "::127.0.0.1",
        ])
    func `no address of a network's inside is public`(text: String) throws {
        #expect(try !address(text).isPublic)
    }

    @Test(
        arguments: [
            "1.1.1.1", "8.8.8.8", "172.15.0.1", "172.32.0.1", "100.63.0.1", "100.128.0.1", "193.0.0.1",
            "223.255.255.255",
            "2606:4700::1111", "2a00:1450:4001::1",
        ])
    func `addresses of the internet are public`(text: String) throws {
        #expect(try address(text).isPublic)
    }

    @Test func `every address of a host must be public`() throws {
        let judge = FetchGuard()
        let place = try #require(FetchAddress("https://login.example/keys"))
        let outside = try address("93.184.216.34")
        #expect(try judge.address(of: place, resolved: [outside]) == outside)
        #expect(throws: FetchFailure.noSuchHost("login.example")) { try judge.address(of: place, resolved: []) }
        #expect(throws: FetchFailure.notPublic("login.example")) {
            try judge.address(of: place, resolved: [outside, try address("127.0.0.1")])
        }
        let clear = try #require(FetchAddress("http://login.example/keys"))
        #expect(throws: FetchFailure.notEncrypted("login.example")) {
            try judge.address(of: clear, resolved: [outside])
        }
    }

    @Test func `the operator's own networks are opened, and there http as well`() throws {
        let judge = FetchGuard(networks: [try #require(IPNetwork("10.1.0.0/16"))])
        let clear = try #require(FetchAddress("http://login.internal/keys"))
        let inside = try address("10.1.2.3")
        #expect(try judge.address(of: clear, resolved: [inside]) == inside)
        #expect(throws: FetchFailure.notPublic("login.internal")) {
            try judge.address(of: clear, resolved: [try address("10.2.0.1")])
        }
    }

    @Test func `IPv4 is taken where there are both`() throws {
        let place = try #require(FetchAddress("https://login.example"))
        let four = try address("93.184.216.34")
        #expect(try FetchGuard().address(of: place, resolved: [try address("2606:4700::1111"), four]) == four)
    }

    @Test func `an address is judged before anything is connected`() async throws {
        for text in ["https://127.0.0.1:1/", "https://[::1]:1/", "http://169.254.169.254/latest/meta-data"] {
            await #expect(throws: FetchFailure.self) { try await GuardedFetch(FetchGuard()).document(at: text) }
        }
        let fetch = GuardedFetch(FetchGuard()) { _ in [IPAddress.unspecified] }
        await #expect(throws: FetchFailure.notPublic("inside.example")) {
            try await fetch.document(at: "https://inside.example/")
        }
    }

    /// The client looks the judged address up by the host's name as it stands in the address: another spelling would be
    /// resolved anew, by whoever answers then.
    @Test func `whatever the spelling of its name, the judged address is connected to`() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let server = try await ServerBootstrap(group: group).childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(OneAnswer()) }
        }.bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port)
        let inside = try address("127.0.0.1")
        let asked = Mutex<[String]>([])
        let fetch = GuardedFetch(FetchGuard(networks: [try #require(IPNetwork("127.0.0.1"))])) { host in
            asked.withLock { $0.append(host) }
            return [inside]
        }
        for host in ["keys.invalid", "KEYS.Invalid", "Keys.INVALID"] {
            let document = try await fetch.document(at: "HTTP://\(host):\(port)/Keys?A=b")
            #expect(document.address == inside)
            #expect(String(decoding: document.body, as: UTF8.self).hasPrefix("GET /Keys?A=b HTTP/1.1"))
        }
        #expect(asked.withLock { $0 } == ["keys.invalid", "keys.invalid", "keys.invalid"])
        try await server.close()
    }

    @Test func `a name server that never answers keeps nobody waiting longer than promised`() async throws {
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        let fetch = GuardedFetch(FetchGuard()) { _ in
            // Deaf to being cancelled, as the system's resolver is.
            await Task.detached { for await _ in released {} }.value
            return []
        }
        await #expect(throws: FetchFailure.unreachable("mute.example", why: "no complete answer came within 5 seconds"))
        {
            try await fetch.document(at: "https://mute.example/")
        }
        release.finish()
    }

    /// As at a start with many published issuers.
    @Test func `no more than a few are under way, and the others wait for their turn`() async throws {
        let most = Mutex((now: 0, ever: 0))
        let fetch = GuardedFetch(FetchGuard()) { _ in
            most.withLock { most in
                most.now += 1
                most.ever = max(most.ever, most.now)
            }
            try? await Task.sleep(for: .milliseconds(100))
            most.withLock { $0.now -= 1 }
            return []
        }
        let results = await failures(of: fetch, count: 12)
        #expect(results.count { $0 == .noSuchHost("slow.example") } == 12)
        #expect(most.withLock { $0.ever } == GuardedFetch.mostAtOnce)
    }

    @Test func `so many wait, and what they wait counts`() async throws {
        let calm = Mutex(false)
        let fetch = GuardedFetch(FetchGuard()) { _ in
            let isFast = calm.withLock { $0 }
            if !isFast { try? await Task.sleep(for: .seconds(60)) }
            return []
        }
        let results = await failures(
            of: fetch, count: GuardedFetch.mostAtOnce + GuardedFetch.mostWaiting + 10)
        #expect(results.count { $0 == .busy } == 10)
        let tooLate = FetchFailure.unreachable("slow.example", why: "no complete answer came within 5 seconds")
        #expect(results.count { $0 == tooLate } == results.count - 10)
        // Whoever gave up waiting holds no place.
        calm.withLock { $0 = true }
        let later = await failures(of: fetch, count: 8)
        #expect(later == Array(repeating: .noSuchHost("slow.example"), count: 8))
    }

    private func failures(of fetch: GuardedFetch, count: Int) async -> [FetchFailure?] {
        await withTaskGroup(of: FetchFailure?.self) { group in
            for _ in 0..<count {
                group.addTask {
                    do throws(FetchFailure) {
                        _ = try await fetch.document(at: "https://slow.example/")
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }
}

/// Answers whatever comes with what came, and hangs up.
private final class OneAnswer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let asked = unwrapInboundIn(data)
        var answer = ByteBuffer(
            string: "HTTP/1.1 200 OK\r\nContent-Length: \(asked.readableBytes)\r\nConnection: close\r\n\r\n")
        answer.writeImmutableBuffer(asked)
        context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
    }
}

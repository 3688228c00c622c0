import Edge
import Foundation
import Gateway
import NIOCore
import TestSupport
import Testing
import Upstreams

@Suite struct `An upstream of several endpoints` {
    private static func named(_ name: String) -> @Sendable (RawSocket, Int) throws -> Void {
        Say.always("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n\(name)")
    }

    private static func member(_ port: Int, _ name: String, weight: Int = 1) -> UpstreamGroup.Member {
        UpstreamGroup.Member(TestGateway.endpoint(port, name), weight: weight)
    }

    /// The bodies of `count` answers to requests that follow each other.
    private func ask(_ gateway: TestGateway, _ count: Int, _ request: String = Say.get) throws -> String {
        let client = try gateway.client()
        return try (0..<count).map { _ in
            try client.send(request)
            return try client.receiveResponse().body
        }.joined()
    }

    @Test(arguments: UpstreamGroup.Balancing.allCases)
    func `shares requests by weight`(_ balancing: UpstreamGroup.Balancing) async throws {
        let servers = try ["a", "b", "c", "z"].map { try ScriptedServer(Self.named($0)) }
        var settings = TestGateway.settings()
        settings.balancing = balancing
        let members = zip(servers, [("a", 5), ("b", 3), ("c", 2), ("z", 0)]).map { server, share in
            Self.member(server.port, share.0, weight: share.1)
        }
        try await TestGateway.with(members, settings: settings) { gateway in
            let answers = try ask(gateway, 1000)
            let counts = ["a", "b", "c", "z"].map { name in answers.count { String($0) == name } }
            #expect(counts[3] == 0)
            #expect(counts.reduce(0, +) == 1000)
            if balancing == .roundRobin {
                #expect(counts == [500, 300, 200, 0])
                // Mixed, not in blocks.
                #expect(!answers.contains("aaa") && !answers.contains("bb") && !answers.contains("cc"))
            } else {
                // With one request at a time the heaviest has the fewest for its weight, always.
                #expect(counts[0] == 1000)
            }
        }
        _ = servers
    }

    @Test func `gives a request to the endpoint that has the fewest for its weight`() async throws {
        let gate = Recorder<Bool>()
        let slow: @Sendable (String) -> (@Sendable (RawSocket, Int) throws -> Void) = { name in
            { socket, _ in
                _ = try socket.receive(until: "\r\n\r\n")
                while gate.all.isEmpty { Thread.sleep(forTimeInterval: 0.01) }
                try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n\(name)")
            }
        }
        let one = try ScriptedServer(slow("a"))
        let two = try ScriptedServer(slow("b"))
        var settings = TestGateway.settings()
        settings.balancing = .leastRequests
        try await TestGateway.with(
            [Self.member(one.port, "a", weight: 2), Self.member(two.port, "b")], settings: settings
        ) { gateway in
            let clients = try (0..<9).map { _ in try gateway.client() }
            for client in clients { try client.send(Say.get) }
            for _ in 0..<3_000 where one.accepted + two.accepted < 9 { try await Task.sleep(for: .milliseconds(10)) }
            #expect(one.accepted == 6)
            #expect(two.accepted == 3)
            gate.add(true)
            let answers = try clients.map { try $0.receiveResponse().body }.joined()
            #expect(answers.count { $0 == "a" } == 6)
        }
    }

    @Test func `a dead endpoint is left out, and the client notices nothing`() async throws {
        let alive = try ScriptedServer(Self.named("b"))
        var settings = TestGateway.settings()
        settings.ejection.failures = 2
        try await TestGateway.with(
            [Self.member(try TestGateway.deadPort(), "dead"), Self.member(alive.port, "b")], settings: settings
        ) { gateway in
            let answers = try ask(gateway, 20)
            #expect(answers == String(repeating: "b", count: 20))
            #expect(await gateway.outcomes.wait(for: 20))
            let attempts = gateway.outcomes.all.map(\.attempts)
            #expect(attempts.count { $0 == 2 } == 2)
            #expect(attempts.count { $0 == 1 } == 18)
            #expect(gateway.outcomes.all.allSatisfy { $0.endpoint == "b" })
            let states = gateway.group.states
            #expect(states.map(\.isHealthy) == [false, true])
            #expect(states[0].lastReason.contains("refused"))
            #expect(states[1].lastReason == "")
        }
    }

    @Test func `an endpoint that is out is tried again after its time`() async throws {
        let alive = try ScriptedServer(Self.named("b"))
        var settings = TestGateway.settings()
        settings.ejection.failures = 1
        settings.ejection.time = .seconds(1)
        try await TestGateway.with(
            [Self.member(try TestGateway.deadPort(), "dead"), Self.member(alive.port, "b")], settings: settings
        ) { gateway in
            _ = try ask(gateway, 2)
            #expect(await gateway.outcomes.wait(for: 2))
            #expect(gateway.outcomes.all.map(\.attempts).reduce(0, +) == 3)
            for _ in 0..<3_000 where !gateway.group.states[0].isHealthy { try await Task.sleep(for: .milliseconds(10)) }
            // The pool's clock, which decides, is a tick behind.
            try await Task.sleep(for: .milliseconds(200))
            let answers = try ask(gateway, 2)
            #expect(answers == "bb")
            #expect(await gateway.outcomes.wait(for: 4))
            #expect(gateway.outcomes.all.map(\.attempts).reduce(0, +) == 6)
        }
    }

    @Test func `when all are out all are tried`() async throws {
        let ports = try (0..<2).map { _ in try TestGateway.deadPort() }
        var settings = TestGateway.settings()
        settings.ejection.failures = 1
        settings.ejection.time = .seconds(60)
        try await TestGateway.with(
            ports.map { Self.member($0, "dead") } + [Self.member(ports[0], "none", weight: 0)], settings: settings
        ) { gateway in
            for _ in 0..<3 {
                let answer = try ask(gateway, 1)
                #expect(answer == "upstream-unreachable")
            }
            #expect(gateway.group.states.map(\.isHealthy) == [false, false, true])
            #expect(await gateway.outcomes.wait(for: 3))
            #expect(gateway.outcomes.all.map(\.attempts) == [2, 2, 2])
        }
    }

    @Test func `an active check takes an endpoint out and brings it back`() async throws {
        let isWell = Recorder<Bool>()
        let asked = Recorder<String>()
        let sick = try ScriptedServer { socket, _ in
            let head = try socket.receive(until: "\r\n\r\n")
            if head.hasPrefix("GET /well?x HTTP/1.1\r\n") {
                asked.add(head)
                try socket.send("HTTP/1.1 \(isWell.all.isEmpty ? 503 : 204) X\r\n\r\n")
            } else {
                try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na")
            }
        }
        let other = try ScriptedServer(Self.named("b"))
        var settings = TestGateway.settings()
        var check = try #require(UpstreamCheck(path: "/well?x"))
        check.interval = .milliseconds(40)
        check.timeout = .seconds(30)
        check.failures = 2
        check.successes = 2
        settings.check = check
        try await TestGateway.with(
            [Self.member(sick.port, "a"), Self.member(other.port, "b")], settings: settings
        ) { gateway in
            let loops = MultiThreadedEventLoopGroupOfOne()
            gateway.group.startChecks(on: loops.next())
            for _ in 0..<3_000 where gateway.group.states[0].isHealthy { try await Task.sleep(for: .milliseconds(10)) }
            #expect(gateway.group.states.map(\.isHealthy) == [false, true])
            #expect(gateway.group.states[0].lastReason.contains("503"))
            let answers = try ask(gateway, 10)
            #expect(answers == String(repeating: "b", count: 10))
            #expect(asked.all.first?.contains("\r\nHost: 127.0.0.1:\(sick.port)\r\n") == true)
            isWell.add(true)
            for _ in 0..<3_000 where !gateway.group.states[0].isHealthy { try await Task.sleep(for: .milliseconds(10)) }
            #expect(gateway.group.states[0].isHealthy)
            let later = try ask(gateway, 10)
            #expect(later.contains("a"))
            gateway.group.stopChecks()
            try await Task.sleep(for: .milliseconds(100))
            let count = asked.all.count
            try await Task.sleep(for: .milliseconds(200))
            #expect(asked.all.count == count)
            try await loops.stop()
        }
        _ = other
    }

    @Test func `a check that gets no answer in time is a bad one`() async throws {
        let silent = try ScriptedServer { socket, _ in _ = socket.receiveAll() }
        var settings = TestGateway.settings()
        var check = try #require(UpstreamCheck(path: "/"))
        check.interval = .milliseconds(20)
        check.timeout = .milliseconds(50)
        check.failures = 1
        settings.check = check
        #expect(UpstreamCheck(path: "/a b") == nil)
        #expect(UpstreamCheck(path: "x") == nil)
        #expect(UpstreamCheck(path: "/\r\nX: 1") == nil)
        let group = UpstreamGroup(name: "g", members: [Self.member(silent.port, "s")], settings: settings)
        let loops = MultiThreadedEventLoopGroupOfOne()
        group.startChecks(on: loops.next())
        for _ in 0..<3_000 where group.states[0].isHealthy { try await Task.sleep(for: .milliseconds(10)) }
        #expect(group.states[0].lastReason == "no answer in time")
        group.stopChecks()
        try await loops.stop()
    }

    @Test func `what is known of an endpoint outlasts a configuration that is read again`() async throws {
        let dead = try TestGateway.deadPort()
        let alive = try ScriptedServer(Self.named("b"))
        var settings = TestGateway.settings()
        settings.ejection.failures = 1
        try await TestGateway.with([Self.member(dead, "dead"), Self.member(alive.port, "b")], settings: settings) {
            gateway in
            _ = try ask(gateway, 2)
            let members = [Self.member(alive.port, "b", weight: 9), Self.member(dead, "dead")]
            let later = UpstreamGroup(name: "group", members: members, settings: settings, keeping: gateway.group)
            #expect(later.states.map(\.isHealthy) == [true, false])
            settings.ejection.failures = 2
            let other = UpstreamGroup(name: "group", members: members, settings: settings, keeping: gateway.group)
            #expect(other.states.map(\.isHealthy) == [true, true])
        }
    }
}

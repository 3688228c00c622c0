import Edge
import NIOCore
import NIOPosix
import Telemetry
import TestSupport
import Testing
import Tokens
import Traffic

@testable import Gateway

/// How long an answer that has begun may last.
@Suite("Asynchronous destinations: deadlines") struct AsyncDeadlineTests {
    /// Delivers everything to a destination by one rule.
    private final class RuleHandler: ExchangeHandler {
        private let loop: GatewayLoop
        private let rule: ForwardingRule
        private let changes: ForwardingChanges
        private let destination: AsyncDestination

        init(
            _ loop: GatewayLoop, _ rule: ForwardingRule, _ changes: ForwardingChanges,
            _ destination: @escaping AsyncDestination
        ) {
            self.loop = loop
            self.rule = rule
            self.changes = changes
            self.destination = destination
            super.init()
        }

        override func handle(_ exchange: Exchange) {
            let request = GatewayExchange(exchange, on: loop)
            exchange.attachment = request
            loop.metrics.begin()
            AsyncDelivery(request, by: rule, changes: changes, on: loop).start(destination) { _ in }
        }
    }

    private func with(
        _ rule: @escaping @Sendable () -> ForwardingRule,
        endingIn time: TimeAmount? = nil, _ destination: @escaping AsyncDestination,
        _ body: (RawSocket) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let shared = GatewayShared(
            explanations: ExplanationRing(), metrics: Metrics(version: "t") { MetricsReadings(droppedLines: 0) },
            log: AccessLog { _ in }, wantsFlush: {}, clock: { 0 }, seed: .random(), problems: "/problems/")
        let listener = try await Edge.Listener.bind(host: "127.0.0.1", port: 0, group: group) { eventLoop in
            let snapshot = GatewaySnapshot(routes: .empty, revocations: .empty)
            var changes = ForwardingChanges()
            if let time { changes.endsAt = .now() + time }
            return RuleHandler(
                GatewayLoop(eventLoop: eventLoop, snapshot: snapshot, shared: shared), rule(), changes, destination)
        }
        let client = try RawSocket(port: listener.port)
        do { try await body(client) } catch {
            await listener.shutDown(within: .zero)
            throw error
        }
        await listener.shutDown(within: .zero)
        await shared.tasks.wait(within: .seconds(10))
        try await group.shutdownGracefully()
    }

    @Test(arguments: [true, false]) func `an answer that pauses for too long is cut off, unless it may stream`(
        _ streams: Bool
    ) async throws {
        let ended = Recorder<Bool>()
        try await with(
            {
                var rule = ForwardingRule()
                rule.bodyStall = streams ? nil : .milliseconds(200)
                return rule
            },
            { exchange in
                try await exchange.answer.begin(AsyncAnswerHead(status: 200), with: ByteBuffer(string: "one"))
                do { try await Task.sleep(for: .milliseconds(800)) } catch {
                    ended.add(true)
                    throw error
                }
                try await exchange.answer.write(ByteBuffer(string: "two"))
            }
        ) { client in
            try client.send(AsyncTesting.get())
            let all = streams ? try client.receive(until: "0\r\n\r\n") : client.receiveAll()
            #expect(all.hasSuffix("3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n") == streams)
            if !streams { #expect(await ended.wait(for: 1)) }
        }
    }

    @Test func `a stream ends with the token that allowed it`() async throws {
        let ended = Recorder<Bool>()
        try await with(
            {
                var rule = ForwardingRule()
                rule.bodyStall = nil
                return rule
            }, endingIn: .seconds(1),
            { exchange in
                try await exchange.answer.begin(AsyncAnswerHead(status: 200))
                do {
                    while true {
                        try await exchange.answer.write(ByteBuffer(string: "more"))
                        try await Task.sleep(for: .milliseconds(10))
                    }
                } catch {
                    ended.add(true)
                    throw error
                }
            }
        ) { client in
            try client.send(AsyncTesting.get())
            let all = client.receiveAll()
            #expect(all.contains("4\r\nmore\r\n") && !all.hasSuffix("0\r\n\r\n"))
            #expect(await ended.wait(for: 1))
        }
    }
}

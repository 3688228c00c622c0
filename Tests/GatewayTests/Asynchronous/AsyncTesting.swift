import Blueprint
import Edge
import Foundation
import HTTPWire
import NIOCore
import NIOPosix
import Synchronization
import Telemetry
import TestSupport

@testable import Gateway

/// A gateway whose one API is answered by a test's own code.
struct AsyncTesting: Sendable {
    let listener: Edge.Listener
    let explanations: ExplanationRing
    private let log: AccessLog
    private let lines: Recorder<String>

    func client(receiveBuffer: Int32? = nil) throws -> RawSocket {
        try RawSocket(port: listener.port, receiveBuffer: receiveBuffer)
    }

    /// The access log's lines, once there are so many.
    func logged(_ count: Int = 1) async -> [String] {
        for _ in 0..<500 {
            log.flush()
            if lines.all.count >= count { break }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return lines.all
    }

    /// - Parameter api: more of the API, as `, timeout: 1s`.
    static func with(
        api: String = "", trusting proxies: [String] = [], _ destination: @escaping AsyncDestination,
        _ body: (AsyncTesting) async throws -> Void
    ) async throws {
        let lines = Recorder<String>()
        let log = AccessLog { bytes in
            for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") { lines.add(String(line)) }
        }
        let explanations = ExplanationRing()
        let gateway = GatewayService(
            explanations: explanations, metrics: Metrics(version: "t") { MetricsReadings(droppedLines: 0) }, log: log,
            wantsFlush: {}, clock: { 1_800_000_000_000 })
        var surroundings = try GatewayCompilerTests.surroundings()
        surroundings.controlPlane = destination
        let document = """
            settings: { access-log: stdout }
            apis: { a: { path: /a, control-plane: true, access: anonymous\(api) } }
            """
        await gateway.install(try gateway.prepare(try GatewayCompilerTests.blueprint(document), in: surroundings))
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var settings = PreparedListener(name: "test", host: "127.0.0.1", port: 0)
        settings.trustedProxies = TrustedProxies(proxies.compactMap { IPNetwork($0) })
        var configuration = settings.configuration(descriptors: 1_000) { _ in }
        configuration.tick = .milliseconds(20)
        let listener = try await gateway.listen(
            host: "127.0.0.1", port: 0, group: group, configuration: configuration, certificates: nil)
        let testing = AsyncTesting(listener: listener, explanations: explanations, log: log, lines: lines)
        do { try await body(testing) } catch {
            await listener.shutDown(within: .zero)
            throw error
        }
        await listener.shutDown(within: .zero)
        await gateway.waitForTasks(within: .seconds(10))
        try await group.shutdownGracefully()
    }

    static func get(_ path: String = "/a", _ lines: String...) -> String {
        (["GET \(path) HTTP/1.1", "Host: a.example"] + lines).map { $0 + "\r\n" }.joined() + "\r\n"
    }
}

/// Answers with a text.
func say(_ text: String, _ exchange: AsyncExchange) async throws {
    try await exchange.answer.begin(
        AsyncAnswerHead(status: 200, length: text.utf8.count), with: ByteBuffer(string: text))
}

/// A number that two sides look at.
final class Count: Sendable {
    private let value = Atomic(0)

    var current: Int { value.load(ordering: .relaxed) }
    func add(_ more: Int) { value.add(more, ordering: .relaxed) }

    /// What it is once it has not moved for a while.
    func settled() async -> Int {
        var before = -1
        while current != before || current == 0 {
            before = current
            try? await Task.sleep(for: .milliseconds(300))
        }
        return before
    }
}

import Codecs
public import Hummingbird
import Logging

/// Something that must work before this process should get requests.
public struct HealthCheck: Sendable {
    /// The name that `/readyz` shows, for example `database`.
    public let name: String

    /// Throws when it does not work; the error goes to the log, never into the answer.
    public let check: @Sendable () async throws -> Void

    /// A check.
    public init(_ name: String, check: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.check = check
    }
}

/// `/healthz` (the process answers) and `/readyz` (and everything it needs works).
public struct HealthEndpoints: Sendable {
    private let verdict: ReadinessVerdict

    /// Endpoints over these checks.
    public init(checks: [HealthCheck]) {
        verdict = ReadinessVerdict(checks: checks)
    }

    /// Adds both addresses.
    public func addRoutes(to router: some RouterMethods<some RequestContext>) {
        router.endpoint("/healthz", [.get: { _, _ in .json(["status": "live"]) }])
        router.endpoint("/readyz", [.get: { [verdict] _, context in try await verdict.answer(context.logger) }])
    }
}

/// Runs the checks at most once a second, whoever asks: one of them costs a disk write, and anybody may ask.
private actor ReadinessVerdict {
    private let checks: [HealthCheck]
    private var failing: [String] = []
    private var checkedAt: ContinuousClock.Instant?

    init(checks: [HealthCheck]) {
        self.checks = checks
    }

    func answer(_ logger: Logger) async throws(ProblemBody) -> Response {
        if checkedAt.map({ $0.duration(to: .now) > .seconds(1) }) ?? true {
            // Set before waiting, so that requests that arrive meanwhile get the last verdict.
            let isFirst = checkedAt == nil
            checkedAt = .now
            if isFirst { failing = checks.map(\.name) }
            failing = await runChecks(logger)
        }
        guard failing.isEmpty else {
            throw ProblemBody(
                .serviceUnavailable, code: "not-ready", title: "Not ready",
                detail: "Not working now: \(failing.joined(separator: ", ")). The log says why.",
                headers: [.retryAfter: "1"])
        }
        return .json(["status": "ready"])
    }

    private func runChecks(_ logger: Logger) async -> [String] {
        var failing: [String] = []
        for check in checks {
            do {
                try await check.check()
            } catch {
                logger.error("health check failed", metadata: ["check": "\(check.name)", "error": "\(error)"])
                failing.append(check.name)
            }
        }
        return failing
    }
}

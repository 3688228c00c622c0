import Codecs
import ControlPlane
import Hummingbird
import OAuth
import Storage

/// Reading the audit log, as JSON over HTTP. Who may ask is decided by the door it stands behind.
struct AuditManagement: Sendable {
    /// How many events an answer holds at most.
    static let most: Int64 = 1_000

    let store: Store

    func addRoutes(to router: some RouterMethods<ControlPlaneContext>) {
        router.endpoint("/audit", [.get: { [self] request, _ in try await events(request) }])
        router.endpoint("/audit/check", [.get: { [self] _, _ in try await check() }])
    }

    /// `after` an event's number, or the last ones; of one `user` by name, or all; at most `limit`.
    private func events(_ request: Request) async throws -> Response {
        let parameters = try RequestParameters(Array((request.uri.query ?? "").utf8))
        let limit = min(try number(parameters, "limit") ?? 100, Self.most)
        let after = try number(parameters, "after")
        let name = parameters["user"]
        let (events, names) = try await store.read { transaction in
            let user = try name.map { name in
                guard let user = try UserRecord.find(name: name, in: transaction) else { throw ProblemOf.noSuchUser }
                return user.id
            }
            let events =
                if let after {
                    try AuditEvent.after(after, user: user, limit: limit, in: transaction)
                } else {
                    try AuditEvent.last(limit, user: user, in: transaction)
                }
            var names: [String: ByteString] = [:]
            for id in Set(events.compactMap(\.event.user)) {
                names[id] = try UserRecord.find(id: id, in: transaction)?.name
            }
            return (events, names)
        }
        return .json([
            "events": .array(
                events.map { stored in
                    guard case .object(var json) = stored.json else { return .null }
                    if let name = stored.event.user.flatMap({ names[$0] }) { json["name"] = .string(name) }
                    return .object(json)
                })
        ])
    }

    /// Whether every event is as it was written.
    private func check() async throws -> Response {
        var (last, chain): (Int64, [UInt8]) = (0, [])
        while true {
            // In stretches: others may read meanwhile, and the log may be long.
            let (from, hash) = (last, chain)
            let found = try await store.read { try AuditEvent.verify(after: from, chain: hash, in: $0) }
            (last, chain) = (found.last, found.chain)
            if let broken = found.broken {
                return .json([
                    "intact": false, "broken": .number(JSONNumber(broken)), "good": .number(JSONNumber(last)),
                ])
            }
            if last == from { return .json(["intact": true, "events": .number(JSONNumber(last))]) }
        }
    }

    private func number(_ parameters: RequestParameters, _ name: ByteString) throws(OAuthError) -> Int64? {
        guard let text = parameters[name] else { return nil }
        guard let number = Int64(text.text), number >= 0 else {
            throw OAuthError(.invalidRequest, "The parameter \(name) must be a whole number.")
        }
        return number
    }
}

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
            for id in Set(events.flatMap { [$0.event.user, $0.event.actor.words.user].compactMap(\.self) }) {
                names[id] = try UserRecord.find(id: id, in: transaction)?.name
            }
            return (events, names)
        }
        return .json([
            "events": .array(
                events.map { stored in
                    guard case .object(var json) = stored.json else { return .null }
                    if let name = stored.event.user.flatMap({ names[$0] }) { json["name"] = .string(name) }
                    if let name = stored.event.actor.words.user.flatMap({ names[$0] }) {
                        json["actor_name"] = .string(name)
                    }
                    return .object(json)
                })
        ])
    }

    /// Whether every event is there and as it was written.
    private func check() async throws -> Response {
        var check = try await store.read { try AuditCheck(in: $0) }
        while !check.isDone {
            check = try await store.read { [check] transaction in
                var next = check
                try next.goOn(in: transaction)
                return next
            }
        }
        var answer: JSONObject = ["intact": .bool(check.broken == nil)]
        if let broken = check.broken {
            answer["broken"] = .number(JSONNumber(broken))
            answer["good"] = .number(JSONNumber(check.good))
        } else {
            answer["events"] = .number(JSONNumber(check.good))
        }
        if let head = check.head {
            answer["since"] = .number(JSONNumber(head.begun))
            answer["unkeyed"] = .number(JSONNumber(head.unkeyed))
        }
        return .json(.object(answer))
    }

    private func number(_ parameters: RequestParameters, _ name: ByteString) throws(OAuthError) -> Int64? {
        guard let text = parameters[name] else { return nil }
        guard let number = Int64(text.text), number >= 0 else {
            throw OAuthError(.invalidRequest, "The parameter \(name) must be a whole number.")
        }
        return number
    }
}

import Blueprint
import Codecs
import ControlPlane
import HTTPTypes
import Storage

/// Reading the audit log.
struct AuditOperations: Sendable {
    let store: Store

    private static let user = OperationParameter<String>.query(
        "user", .text(1...64), "Only what concerns this user, by name.")
    private static let newest = OperationParameter<Bool>.query(
        "newest", .flag, "The last events, as many as the limit, instead of the first.")

    var all: [Operation] {
        [
            Operation(
                "listAuditEvents", list: "/audit", of: "audit", for: .viewer, "What happened, in its order.",
                member: "events", parameters: [Self.user.described, Self.newest.described],
                items: .document("AuditEvent", schema: Self.eventSchema), refusals: [404], run: events),
            Operation(
                "checkAuditLog", .get, "/audit/check", of: "audit", for: .viewer,
                "Whether every event is there and as it was written.", answers: .fields("AuditCheck"), run: check),
        ]
    }

    private func events(_ call: OperationCall, _ page: PageRequest) async throws -> Page<JSONObject> {
        let name = try call.value(Self.user).map { ByteString($0) }
        let isNewest = try call.value(Self.newest) ?? false
        let after = try page.number()
        let limit = Int64(page.limit)
        let (events, names) = try await store.read { transaction in
            let user = try name.map { name in
                guard let user = try UserRecord.find(name: name, in: transaction) else { throw ProblemOf.noSuchUser }
                return user.id
            }
            let events =
                isNewest
                ? try AuditEvent.last(limit, user: user, in: transaction)
                : try AuditEvent.after(after ?? 0, user: user, limit: limit + 1, in: transaction)
            var names: [String: ByteString] = [:]
            for id in Set(events.flatMap { [$0.event.user, $0.event.actor.words.user].compactMap(\.self) }) {
                names[id] = try UserRecord.find(id: id, in: transaction)?.name
            }
            return (events, names)
        }
        let told = events.map { stored in
            var json = stored.json
            if let name = stored.event.user.flatMap({ names[$0] }) { json["name"] = .string(name) }
            if let name = stored.event.actor.words.user.flatMap({ names[$0] }) { json["actor_name"] = .string(name) }
            return json
        }
        return page.page(ofOneMore: told) { "\($0["id"]?.int64 ?? 0)" }
    }

    private func check(_ call: OperationCall) async throws -> AuditCheckDocument {
        var check = try await store.read { try AuditCheck(in: $0) }
        while !check.isDone {
            check = try await store.read { [check] transaction in
                var next = check
                try next.goOn(in: transaction)
                return next
            }
        }
        var document = AuditCheckDocument()
        document.isIntact = check.broken == nil
        if let broken = check.broken {
            document.broken = broken
            document.good = check.good
        } else {
            document.events = check.good
        }
        document.since = check.head?.begun
        document.unkeyed = check.head?.unkeyed
        return document
    }

    private static var eventSchema: JSONObject {
        func text(_ help: ByteString) -> JSON { ["type": "string", "description": .string(help)] }
        return [
            "type": "object", "required": ["id", "time", "kind"],
            "properties": [
                "id": ["type": "integer"],
                "time": ["type": "integer", "description": "Seconds since 1970."],
                "kind": [
                    "type": "string", "enum": .array(AuditEvent.Kind.allCases.map { .string(ByteString($0.rawValue)) }),
                ],
                "user": text("The id of the user whom it concerns."), "name": text("That user's name now."),
                "client": text("The client that it concerns."),
                "actor": [
                    "type": "string", "enum": ["operator", "user", "client"],
                    "description":
                        "Who did it; missing where nobody proved who they are, or the server acts by itself.",
                ],
                "actor_user": text("The id of the user who did it."), "actor_name": text("That user's name now."),
                "actor_client": text("The client that did it, or with whose access token the user did it."),
                "address": text("The IP address it was done from."), "detail": text("A few words more."),
            ],
        ]
    }
}

/// Whether the log is whole.
struct AuditCheckDocument: Described {
    var isIntact = true
    var events: Int64?
    var broken: Int64?
    var good: Int64?
    var since: Int64?
    var unkeyed: Int64?

    static let schema = Schema<AuditCheckDocument>("a check of the audit log", "Whether the audit log is whole.") {
        Field(
            "intact", \.isIntact, .flag, example: "true", isRequired: true,
            "Whether every event is there and as it was written.")
        Field("events", optional: \.events, .integer(0...Int64.max), example: "812", "How many there are.")
        Field(
            "broken", optional: \.broken, .integer(0...Int64.max), example: "17",
            "The first that is missing or changed.")
        Field("good", optional: \.good, .integer(0...Int64.max), example: "16", "The last that is as it was written.")
        Field(
            "since", optional: \.since, .integer(0...Int64.max), example: "1767225600",
            "When the log got its key, in seconds since 1970.")
        Field(
            "unkeyed", optional: \.unkeyed, .integer(0...Int64.max), example: "0", "The last event from before that.")
    }
}

import Blueprint
import Codecs
import ConfigurationStore
import ControlPlane
import Hummingbird

/// The configuration over HTTP: applying files, comparing, history, rolling back. Who may ask is decided by the door it
/// stands behind.
struct ConfigurationRoutes: Sendable {
    let configuration: ConfigurationService

    func addRoutes(to router: some RouterMethods<ControlPlaneContext>) {
        router.endpoint("/configuration", [.get: { [self] _, _ in try await export() }])
        router.endpoint("/configuration/apply", [.post: { [self] in try await apply($0, $1) }])
        router.endpoint("/configuration/rollback", [.post: { [self] in try await rollback($0, $1) }])
        router.endpoint("/configuration/history", [.get: { [self] request, _ in try await history(request) }])
        router.endpoint(
            "/configuration/history/{revision}", [.get: { [self] _, context in try await revision(context) }])
        router.endpoint("/reload", [.post: { [self] _, context in try await reload(context) }])
    }

    private func export() async throws -> Response {
        let state = try await configuration.store.current()
        let owners = state.records.sorted { $0.key < $1.key }.map { object, record -> JSON in
            [
                "object": .string(ByteString(object.description)),
                "owner": .string(ByteString(record.owner.description)),
                "revision": .number(JSONNumber(record.revision)),
            ]
        }
        return Response.json([
            "revision": .number(JSONNumber(state.revision)),
            "document": .string(ByteString(YAMLWriter.text(state.blueprint.json))), "objects": .array(owners),
        ])
    }

    /// `path` of a document on this machine; `dry_run`, `revision` that must be in force, `note`.
    private func apply(_ request: Request, _ context: ControlPlaneContext) async throws -> Response {
        let body = try await JSONRequestBody(of: request)
        let path = try body.string("path", atMost: 4_096).text
        let author = ConfigurationService.Author(actor: context.actor, note: body.object["note"]?.string?.text ?? "")
        return try await told {
            try await configuration.apply(
                ConfigurationFile(path: path), isDryRun: body.object["dry_run"] == true,
                expecting: body.object["revision"]?.int64, by: author)
        }
    }

    private func rollback(_ request: Request, _ context: ControlPlaneContext) async throws -> Response {
        let body = try await JSONRequestBody(of: request)
        guard let revision = body.object["revision"]?.int64 else {
            throw ProblemBody(
                .badRequest, code: "field-invalid", title: "Invalid field", detail: "\"revision\" must be a number.")
        }
        let author = ConfigurationService.Author(actor: context.actor, note: body.object["note"]?.string?.text ?? "")
        return try await told { try await configuration.rollback(to: revision, by: author) }
    }

    private func reload(_ context: ControlPlaneContext) async throws -> Response {
        try await told {
            try await configuration.load(by: ConfigurationService.Author(actor: context.actor, note: "reload"))
        }
    }

    /// `before` a revision, or the newest; at most `limit`.
    private func history(_ request: Request) async throws -> Response {
        let before = request.uri.queryParameters["before"].flatMap { Int64($0) }
        let limit = request.uri.queryParameters["limit"].flatMap { Int($0) } ?? 50
        let revisions = try await configuration.store.history(before: before, limit: min(max(limit, 1), 500))
        return Response.json(["revisions": .array(revisions.map(\.json))])
    }

    private func revision(_ context: ControlPlaneContext) async throws -> Response {
        guard let number = context.parameters.get("revision").flatMap({ Int64($0) }) else {
            throw ConfigurationError.revisionUnknown(0).problem
        }
        do {
            let change = try await configuration.store.change(of: number)
            return Response.json([
                "revision": .number(JSONNumber(number)), "text": .string(ByteString(change.description)),
            ])
        } catch let error as ConfigurationError {
            throw error.problem
        }
    }

    /// What was done, or the problem that says why not.
    private func told(_ change: () async throws -> ConfigurationService.Outcome) async throws -> Response {
        do {
            let outcome = try await change()
            return Response.json([
                "revision": .number(JSONNumber(outcome.change.revision)), "written": .bool(outcome.change.isWritten),
                "changes": .number(JSONNumber(Int64(outcome.change.objects.count))),
                "text": .string(ByteString(outcome.change.description)),
                "routes": .number(JSONNumber(Int64(outcome.routes))),
            ])
        } catch let error as ConfigurationError {
            throw error.problem
        } catch let error as ProblemBody {
            throw error
        } catch {
            throw ProblemBody(
                .unprocessableContent, code: "configuration-refused", title: "Configuration refused",
                detail: "\(error)")
        }
    }
}

extension ConfigurationError {
    var problem: ProblemBody {
        switch self {
        case .revisionConflict:
            ProblemBody(.conflict, code: "revision-conflict", title: "Changed meanwhile", detail: message)
        case .objectsOwnedByOther:
            ProblemBody(.conflict, code: "object-owned-by-other", title: "Somebody else's", detail: message)
        case .objectInUse: ProblemBody(.conflict, code: "object-in-use", title: "In use", detail: message)
        case .objectUnknown: ProblemBody(.notFound, code: "object-unknown", title: "Unknown object", detail: message)
        case .revisionUnknown:
            ProblemBody(.notFound, code: "revision-unknown", title: "Unknown revision", detail: message)
        case .blueprintRefused:
            ProblemBody(
                .unprocessableContent, code: "configuration-refused", title: "Configuration refused",
                detail: description)
        }
    }
}

extension Revision {
    var json: JSON {
        [
            "revision": .number(JSONNumber(number)), "time": .number(JSONNumber(time)),
            "actor": .string(ByteString(actor)), "source": .string(ByteString(source.title)),
            "note": .string(ByteString(note)), "created": .number(JSONNumber(created)),
            "changed": .number(JSONNumber(changed)), "deleted": .number(JSONNumber(deleted)),
        ]
    }
}

extension ChangeSource {
    var title: String {
        switch self {
        case .owner(let owner): owner.description
        case .revision(let number): "revision \(number)"
        }
    }
}

extension AuditActor {
    /// Who it is, for the history.
    var title: String {
        switch identity {
        case .nobody: "server"
        case .operator: "operator"
        case .person(let id, _): "user \(id)"
        case .client(let id): "client \(id.text)"
        }
    }
}

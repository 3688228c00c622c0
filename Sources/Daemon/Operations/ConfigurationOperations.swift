import Blueprint
import Codecs
import ConfigurationStore
import ControlPlane
import Gateway
import HTTPTypes

/// The configuration as a whole: applying documents, comparing, history, rolling back.
struct ConfigurationOperations: Sendable {
    let configuration: ConfigurationService

    private static let revision = OperationParameter<Int64>.path(
        "revision", .integer(0...Int64.max), "A revision's number.")
    private static let object = OperationParameter<String>.query(
        "object", .text(1...256), "Only what is about this object, as `api orders`.")

    var all: [Operation] {
        [
            Operation(
                "exportConfiguration", .get, "/configuration", of: "configuration", for: .viewer,
                "Everything that is configured, as one document.", answers: .fields("Configuration")
            ) { _ in
                let state = try await configuration.store.current()
                var document = ConfigurationDocument()
                document.revision = state.revision
                document.document = YAMLWriter.text(state.blueprint.json)
                return document
            },
            Operation(
                "listConfigurationObjects", list: "/configuration/objects", of: "configuration", for: .viewer,
                "Every object with its owner and its revision.", member: "objects", items: .fields("ObjectOwnership")
            ) { _, page in
                let state = try await configuration.store.current()
                return page.page(of: state.records.sorted { $0.key < $1.key }.map(ObjectOwnership.init), id: \.object)
            },
            Operation(
                "listAdvice", list: "/configuration/advice", of: "configuration", for: .viewer,
                "What is no fault of the configuration in force, and still worth a look.", member: "advice",
                parameters: [Self.object.described], items: .fields("ConfigurationAdvice")
            ) { call, page in
                let object = try call.value(Self.object)
                let advice = try await configuration.store.current().blueprint.advice
                let wanted = advice.filter { object == nil || object == $0.object }
                let from = Int(clamping: try page.number() ?? 0)
                let (end, overflows) = from.addingReportingOverflow(page.limit)
                return Page(
                    items: wanted.dropFirst(from).prefix(page.limit).map(AdviceDocument.init),
                    next: overflows || end >= wanted.count ? nil : String(end))
            },
            Operation(
                "applyConfiguration", .post, "/configuration/apply", of: "configuration", for: .admin,
                "Makes a file's objects exactly what a document lists, whole or not at all.",
                takes: .fields("Application"), answers: .fields("ConfigurationChange"),
                bodyLimit: ConfigurationFile.largest, run: apply),
            Operation(
                "putConfigurationObjects", .post, "/configuration/objects", of: "configuration", for: .publisher,
                "Puts every object that a document lists, all of them or none; each needs the role that it needs alone.",
                takes: .fields("ObjectsChange"), answers: .fields("ConfigurationChange"), refusals: [409, 412, 422],
                bodyLimit: ConfigurationFile.largest, run: put),
            Operation(
                "rollBackConfiguration", .post, "/configuration/rollback", of: "configuration", for: .admin,
                "Makes an older revision the current one again, as a revision of its own.",
                takes: .fields("Rollback"), answers: .fields("ConfigurationChange"), refusals: [404]
            ) { (call: OperationCall, wanted: RollbackDocument) in
                ConfigurationChange(
                    try await configuration.rollback(
                        to: wanted.revision,
                        by: ConfigurationService.Author(actor: call.actor, note: wanted.note)))
            },
            Operation(
                "reloadConfiguration", .post, "/configuration/reload", of: "configuration", for: .admin,
                "Reads the configuration and the files that it names again.", answers: .fields("ConfigurationChange")
            ) { call in
                ConfigurationChange(
                    try await configuration.load(
                        by: ConfigurationService.Author(actor: call.actor, note: "reload")))
            },
            Operation(
                "listRevisions", list: "/configuration/history", of: "configuration", for: .viewer,
                "The revisions, the newest first.", member: "revisions", items: .fields("Revision")
            ) { _, page in
                let revisions = try await configuration.store.history(
                    before: try page.number(), limit: page.limit + 1)
                return page.page(ofOneMore: revisions.map(RevisionDocument.init)) { "\($0.revision)" }
            },
            Operation(
                "getRevision", .get, "/configuration/history/{revision}", of: "configuration", for: .viewer,
                "What a revision changed.", parameters: [Self.revision.described],
                answers: .fields("RevisionText"), refusals: [404]
            ) { call in
                let number = try call.required(Self.revision)
                var document = RevisionText()
                document.revision = number
                document.text = try await configuration.store.change(of: number).description
                return document
            },
        ].map { $0.translating(ConfigurationProblem.translate) }
    }

    private func apply(_ call: OperationCall, _ wanted: ApplicationDocument) async throws -> ConfigurationChange {
        let author = ConfigurationService.Author(actor: call.actor, note: wanted.note)
        let source: ConfigurationSource
        switch (wanted.path, wanted.document) {
        case (let path?, nil):
            // Only who sits at this machine may have its files read by name.
            guard call.actor.identity == .operator else { throw ConfigurationProblem.pathFromAfar }
            source = .file(ConfigurationFile(path: path))
        case (nil, let text?):
            source = .sent(SentDocument(text: text, name: wanted.file ?? "sent.yaml"))
        default:
            throw ConfigurationProblem.pathOrDocument
        }
        return ConfigurationChange(
            try await configuration.apply(
                source, isDryRun: wanted.isDryRun, takesOver: wanted.takesOver, expecting: wanted.revision, by: author))
    }

    private func put(_ call: OperationCall, _ wanted: ObjectsChangeDocument) async throws -> ConfigurationChange {
        let document = try ConfigurationSource.sent(SentDocument(text: wanted.document, name: "as sent")).read()
        let needed = document.blueprint.objects.all.map { ObjectOperations.role(for: $0.kind) }.max() ?? .publisher
        // Who takes something over changes what others keep in their files.
        try call.require(wanted.takesOver ? max(needed, .admin) : needed)
        let credentials = document.blueprint.credentials
        if credentials.names.contains(where: { credentials[$0]?.secret != nil }), call.role < .admin {
            throw ConfigurationProblem.secretFromAfar
        }
        return ConfigurationChange(
            try await configuration.put(
                document, isDryRun: wanted.isDryRun, takesOver: wanted.takesOver, when: try wanted.state,
                by: ConfigurationService.Author(actor: call.actor, note: wanted.note)))
    }
}

/// Errors of the configuration as problems.
enum ConfigurationProblem {
    @Sendable static func translate(_ error: any Error) -> ProblemBody? {
        switch error {
        case let error as ConfigurationError: error.problem
        case let refused as ConfigurationFile.Refused: problem(refused.description, refused.complaints)
        case let complaints as ConfigurationComplaints:
            problem(
                "\(complaints)",
                complaints.complaints.map {
                    DocumentComplaint(place: .pointer($0.pointer), message: $0.message)
                })
        case let failure as StartFailure: problem("\(failure)", [])
        default: nil
        }
    }

    static let pathFromAfar = ProblemBody(
        .forbidden, code: "path-from-afar", title: "Send the document itself",
        detail: "Files of the server are read by name for its operator alone, at the socket. Send the document.")

    static let secretFromAfar = ProblemBody(
        .forbidden, code: "role-insufficient", title: "Your role does not allow this",
        detail:
            "Where a secret of the server is, an admin says. Have the server make one: POST /api/credentials/NAME/secret."
    )

    static let pathOrDocument = ProblemBody(
        .badRequest, code: "field-invalid", title: "A member of the body is not acceptable",
        detail: "Either path or document must be there.")

    static let newAndUnchanged = ProblemBody(
        .badRequest, code: "field-invalid", title: "A member of the body is not acceptable",
        detail: "What is new was not there before: give new or unchanged_since.")

    static func problem(_ detail: String, _ complaints: [DocumentComplaint]) -> ProblemBody {
        var problem = ProblemBody(
            .unprocessableContent, code: "configuration-refused", title: "Configuration refused", detail: detail)
        problem.complaints = complaints.prefix(100).map {
            ProblemBody.Complaint(pointer: $0.place.pointer, message: $0.message, line: $0.place.line)
        }
        return problem
    }
}

extension ConfigurationError {
    fileprivate var problem: ProblemBody {
        switch self {
        case .revisionConflict(_, _, nil):
            ProblemBody(.conflict, code: "revision-conflict", title: "Changed meanwhile", detail: message)
        case .revisionConflict:
            ProblemBody(.preconditionFailed, code: "changed-meanwhile", title: "Changed meanwhile", detail: message)
        case .objectsOwnedByOther, .objectsNotTakenOver:
            ProblemBody(.conflict, code: "object-owned-by-other", title: "Somebody else's", detail: message)
        case .objectInUse: ProblemBody(.conflict, code: "object-in-use", title: "In use", detail: message)
        case .objectUnknown: ProblemBody(.notFound, code: "object-unknown", title: "Unknown object", detail: message)
        case .revisionUnknown:
            ProblemBody(.notFound, code: "revision-unknown", title: "Unknown revision", detail: message)
        case .blueprintRefused(let complaints): ConfigurationProblem.problem(description, complaints.all)
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

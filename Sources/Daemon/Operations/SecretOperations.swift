import Blueprint
import Codecs
import ConfigurationStore
import ControlPlane
import HTTPTypes

/// The secrets that the configuration refers to by name: they are put, and never answered.
struct SecretOperations: Sendable {
    let configuration: ConfigurationService

    private static let name = OperationParameter<String>.path(
        "name", .text("a name", example: "openai", judge: ObjectName.isName), "The secret's name.")

    var all: [Operation] {
        [
            Operation(
                "listSecrets", list: "/secrets", of: "secrets", for: .viewer,
                "The names of the stored secrets, and what refers to each.", member: "secrets",
                items: .fields("StoredSecret")
            ) { _, page in
                page.page(of: try await configuration.secrets().map(StoredSecretDocument.init), id: \.name)
            },
            Operation(
                "putSecret", .put, "/secrets/{name}", of: "secrets", for: .admin,
                "Stores a secret sealed, or another value for it, which is in force at once.",
                parameters: [Self.name.described], takes: .fields("SecretValue"), answers: .fields("StoredSecret"),
                refusals: [422]
            ) { (call: OperationCall, wanted: SecretValueDocument) in
                StoredSecretDocument(
                    try await configuration.putSecret(
                        try call.required(Self.name), Array(wanted.value.utf8), by: .init(actor: call.actor)))
            },
            Operation(
                "deleteSecret", .delete, "/secrets/{name}", of: "secrets", for: .admin,
                "Deletes a secret that nothing refers to.", parameters: [Self.name.described],
                answers: .fields("StoredSecret"), refusals: [404, 409]
            ) { call in
                let name = try call.required(Self.name)
                guard let record = try await configuration.deleteSecret(name, by: .init(actor: call.actor)) else {
                    throw ProblemBody.secretUnknown(name)
                }
                return StoredSecretDocument(ConfigurationService.Secret(record: record, users: []))
            },
        ].map { operation in
            operation.translating { error in
                (error as? SecretInUse).map(ProblemBody.secretInUse) ?? ConfigurationProblem.translate(error)
            }
        }
    }
}

extension ProblemBody {
    fileprivate static func secretUnknown(_ name: String) -> ProblemBody {
        ProblemBody(
            .notFound, code: "secret-unknown", title: "Unknown secret", detail: "There is no secret \(name).")
    }

    fileprivate static func secretInUse(_ use: SecretInUse) -> ProblemBody {
        let shown = use.users.prefix(10).map(\.description).joined(separator: ", ")
        let more = use.users.count > 10 ? " and \(use.users.count - 10) more" : ""
        return ProblemBody(
            .conflict, code: "secret-in-use", title: "In use",
            detail: "The secret \(use.name) is in use by \(shown)\(more): change them first.")
    }
}

/// A secret that is to be stored.
struct SecretValueDocument: Described {
    var value = ""

    static let schema = Schema<SecretValueDocument>("a secret's value", "A secret that is to be stored.") {
        Field(
            "value", \.value, .secretItself, example: "sk-…", isRequired: true, isSecret: true,
            "The secret itself. It is never answered again.")
    }
}

/// What is known of a stored secret.
struct StoredSecretDocument: Described {
    var name = ""
    var created: Int64 = 0
    var changed: Int64 = 0
    var users: [String] = []

    init() {}

    init(_ secret: ConfigurationService.Secret) {
        name = secret.record.name
        created = secret.record.created
        changed = secret.record.changed
        users = secret.users.map { "\($0.kind.section)/\($0.name)" }
    }

    static let schema = Schema<StoredSecretDocument>("a stored secret", "What is known of a stored secret.") {
        Field(
            "name", \.name, .text(), example: "openai", isRequired: true,
            "How documents refer to it: { secret: openai }.")
        Field(
            "created", \.created, .count, example: "1767225600", isRequired: true,
            "When it was first put, in seconds since 1970.")
        Field(
            "changed", \.changed, .count, example: "1767225600", isRequired: true,
            "When it was last put, in seconds since 1970.")
        Field(
            "used_by", \.users, .list(of: .text(), 0...Int.max), example: "[providers/openai]", isRequired: true,
            "What of the configuration in force refers to it.")
    }
}

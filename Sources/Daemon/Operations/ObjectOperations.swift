import Blueprint
import Codecs
import ConfigurationStore
import ControlPlane
import Crypto
import HTTPTypes

/// The objects of the configuration, one by one: for each kind a list, and reading, putting and deleting one.
struct ObjectOperations: Sendable {
    let configuration: ConfigurationService

    private static let name = OperationParameter<String>.path(
        "name", .text("a name", example: "orders", judge: ObjectName.isName), "The object's name.")
    private static let isDryRun = OperationParameter<Bool>.query(
        "dry_run", .flag, "Tells what would change, and changes nothing.")
    private static let note = OperationParameter<String>.query("note", .text(0...256), "Why, for the history.")

    var all: [Operation] {
        (ObjectKind.allCases.flatMap(operations) + [makeSecret]).map { $0.translating(ConfigurationProblem.translate) }
    }

    /// Listeners, issuers, settings and whatever is paid for concern every API; the rest is what publishers are for.
    static func role(for kind: ObjectKind) -> Role {
        switch kind {
        case .listener, .issuer, .provider, .price, .budget, .setting: .admin
        case .upstream, .policy, .api, .plan, .consumer, .credential, .subscription, .model: .publisher
        }
    }

    private func operations(of kind: ObjectKind) -> [Operation] {
        let (one, many, path) = (Self.title(kind.rawValue), Self.title(kind.section), "/\(kind.section)/{name}")
        let shape = Self.shape(of: kind)
        let parameters = [Self.name.described]
        let changing = parameters + [Self.isDryRun.described, Self.note.described]
        return [
            Operation(
                "list\(many)", list: "/\(kind.section)", of: kind.section, for: .viewer,
                "The \(kind.section), by name.", member: ByteString(kind.section), items: shape
            ) { _, page in
                let state = try await configuration.store.current()
                let names = page.page(of: inForce(state).objects.names(of: kind).sorted(), id: \.self)
                return Page(
                    items: names.items.compactMap { told(ObjectReference(kind, $0), state) }, next: names.next)
            },
            Operation(
                "get\(one)", .get, path, of: kind.section, for: .viewer, "\(kind.words.capitalizedFirst).",
                parameters: parameters, answers: shape, refusals: [404], tag: Self.tag
            ) { call in
                let object = ObjectReference(kind, try call.required(Self.name))
                guard let told = told(object, try await configuration.store.current()) else {
                    throw ConfigurationError.objectUnknown(object)
                }
                return told
            },
            Operation(
                "put\(one)", .put, path, of: kind.section, for: Self.role(for: kind),
                "Makes \(kind.words), or replaces it whole.", parameters: changing,
                takes: .document(one, schema: Blueprint.jsonSchema(of: kind)), answers: .fields("ConfigurationChange"),
                refusals: [404, 409, 422], tag: { EntityTag(revision: $0.revision) },
                bodyLimit: 1_048_576
            ) { call, content in
                // Where a secret of this machine is, only who manages the machine says: others would find out what is there.
                if kind == .credential, content["secret"] != nil, call.role < .admin {
                    throw ConfigurationProblem.secretFromAfar
                }
                return try await change(call) { author, isDryRun in
                    try await configuration.put(
                        ObjectReference(kind, try call.required(Self.name)), .object(content), isDryRun: isDryRun,
                        when: call.precondition, by: author)
                }
            },
            Operation(
                "delete\(one)", .delete, path, of: kind.section, for: Self.role(for: kind), "Deletes \(kind.words).",
                parameters: changing, answers: .fields("ConfigurationChange"), refusals: [404, 409, 422],
                tag: { EntityTag(revision: $0.revision) }
            ) { call in
                try await change(call) { author, isDryRun in
                    try await configuration.delete(
                        ObjectReference(kind, try call.required(Self.name)), isDryRun: isDryRun,
                        when: call.precondition, by: author)
                }
            },
        ]
    }

    private func change(
        _ call: OperationCall,
        _ change: (ConfigurationService.Author, Bool) async throws -> ConfigurationService.Outcome
    ) async throws -> ConfigurationChange {
        let author = ConfigurationService.Author(actor: call.actor, note: try call.value(Self.note) ?? "")
        return ConfigurationChange(try await change(author, try call.value(Self.isDryRun) ?? false))
    }

    // MARK: Secrets

    /// The server makes a secret, shows it once, and keeps its digest.
    private var makeSecret: Operation {
        Operation(
            "makeCredentialSecret", .post, "/credentials/{name}/secret", of: "credentials", for: .publisher,
            "Makes a credential with a secret that is shown this once, or gives one that is there another secret.",
            parameters: [Self.name.described], takes: .fields("CredentialCreation"), answers: .fields("MadeSecret"),
            refusals: [404, 412]
        ) { (call: OperationCall, wanted: CredentialCreation) in
            let name = try call.required(Self.name)
            let object = ObjectReference(.credential, name)
            let state = try await configuration.store.current()
            let revision = state.records[object]?.revision
            var credential = state.blueprint.credentials[name] ?? Credential()
            if let consumer = wanted.consumer { credential.consumer = consumer }
            if let kind = wanted.kind { credential.kind = kind }
            guard !credential.consumer.isEmpty else {
                throw ConfigurationError.objectUnknown(object)
            }
            var random = SystemRandomNumberGenerator()
            let bytes = (0..<4).flatMap { _ in withUnsafeBytes(of: random.next()) { Array($0) } }
            // The prefix lets scanners of repositories find a key that was checked in.
            let secret = (credential.kind == .apiKey ? "sgk_" : "") + Base64URL.encode(bytes)
            credential.secret = nil
            credential.digest = Base64URL.encode(Array(SHA256.hash(data: Array(secret.utf8))))
            let outcome = try await configuration.put(
                object, Credential.schema.write(credential), isDryRun: false,
                // What was read must still be so: another's change is not undone.
                when: revision.map { .isOne(of: [EntityTag(revision: $0)]) } ?? .isAbsent,
                by: ConfigurationService.Author(actor: call.actor, note: "a secret was made"))
            var made = MadeSecret()
            made.credential = name
            made.consumer = credential.consumer
            made.kind = credential.kind
            made.secret = secret
            made.revision = outcome.change.revision
            return made
        }
    }

    // MARK: Shapes

    /// An object with whose it is and its state.
    private static func shape(of kind: ObjectKind) -> Shape<JSONObject> {
        .document(
            "Stored\(title(kind.rawValue))",
            schema: [
                "type": "object",
                "required": ["name", "owner", "value"],
                "properties": [
                    "name": ["type": "string"],
                    "owner": ["type": "string", "description": "console, the file that it belongs to, or demo."],
                    "revision": [
                        "type": "integer", "description": "The revision that changed it last; none of the demo's.",
                    ],
                    "changed": ["type": "integer", "description": "When, in seconds since 1970."],
                    "changed_by": ["type": "string", "description": "Who."],
                    "value": .object(Blueprint.jsonSchema(of: kind)),
                ],
            ])
    }

    private static let tag: @Sendable (JSONObject) -> EntityTag = { EntityTag(revision: $0["revision"]?.int64 ?? 0) }

    /// What is stored, and the demo's objects, which are in force without being stored.
    private func inForce(_ state: ConfigurationState) -> Blueprint { state.blueprint.withDemo(configuration.demo) }

    private func told(_ object: ObjectReference, _ state: ConfigurationState) -> JSONObject? {
        guard let value = inForce(state).objects[object] else { return nil }
        guard let record = state.records[object] else {
            return ["name": .string(ByteString(object.name)), "owner": "demo", "value": value]
        }
        return [
            "name": .string(ByteString(object.name)), "owner": .string(ByteString(record.owner.description)),
            "revision": .number(JSONNumber(record.revision)), "changed": .number(JSONNumber(record.changedAt)),
            "changed_by": .string(ByteString(record.changedBy)), "value": value,
        ]
    }

    /// A kind's name in the names of operations: `API`, `Listener`.
    private static func title(_ name: String) -> String {
        name.hasPrefix("api") ? "API" + name.dropFirst(3) : name.capitalizedFirst
    }
}

/// A credential whose secret is to be made.
struct CredentialCreation: Described {
    var consumer: String?
    var kind: Credential.Kind?

    static let schema = Schema<CredentialCreation>(
        "a new credential", "A credential whose secret is to be made."
    ) {
        Field(
            "consumer", optional: \.consumer, .reference(to: .consumer), example: "acme",
            "Whose it is; needed where there is no such credential yet.")
        Field("kind", optional: \.kind, .choice(), example: "basic", "What it is; api-key unless said.")
    }
}

/// A secret that was made.
struct MadeSecret: Described {
    var credential = ""
    var consumer = ""
    var kind = Credential.Kind.apiKey
    var secret = ""
    var revision: Int64 = 0

    static let schema = Schema<MadeSecret>("a secret", "A secret that was made.") {
        Field("credential", \.credential, .text(), example: "acme-key", isRequired: true, "The credential's name.")
        Field("consumer", \.consumer, .text(), example: "acme", isRequired: true, "Whose it is.")
        Field("kind", \.kind, .choice(), example: "api-key", isRequired: true, "What it is.")
        Field(
            "secret", \.secret, .text(), example: "sgk_…", isRequired: true, "Shown this once.")
        Field("revision", \.revision, .count, example: "12", isRequired: true, "The revision that is in force now.")
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}

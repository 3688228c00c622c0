import Blueprint
import Codecs
import ControlPlane
import HTTPTypes
import OAuth
import Storage

/// Registering clients and changing them.
struct ClientOperations: Sendable {
    let clients: ClientDirectory
    let keyring: SigningKeyring
    let sessions: Sessions
    let clock: @Sendable () -> Int64

    private static let id = OperationParameter<String>.path("id", .text(1...128), "The client's id.")

    /// A client as it is told: its document, whether it is active, and a secret that is shown once.
    private static let client: Shape<JSONObject> = .document("Client", schema: toldSchema)

    private static var toldSchema: JSONObject {
        var schema = Client.jsonSchema
        var properties = Client.jsonProperties
        properties["active"] = ["type": "boolean", "description": "Whether it may do anything."]
        properties["built_in"] = [
            "type": "boolean", "description": "Whether it is part of this server: it cannot be replaced or deleted.",
        ]
        properties["client_secret"] = ["type": "string", "description": "Shown this once, when it was made."]
        schema["properties"] = .object(properties)
        schema["required"] = ["client_id", "active", "built_in"]
        return schema
    }

    private static let document: Shape<JSONObject> = .document("ClientDocument", schema: Client.jsonSchema)

    /// Only what is told without a secret has a state that others can name.
    private static let tag: @Sendable (JSONObject) -> EntityTag = { told in
        var document = told
        document["client_secret"] = nil
        return EntityTag(of: .object(document))
    }

    var all: [Operation] {
        [
            Operation(
                "listClients", list: "/clients", of: "clients", for: .viewer, "Every registered client, by id.",
                member: "clients", items: Self.client
            ) { _, page in page.page(of: clients.all.map(Self.describe)) { $0["client_id"]?.string?.text ?? "" } },
            Operation(
                "createClient", .post, "/clients", of: "clients", for: .admin,
                "Registers a client. A secret is in the answer this once.", takes: Self.document, answers: Self.client,
                run: create),
            Operation(
                "makeRegistrationToken", .post, "/registration-tokens", of: "clients", for: .admin,
                "A token with which clients register themselves at /register for a day (RFC 7591).",
                answers: .fields("RegistrationToken"), run: makeRegistrationToken),
            Operation(
                "getClient", .get, "/clients/{id}", of: "clients", for: .viewer, "One client.",
                parameters: [Self.id.described], answers: Self.client, refusals: [404], tag: Self.tag
            ) { Self.describe(try record($0)) },
            Operation(
                "replaceClient", .put, "/clients/{id}", of: "clients", for: .admin,
                "Replaces what is known of a client; its secret stays.", parameters: [Self.id.described],
                takes: Self.document, answers: Self.client, refusals: [404, 409], tag: Self.tag, run: replace),
            Operation(
                "deleteClient", .delete, "/clients/{id}", of: "clients", for: .admin,
                "Forgets a client and revokes what it holds.", parameters: [Self.id.described],
                answers: Self.client, refusals: [404, 409], tag: Self.tag, run: delete),
            Operation(
                "renewClientSecret", .post, "/clients/{id}/secret", of: "clients", for: .admin,
                "Another secret; the old one is no good from then on.", parameters: [Self.id.described],
                answers: Self.client, refusals: [404]
            ) { call in
                let record = try record(call)
                return Self.told(record, try await clients.renewSecret(of: record.client.id, by: call.actor))
            },
            Operation(
                "previewClaims", .post, "/clients/{id}/claims", of: "clients", for: .viewer,
                "What the client's tokens would say of a user, by its rules or by others that are not kept.",
                parameters: [Self.id.described], takes: .fields("ClaimsQuestion"), answers: .fields("ClaimsPreview"),
                refusals: [404], run: preview),
            Operation(
                "revokeClient", .post, "/clients/{id}/revoke", of: "clients", for: .admin,
                "Revokes every token that a client holds, and ends its sessions.", parameters: [Self.id.described],
                answers: Self.client, refusals: [404]
            ) { call in
                let record = try record(call)
                try await endAll(of: record.client.id, by: call.actor, reason: "the client's tokens were revoked")
                return Self.describe(record)
            },
            switching("enableClient", "enable", to: true, "Lets a disabled client go on."),
            switching(
                "disableClient", "disable", to: false, "Gives a client no more tokens and revokes those it holds."),
        ]
    }

    private func switching(_ name: String, _ verb: String, to isActive: Bool, _ summary: String) -> Operation {
        Operation(
            name, .post, "/clients/{id}/\(verb)", of: "clients", for: .admin, summary, parameters: [Self.id.described],
            answers: Self.client, refusals: [404]
        ) { call in
            let client = try record(call).client
            _ = try await clients.replace(client, isActive: isActive, by: call.actor)
            if !isActive { try await endAll(of: client.id, by: call.actor, reason: "the client was disabled") }
            return Self.describe(try record(call))
        }
    }

    private func create(_ call: OperationCall, _ document: JSONObject) async throws -> JSONObject {
        guard let id = document["client_id"]?.string else {
            throw OAuthError(.invalidClientMetadata, "The member client_id is missing.")
        }
        let client = try Client(document: document, id: id)
        for algorithm in client.algorithms { try await keyring.provide(algorithm, by: call.actor) }
        let secret = try await clients.register(client, by: call.actor)
        return Self.told(ClientRecord(client: client, secretHash: nil, isActive: true), secret)
    }

    private func replace(_ call: OperationCall, _ document: JSONObject) async throws -> JSONObject {
        let known = try registered(call)
        let client = try Client(document: document, id: known.client.id)
        for algorithm in client.algorithms { try await keyring.provide(algorithm, by: call.actor) }
        let secret = try await clients.replace(client, isActive: known.isActive, by: call.actor) { before in
            try call.precondition.require(Self.tag(Self.describe(before)))
        }
        return Self.told(ClientRecord(client: client, secretHash: nil, isActive: known.isActive), secret)
    }

    private func delete(_ call: OperationCall) async throws -> JSONObject {
        let record = try registered(call)
        try await clients.remove(record.client.id, by: call.actor) { before in
            try call.precondition.require(Self.tag(Self.describe(before)))
        }
        try await endAll(of: record.client.id, by: call.actor, reason: "the client was deleted")
        return Self.describe(record)
    }

    private func makeRegistrationToken(_ call: OperationCall) async throws -> RegistrationTokenDocument {
        let token = OpaqueToken(.registration)
        let now = clock()
        try await sessions.store.write { transaction in
            try RegistrationTokenRecord.insert(token, now: now, in: transaction)
            try AuditEvent(.registrationTokenMade, by: call.actor).insert(now: now, in: transaction)
        }
        var document = RegistrationTokenDocument()
        document.token = token.text
        document.expires = now + RegistrationTokenRecord.lifetime
        return document
    }

    /// What the tokens of a client would say of a user: by its rules, or by others that are not kept.
    private func preview(_ call: OperationCall, _ question: ClaimsQuestion) async throws -> ClaimsPreview {
        var client = try record(call).client
        if let rules = question.rules {
            var document = client.document
            document["claims"] = rules
            client = try Client(document: document, id: client.id)
        }
        let scope = try question.scope.map { try Scope(text: ByteString($0)) } ?? client.scope
        let name = ByteString(question.user)
        guard let user = try await sessions.store.read({ try UserRecord.find(name: name, in: $0) }) else {
            throw ProblemOf.noSuchUser
        }
        var access = client.claimRules.claims(in: .accessToken, for: user.attributes)
        for claim in user.accessClaims(for: scope) where access[claim.name] == nil { access[claim.name] = claim.value }
        var identity = client.claimRules.claims(in: .idToken, for: user.attributes)
        for member in user.claims(for: scope).members where identity[member.name] == nil {
            identity[member.name] = member.value
        }
        var preview = ClaimsPreview()
        preview.accessToken = access
        preview.idToken = identity
        return preview
    }

    /// Ends every session of a client and revokes every token that it holds. What it is given from then on is good.
    private func endAll(of client: ByteString, by actor: AuditActor, reason: String) async throws {
        let now = clock()
        let revoked = try await sessions.store.write { transaction in
            try AuditEvent(.clientRevoked, by: actor, client: client, detail: reason).insert(now: now, in: transaction)
            return try FamilyRecord.live(ofClient: client, now: now, in: transaction)
                .flatMap { try sessions.end($0, in: transaction) }
                + [try sessions.revokeAll(.client, client, until: now, now: now, in: transaction)]
        }
        await sessions.publish(revoked, reason: reason)
    }

    private func record(_ call: OperationCall) throws(ProblemBody) -> ClientRecord {
        guard let record = clients.record(ByteString(try call.required(Self.id))) else { throw ProblemOf.noSuchClient }
        return record
    }

    /// One that somebody registered, and not one that is part of this server.
    private func registered(_ call: OperationCall) throws(ProblemBody) -> ClientRecord {
        let record = try record(call)
        guard record.client.id != ConsoleClient.id else { throw ProblemOf.builtInClient }
        return record
    }

    private static func describe(_ record: ClientRecord) -> JSONObject {
        var document = record.client.document
        document["active"] = .bool(record.isActive)
        document["built_in"] = .bool(record.client.id == ConsoleClient.id)
        return document
    }

    /// A client and the secret that is shown this once.
    private static func told(_ record: ClientRecord, _ secret: OpaqueToken?) -> JSONObject {
        var document = describe(record)
        if let secret { document["client_secret"] = .string(ByteString(secret.text)) }
        return document
    }
}

import Codecs
import ControlPlane
import Hummingbird
import OAuth
import Storage

/// Registering clients and changing them, as JSON over HTTP. Who may ask is decided by the door it stands behind.
struct ClientManagement: Sendable {
    let clients: ClientDirectory
    let keyring: SigningKeyring
    let sessions: Sessions
    let clock: @Sendable () -> Int64

    func addRoutes(to router: some RouterMethods<ControlPlaneContext>) {
        router.endpoint(
            "/clients",
            [
                .get: { [self] _, _ in .json(["clients": .array(clients.all.map(describe))]) },
                .post: { [self] request, context in try await create(request, context) },
            ])
        router.endpoint(
            "/registration-tokens",
            [
                .post: { [self] _, context in
                    let token = OpaqueToken(.registration)
                    let now = clock()
                    try await sessions.store.write { transaction in
                        try RegistrationTokenRecord.insert(token, now: now, in: transaction)
                        try AuditEvent(.registrationTokenMade, by: context.actor).insert(now: now, in: transaction)
                    }
                    return .json([
                        "registration_token": .string(ByteString(token.text)),
                        "expires": .number(JSONNumber(now + RegistrationTokenRecord.lifetime)),
                    ])
                }
            ])
        router.endpoint(
            "/clients/{id}",
            [
                .get: { [self] _, context in .json(describe(try record(context))) },
                .put: { [self] request, context in try await replace(request, context) },
                .delete: { [self] _, context in
                    let id = try record(context).client.id
                    try await clients.remove(id, by: context.actor)
                    try await endAll(of: id, by: context.actor, reason: "the client was deleted")
                    return .json(["client_id": .string(id), "deleted": true])
                },
            ])
        router.endpoint(
            "/clients/{id}/secret",
            [
                .post: { [self] _, context in
                    let record = try record(context)
                    let secret = try await clients.renewSecret(of: record.client.id, by: context.actor)
                    return .json(told(record, secret))
                }
            ])
        router.endpoint(
            "/clients/{id}/claims", [.post: { [self] request, context in try await preview(request, context) }])
        router.endpoint(
            "/clients/{id}/revoke",
            [
                .post: { [self] _, context in
                    let record = try record(context)
                    try await endAll(
                        of: record.client.id, by: context.actor, reason: "the client's tokens were revoked")
                    return .json(describe(record))
                }
            ])
        for (name, isActive) in [("enable", true), ("disable", false)] {
            router.endpoint(
                RouterPath("/clients/{id}/\(name)"),
                [
                    .post: { [self] _, context in
                        let client = try record(context).client
                        _ = try await clients.replace(client, isActive: isActive, by: context.actor)
                        if !isActive {
                            try await endAll(of: client.id, by: context.actor, reason: "the client was disabled")
                        }
                        return .json(describe(try record(context)))
                    }
                ])
        }
    }

    /// What the tokens of a client would say of a user: by its rules, or by others that are not kept.
    private func preview(_ request: Request, _ context: ControlPlaneContext) async throws -> Response {
        var client = try record(context).client
        let body = try await JSONRequestBody(of: request)
        let name = try body.string("user", atMost: 64)
        if let rules = body.object["claims"] {
            var document = client.document
            document["claims"] = rules
            client = try Client(document: document, id: client.id)
        }
        let scope = body.object["scope"] == nil ? client.scope : try Scope(text: body.string("scope", atMost: 1_024))
        guard let user = try await sessions.store.read({ try UserRecord.find(name: name, in: $0) }) else {
            throw ProblemOf.noSuchUser
        }
        var access = client.claimRules.claims(in: .accessToken, for: user.attributes)
        for claim in user.accessClaims(for: scope) where access[claim.name] == nil { access[claim.name] = claim.value }
        var identity = client.claimRules.claims(in: .idToken, for: user.attributes)
        for member in user.claims(for: scope).members where identity[member.name] == nil {
            identity[member.name] = member.value
        }
        return .json(["access_token": .object(access), "id_token": .object(identity)])
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

    private func create(_ request: Request, _ context: ControlPlaneContext) async throws -> Response {
        let document = try await JSONRequestBody(of: request).object
        guard let id = document["client_id"]?.string else {
            throw OAuthError(.invalidClientMetadata, "The member client_id is missing.")
        }
        let client = try Client(document: document, id: id)
        for algorithm in client.algorithms { try await keyring.provide(algorithm, by: context.actor) }
        let secret = try await clients.register(client, by: context.actor)
        return .json(told(ClientRecord(client: client, secretHash: nil, isActive: true), secret))
    }

    private func replace(_ request: Request, _ context: ControlPlaneContext) async throws -> Response {
        let known = try record(context)
        let document = try await JSONRequestBody(of: request).object
        let client = try Client(document: document, id: known.client.id)
        for algorithm in client.algorithms { try await keyring.provide(algorithm, by: context.actor) }
        let secret = try await clients.replace(client, isActive: known.isActive, by: context.actor)
        return .json(told(ClientRecord(client: client, secretHash: nil, isActive: known.isActive), secret))
    }

    private func record(_ context: ControlPlaneContext) throws -> ClientRecord {
        // Ids are made of characters that a path need not escape, or are written with escapes.
        guard let text = context.parameters.get("id"),
            let id = try? FormURLEncoded.decodeComponent(Array(text.replacingPlus.utf8)),
            let record = clients.record(id)
        else { throw ProblemOf.noSuchClient }
        return record
    }

    private func describe(_ record: ClientRecord) -> JSON {
        var document = record.client.document
        document["active"] = .bool(record.isActive)
        return .object(document)
    }

    /// A client and the secret that is shown this once.
    private func told(_ record: ClientRecord, _ secret: OpaqueToken?) -> JSON {
        guard case .object(var document) = describe(record) else { return .null }
        if let secret { document["client_secret"] = .string(ByteString(secret.text)) }
        return .object(document)
    }
}

extension String {
    /// A path's `+` is a plus, a form's a space.
    fileprivate var replacingPlus: String {
        String(decoding: utf8.flatMap { $0 == UInt8(ascii: "+") ? Array("%2B".utf8) : [$0] }, as: UTF8.self)
    }
}

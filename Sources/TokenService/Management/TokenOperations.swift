import Blueprint
import Codecs
import ControlPlane
import HTTPTypes
import OAuth
import Storage
import Tokens

/// What clients were given and is still good, what is refused before its time, and refusing more of it.
///
/// Access tokens are not stored: of each there is the session that it came of, and, once it is revoked, its id.
struct TokenOperations: Sendable {
    let users: UserOperations
    let sessions: Sessions
    let configuration: AuthorizationConfiguration
    let clock: @Sendable () -> Int64

    private static let user = OperationParameter<String>.query(
        "user", .text(1...64), "Only what speaks for this user, by name.")
    private static let client = OperationParameter<String>.query(
        "client", .text(1...128), "Only what this client holds.")
    private static let session = OperationParameter<String>.query(
        "session", .text(1...128),
        "Only what is of this session: its id, `sid` of its tokens, or a session at a browser.")
    private static let id = OperationParameter<String>.path("id", .text(1...256), "The token's id (`jti`).")

    var all: [Operation] {
        [
            Operation(
                "getTokenDefaults", .get, "/token-defaults", of: "tokens", for: .viewer,
                "What the access tokens of this server are like where their client says nothing else.",
                answers: .fields("TokenDefaults")
            ) { _ in TokenDefaultsDocument(configuration) },
            Operation(
                "listTokens", list: "/tokens", of: "tokens", for: .viewer,
                "What clients were given and is still good: for each session of a client what it may do, and for whom.",
                member: "tokens", parameters: [Self.user.described, Self.client.described, Self.session.described],
                items: .fields("GivenTokens"), refusals: [404], run: list),
            Operation(
                "revokeToken", .post, "/tokens/{id}/revoke", of: "tokens", for: .admin,
                "Refuses one access token from now on, by its id.", parameters: [Self.id.described],
                answers: .fields("Revocation"), run: revoke),
            Operation(
                "listRevocations", list: "/revocations", of: "tokens", for: .viewer,
                "What is refused before its time, until the last of it would have ended by itself.",
                member: "revocations", items: .fields("Revocation"), run: revocations),
        ]
    }

    private func list(_ call: OperationCall, _ page: PageRequest) async throws -> Page<GivenTokensDocument> {
        let name = try call.value(Self.user).map { ByteString($0) }
        let client = try call.value(Self.client).map { ByteString($0) }
        let session = try call.value(Self.session)
        let now = clock()
        let limit = Int64(page.limit) + 1
        let after = page.after ?? ""
        let (families, names) = try await sessions.store.read { transaction in
            let user = try name.map { name in
                guard let user = try UserRecord.find(name: name, in: transaction) else { throw ProblemOf.noSuchUser }
                return user.id
            }
            let found: [FamilyRecord]
            if let session {
                found = try FamilyRecord.live(ofSession: session, now: now, in: transaction)
            } else if let user {
                found = try FamilyRecord.live(ofUser: user, now: now, in: transaction)
            } else if let client {
                found = try FamilyRecord.live(
                    ofClient: client, after: after, limit: limit, now: now, in: transaction)
            } else {
                found = try FamilyRecord.live(after: after, limit: limit, now: now, in: transaction)
            }
            let wanted = found.filter { family in
                family.id > after && (user ?? family.grant.userID) == family.grant.userID
                    && (client ?? family.grant.clientID) == family.grant.clientID
            }
            let kept = Array(wanted.sorted { $0.id < $1.id }.prefix(Int(limit)))
            var names: [String: ByteString] = [:]
            for id in Set(kept.map(\.grant.userID)) {
                names[id] = try UserRecord.find(id: id, in: transaction)?.name
            }
            return (kept, names)
        }
        let documents = families.map { GivenTokensDocument($0, user: names[$0.grant.userID]) }
        return page.page(ofOneMore: documents, id: \.id)
    }

    private func revoke(_ call: OperationCall) async throws -> RevocationDocument {
        let id = ByteString(try call.required(Self.id))
        let now = clock()
        // When it expires is not known here, so it is remembered for as long as any token may live.
        let revocation = RevocationRecord(
            kind: .token, identity: TokenIdentity(issuer: configuration.issuer, id: id),
            expires: now + configuration.longestTokenLifetime)
        let event = AuditEvent(.tokenRevoked, by: call.actor, detail: id.text)
        try await sessions.store.write { transaction in
            try revocation.insert(in: transaction)
            try event.insert(now: now, in: transaction)
        }
        return RevocationDocument(revocation)
    }

    /// Kind after kind, each by id: a page goes on behind `kind id`.
    private func revocations(_ call: OperationCall, _ page: PageRequest) async throws -> Page<RevocationDocument> {
        let parts = page.after?.split(separator: " ", maxSplits: 1).map(String.init) ?? []
        let limit = page.limit + 1
        let issuer = configuration.issuer
        let found = try await sessions.store.read { transaction in
            var found: [RevocationRecord] = []
            var isReached = parts.isEmpty
            for kind in RevocationRecord.Kind.allCases where found.count < limit {
                let isFirst = parts.first == kind.rawValue
                isReached = isReached || isFirst
                guard isReached else { continue }
                found += try RevocationRecord.page(
                    of: kind, issuer: issuer, after: isFirst ? parts.last ?? "" : "", limit: limit - found.count,
                    in: transaction)
            }
            return found
        }
        return page.page(ofOneMore: found.map(RevocationDocument.init)) { "\($0.kind.rawValue) \($0.id)" }
    }
}

/// What the access tokens of this server are like.
struct TokenDefaultsDocument: Described {
    var issuer = ""
    var audiences: [String] = []
    var lifetime: Int64 = 0

    init() {}

    init(_ configuration: AuthorizationConfiguration) {
        issuer = configuration.issuer.text
        audiences = configuration.audiences.map(\.text)
        lifetime = configuration.accessTokenLifetime
    }

    static let schema = Schema<TokenDefaultsDocument>(
        "the defaults of tokens", "What the access tokens of this server are like."
    ) {
        Field(
            "issuer", \.issuer, .text(), example: "https://auth.example", isRequired: true, "Who issues them (`iss`).")
        Field(
            "audiences", \.audiences, .list(of: .text(), 0...256), example: "[orders]", isRequired: true,
            "Whom they are for (`aud`) where their client names nobody.")
        Field(
            "lifetime", \.lifetime, .integer(0...Int64.max), example: "300", isRequired: true,
            "How many seconds they live where their client says nothing else.")
    }
}

/// What one session of a client was given.
struct GivenTokensDocument: Described {
    var id = ""
    var session = ""
    var user: String?
    var client = ""
    var scope = ""
    var audiences: [String] = []
    var authenticated: Int64 = 0
    var expires: Int64 = 0
    var accessExpires: Int64 = 0
    var isBound = false

    init() {}

    init(_ family: FamilyRecord, user: ByteString?) {
        id = family.id
        session = family.session
        self.user = user?.text
        client = family.grant.clientID.text
        scope = family.grant.scope.text.text
        audiences = family.grant.audiences.map(\.text)
        authenticated = family.grant.authenticated
        expires = family.expires
        accessExpires = family.accessExpires
        isBound = family.grant.keyThumbprint != nil
    }

    static let schema = Schema<GivenTokensDocument>("given tokens", "What one session of a client was given.") {
        Field("id", \.id, .text(), example: "ses_…", isRequired: true, "What ends it is told this (endSession).")
        Field("session", \.session, .text(), example: "ses_…", isRequired: true, "`sid` of its tokens.")
        Field("user", optional: \.user, .text(), example: "ada", "For whom they speak.")
        Field("client", \.client, .text(), example: "shop", isRequired: true, "Who holds them.")
        Field("scope", \.scope, .text(0...4_096), example: "openid", isRequired: true, "What they grant.")
        Field(
            "audiences", \.audiences, .list(of: .text(), 0...256), example: "[orders]", isRequired: true,
            "Whom its access tokens are for (`aud`).")
        Field(
            "authenticated", \.authenticated, .integer(0...Int64.max), example: "1767225600", isRequired: true,
            "When the user proved who they are, in seconds since 1970.")
        Field(
            "expires", \.expires, .integer(0...Int64.max), example: "1767225600", isRequired: true,
            "When it ends however often it is refreshed, in seconds since 1970.")
        Field(
            "access_expires", \.accessExpires, .integer(0...Int64.max), example: "1767225600", isRequired: true,
            "When the last of its access tokens expires, in seconds since 1970.")
        Field(
            "bound", \.isBound, .flag, example: "false", isRequired: true,
            "Whether its tokens are bound to a key (RFC 9449).")
    }
}

/// Something that is refused before its time.
struct RevocationDocument: Described {
    var kind = RevocationRecord.Kind.token
    var id = ""
    var issuedUntil: Int64?
    var expires: Int64 = 0

    init() {}

    init(_ record: RevocationRecord) {
        kind = record.kind
        id = record.identity.id.text
        issuedUntil = record.issuedUntil
        expires = record.expires
    }

    static let schema = Schema<RevocationDocument>("a revocation", "Something that is refused before its time.") {
        Field(
            "kind", \.kind, .choice(), example: "session", isRequired: true,
            "One token (`jti`), or all of a session (`sid`), a subject (`sub`), a client or a signing key (`kid`).")
        Field("id", \.id, .text(1...4_096), example: "ses_…", isRequired: true, "Which.")
        Field(
            "issued_until", optional: \.issuedUntil, .integer(0...Int64.max), example: "1767225600",
            "Only what was issued up to then, in seconds since 1970.")
        Field(
            "expires", \.expires, .integer(0...Int64.max), example: "1767225600", isRequired: true,
            "When it is forgotten, in seconds since 1970: nothing of it would be good any more.")
    }
}

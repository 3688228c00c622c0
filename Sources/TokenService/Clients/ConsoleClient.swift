import Codecs
import ControlPlane
import OAuth
import Storage
import Tokens

/// The client of the console, which is there without being registered: public, our own, for management alone.
enum ConsoleClient {
    /// Its id, which nobody else can register under.
    static let id: ByteString = "console"

    /// The client for an issuer; nil where no answer may be sent to the issuer's address, which then serves no console
    /// that browsers could use (http on another machine).
    static func make(issuer: ByteString) -> Client? {
        guard let page = try? RedirectURI(registering: ServerMetadata.address(of: "/console/", at: issuer)) else {
            return nil
        }
        var client = Client(id: id, name: "Signet console")
        client.authentication = .none
        client.grants = [.authorizationCode, .refreshToken]
        client.redirectURIs = [page]
        client.postLogoutRedirectURIs = [page]
        client.scope = Scope(["openid", "profile", Client.managementScope])
        client.isFirstParty = true
        client.isManagement = true
        return client
    }

    /// Stores it as it is now; whether it is active stays. Whatever else had its id before is forgotten, and all that it
    /// was given is revoked: its tokens would otherwise become the console's.
    static func provide(
        _ configuration: AuthorizationConfiguration, now: Int64, in transaction: Transaction
    ) throws {
        let known = try ClientRecord.find(id, in: transaction)
        guard let client = make(issuer: configuration.issuer) else {
            if let known, isOurs(known.client) { try forget(known, configuration, now: now, in: transaction) }
            return
        }
        guard known?.client != client else { return }
        if let known, isOurs(known.client) {
            _ = try ClientRecord(client: client, secretHash: nil, isActive: known.isActive)
                .update(now: now, in: transaction)
            try AuditEvent(.clientChanged, by: .server, client: id, detail: "built in").insert(
                now: now, in: transaction)
            return
        }
        if let known { try forget(known, configuration, now: now, in: transaction) }
        // No event of the log: nobody did it, and it is there as the tables are.
        _ = try ClientRecord(client: client, secretHash: nil, isActive: true).insert(now: now, in: transaction)
    }

    /// Whether a client of this id is the console's, for this or another issuer.
    private static func isOurs(_ client: Client) -> Bool {
        client.isManagement && !client.isConfidential && !client.redirectURIs.isEmpty
            && client.redirectURIs.allSatisfy { $0.text.text.hasSuffix("/console/") }
    }

    private static func forget(
        _ record: ClientRecord, _ configuration: AuthorizationConfiguration, now: Int64, in transaction: Transaction
    ) throws {
        for family in try FamilyRecord.live(ofClient: id, now: now, in: transaction) {
            _ = try family.end(in: transaction)
        }
        try RevocationRecord(
            kind: .client, identity: TokenIdentity(issuer: configuration.issuer, id: id), issuedUntil: now,
            expires: now + configuration.longestTokenLifetime
        ).insert(in: transaction)
        _ = try ClientRecord.delete(id, in: transaction)
        try AuditEvent(.clientDeleted, by: .server, client: id, detail: "the id is the console's")
            .insert(now: now, in: transaction)
    }
}

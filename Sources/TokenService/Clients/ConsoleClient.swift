import Codecs
import ControlPlane
import OAuth
import Storage

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

    /// Stores it as it is now; whether it is active stays. Whatever else had its id before is forgotten with all that it
    /// was given, since its tokens would otherwise become the console's.
    static func provide(issuer: ByteString, now: Int64, in transaction: Transaction) throws {
        let known = try ClientRecord.find(id, in: transaction)
        guard let client = make(issuer: issuer) else {
            if let known, known.client.isManagement { _ = try ClientRecord.delete(id, in: transaction) }
            return
        }
        guard known?.client != client else { return }
        if let known, known.client.isManagement, !known.client.isConfidential {
            _ = try ClientRecord(client: client, secretHash: nil, isActive: known.isActive)
                .update(now: now, in: transaction)
            try AuditEvent(.clientChanged, by: .server, client: id, detail: "built in").insert(
                now: now, in: transaction)
            return
        }
        if known != nil {
            for family in try FamilyRecord.live(ofClient: id, now: now, in: transaction) {
                _ = try family.end(in: transaction)
            }
            _ = try ClientRecord.delete(id, in: transaction)
            try AuditEvent(.clientDeleted, by: .server, client: id, detail: "the id is the console's")
                .insert(now: now, in: transaction)
        }
        // No event of the log: nobody did it, and it is there as the tables are.
        _ = try ClientRecord(client: client, secretHash: nil, isActive: true).insert(now: now, in: transaction)
    }
}

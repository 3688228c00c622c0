public import ControlPlane
public import Storage

extension AuthorizationService {
    /// Writes into the audit log that the configuration changed, in the transaction that changes it.
    /// - Parameter summary: a few words, never a secret.
    public func recordConfigurationChange(
        _ summary: String, by actor: AuditActor, now: Int64, in transaction: Transaction
    ) throws(StoreError) {
        try AuditEvent(.configurationChanged, by: actor, detail: summary).insert(now: now, in: transaction)
    }
}

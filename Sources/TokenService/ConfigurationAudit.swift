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

    /// Writes into the audit log that a secret of the configuration was put, in the transaction that puts it.
    /// - Parameter name: how documents refer to it.
    public func recordSecretPut(
        _ name: String, by actor: AuditActor, now: Int64, in transaction: Transaction
    ) throws(StoreError) {
        try AuditEvent(.secretPut, by: actor, detail: name).insert(now: now, in: transaction)
    }

    /// Writes into the audit log that a secret of the configuration was deleted, in the transaction that deletes it.
    /// - Parameter name: how documents referred to it.
    public func recordSecretDeleted(
        _ name: String, by actor: AuditActor, now: Int64, in transaction: Transaction
    ) throws(StoreError) {
        try AuditEvent(.secretDeleted, by: actor, detail: name).insert(now: now, in: transaction)
    }
}

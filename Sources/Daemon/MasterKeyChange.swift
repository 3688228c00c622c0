import ConfigurationStore
import ControlPlane
import Storage
import TokenService

/// Replaces the master key of a data folder whose server does not run.
public enum MasterKeyChange {
    /// Seals everything with another key.
    /// - Parameters:
    ///   - dataFolder: the folder; a running server holds it, and then this fails.
    ///   - masterKey: what `SIGNET_MASTER_KEY` holds, nil when the key is a file in the folder.
    ///   - newMasterKey: what `SIGNET_NEW_MASTER_KEY` holds; needed where the key is no file, and only there.
    /// - Returns: how many values were sealed.
    public static func rotate(dataFolder: String, masterKey: String?, newMasterKey: String?) async throws -> Int {
        guard (masterKey == nil) == (newMasterKey == nil) else {
            throw StartFailure(
                "set SIGNET_MASTER_KEY to the present key and SIGNET_NEW_MASTER_KEY to the next one, or neither where"
                    + " the key is the file master.key")
        }
        let store = try await Store.open(try DataFolder.claim(dataFolder), environment: masterKey)
        defer { try? store.close() }
        // Brought forward first: every table that holds sealed values is there.
        try await AuthorizationService.prepare(store)
        try await KeptAnswers.prepare(store)
        try await BlueprintStore.prepare(store)
        let key =
            if let newMasterKey {
                try MasterKey.fromEnvironment(newMasterKey, named: "SIGNET_NEW_MASTER_KEY")
            } else {
                MasterKey.generate()
            }
        return try await store.rotateMasterKey(
            to: key,
            records: AuthorizationService.sealedRecords + KeptAnswers.sealedRecords + BlueprintStore.sealedRecords,
            isFile: newMasterKey == nil
        ) { try AuthorizationService.noteMasterKeyRotation(now: WallClock.seconds(), in: $0) }
    }
}

import Storage
import TestSupport
import Testing

@Suite struct DataFolderTests {
    let temporary: TemporaryFolder
    var path: String { temporary.path + "/data" }

    init() throws { temporary = try TemporaryFolder() }

    @Test func `a new folder and everything in it belong to the owner alone`() async throws {
        let folder = try DataFolder.claim(path)
        let key = try MasterKey.load(environment: nil, folder: folder)
        let store = try await Store(folder: folder, masterKey: key)
        #expect(try temporary.permissions(of: "data") == 0o700)
        for name in ["lock", "master.key", "signet.db", "signet.db-wal", "signet.db-shm"] {
            #expect(try temporary.permissions(of: "data/\(name)") == 0o600, "\(name)")
        }
        try store.close()
    }

    @Test func `a folder that others may look into is refused, with the command that mends it`() throws {
        try temporary.setPermissions(0o755, of: "")
        let error = #expect(throws: StoreError.self) { try DataFolder.claim(temporary.path) }
        #expect(error?.code == .folderUnusable)
        #expect(error?.message.contains("chmod 700 \(temporary.path)") == true)
    }

    @Test func `a second claim is refused and names the folder and the process that holds it`() throws {
        let first = try DataFolder.claim(path)
        let error = #expect(throws: StoreError.self) { try DataFolder.claim(path) }
        #expect(error?.code == .folderLocked)
        #expect(error?.message.contains(path) == true)
        #expect(error?.message.contains("pid \(getProcessNumber())") == true)
        first.release()
        _ = try DataFolder.claim(path)
    }

    @Test func `a file where the folder should be is refused`() throws {
        try temporary.write([], to: "data")
        let error = #expect(throws: StoreError.self) { try DataFolder.claim(path) }
        #expect(error?.code == .folderUnusable)
    }
}

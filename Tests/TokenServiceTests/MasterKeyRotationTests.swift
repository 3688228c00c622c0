import Codecs
import Foundation
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import TokenService

@Suite struct MasterKeyRotationTests {
    private func open(_ folder: TemporaryFolder) async throws -> Store {
        try await Store.open(try DataFolder.claim(folder.path), environment: nil)
    }

    private func file(_ folder: TemporaryFolder, _ name: String) -> Data? {
        FileManager.default.contents(atPath: "\(folder.path)/\(name)")
    }

    /// A server that has sealed one value of each kind.
    private func filled(_ folder: TemporaryFolder, _ time: TestClock) async throws -> (token: String, code: TimedCode) {
        let signet = try await TestInstallation.start(in: folder, time: time)
        let user = try await signet.addUser("ada")
        let session = try await signet.login("ada")
        _ = try await signet.refresh(session.refresh)
        let code = TimedCode()
        let sealed = try SealedColumn.authenticatorSecrets(signet.store.masterKey).seal(code.secretBytes, row: user.id)
        try await signet.store.write { transaction in
            try AuthenticatorRecord.begin(user: user.id, sealedSecret: sealed, now: 1, in: transaction)
            _ = try AuthenticatorRecord.accept(step: 1, user: user.id, in: transaction)
        }
        try signet.store.close()
        return (session.refresh, code)
    }

    /// Whether everything that was sealed opens.
    private func check(_ folder: TemporaryFolder, _ time: TestClock, _ known: (token: String, code: TimedCode))
        async throws
    {
        let signet = try await TestInstallation.start(in: folder, time: time)
        let password: JSON = .string(ByteString(TestInstallation.password))
        let code = known.code.code(step: time.now / TimedCode.step)
        let login: JSONObject = ["name": "ada", "password": password, "code": .string(ByteString(code))]
        let session = try await signet.post("/login", login)
        #expect(session.status == .ok)
        #expect(signet.gatewayRefuses(session.access) == nil)
        // Within ten seconds a spent token leads to its sealed successor.
        #expect(try await signet.refresh(known.token).status == .ok)
        try signet.store.close()
    }

    @Test func `everything is sealed anew, and the key before opens nothing`() async throws {
        let (folder, time) = (try TemporaryFolder(), TestClock())
        let known = try await filled(folder, time)
        let before = try #require(file(folder, "master.key"))
        let store = try await open(folder)
        let count = try await store.rotateMasterKey(
            to: .generate(), records: AuthorizationService.sealedRecords, isFile: true)
        try store.close()
        #expect(count == 5)
        let after = try #require(file(folder, "master.key"))
        #expect(after != before)
        #expect(file(folder, "master.key.next") == nil)
        try await check(folder, time, known)
        try before.write(to: URL(fileURLWithPath: "\(folder.path)/master.key"))
        let error = await #expect(throws: StoreError.self) { try await open(folder).close() }
        #expect(error?.code == .masterKeyWrong)
    }

    @Test func `a rotation that was cut off before the database changed did not happen`() async throws {
        let (folder, time) = (try TemporaryFolder(), TestClock())
        let known = try await filled(folder, time)
        let before = file(folder, "master.key")
        let next = Base64URL.encode([UInt8](repeating: 7, count: 32)) + "\n"
        _ = FileManager.default.createFile(
            atPath: "\(folder.path)/master.key.next", contents: Data(next.utf8), attributes: [.posixPermissions: 0o600])
        try await open(folder).close()
        #expect(file(folder, "master.key") == before)
        #expect(file(folder, "master.key.next") == nil)
        try await check(folder, time, known)
    }

    @Test func `a rotation that was cut off after it is ended by whoever opens next`() async throws {
        let (folder, time) = (try TemporaryFolder(), TestClock())
        let known = try await filled(folder, time)
        let before = try #require(file(folder, "master.key"))
        let store = try await open(folder)
        _ = try await store.rotateMasterKey(
            to: .generate(), records: AuthorizationService.sealedRecords, isFile: true)
        try store.close()
        // As it is when the last step is missing.
        let after = try #require(file(folder, "master.key"))
        _ = FileManager.default.createFile(
            atPath: "\(folder.path)/master.key.next", contents: after, attributes: [.posixPermissions: 0o600])
        _ = FileManager.default.createFile(
            atPath: "\(folder.path)/master.key", contents: before, attributes: [.posixPermissions: 0o600])
        try await open(folder).close()
        #expect(file(folder, "master.key") == after)
        #expect(file(folder, "master.key.next") == nil)
        try await check(folder, time, known)
    }

    @Test func `a value that does not open leaves everything as it was`() async throws {
        let (folder, time) = (try TemporaryFolder(), TestClock())
        let known = try await filled(folder, time)
        let store = try await open(folder)
        _ = try await store.write { transaction in
            try transaction.execute(Statement("UPDATE authenticators SET user_id = user_id, sealed_secret = x'01'"))
        }
        await #expect(throws: StoreError.self) {
            _ = try await store.rotateMasterKey(
                to: .generate(), records: AuthorizationService.sealedRecords, isFile: true)
        }
        try store.close()
        let again = try await open(folder)
        #expect(file(folder, "master.key.next") == nil)
        try again.close()
        _ = known
    }
}

import Codecs
import JOSE
import Storage
import TestSupport
import Testing

@testable import TokenService

@Suite struct AtRestTests {
    @Test func `no password, refresh token or private key stands in the data folder's database`() async throws {
        let signet = try await TestInstallation.start()
        let admin = try #require(try await signet.service.firstStart.makeAdmin())
        let first = try await signet.login("admin", password: admin.password)
        let second = try await signet.refresh(first.refresh)
        let privateScalar = try await privateKeyText(signet.store)
        var refreshBytes: [[UInt8]] = []
        for token in [first.refresh, second.refresh] {
            refreshBytes.append(try Base64URL.decode(Array(token.utf8.dropFirst(4))))
        }
        for name in ["signet.db", "signet.db-wal"] {
            let bytes = signet.folder.bytes(of: name)
            #expect(!bytes.holds(admin.password))
            #expect(!bytes.holds(first.refresh))
            #expect(!bytes.holds(second.refresh))
            #expect(!bytes.holds(first.access))
            #expect(!bytes.holds(privateScalar))
            #expect(!bytes.holds(try Base64URL.decode(Array(privateScalar.utf8))))
            #expect(!bytes.holds("\"d\":"))
            for token in refreshBytes { #expect(!bytes.holds(token)) }
        }
        // The search can find things: the admin's name is there.
        let everything = signet.folder.bytes(of: "signet.db") + signet.folder.bytes(of: "signet.db-wal")
        #expect(everything.holds("admin"))
        #expect(everything.holds("$scrypt$"))
    }

    @Test func `the signing key stays the same over restarts`() async throws {
        let folder = try TemporaryFolder()
        let first = try await TestInstallation.start(in: folder)
        let id = try #require(first.service.keySet.keys.first?.id)
        try first.store.close()
        let second = try await TestInstallation.start(in: folder)
        #expect(second.service.keySet.keys.map(\.id) == [id])
    }

    @Test func `a signing key that was exchanged in the database stops the start`() async throws {
        let folder = try TemporaryFolder()
        let first = try await TestInstallation.start(in: folder)
        _ = try await first.store.write { try $0.execute(Statement("UPDATE signing_keys SET id = 'other'")) }
        try first.store.close()
        let error = await #expect(throws: StoreError.self) { try await TestInstallation.start(in: folder) }
        #expect(error?.code == .sealBroken)
    }

    private func privateKeyText(_ store: Store) async throws -> String {
        let record = try #require(try await store.read { try SigningKeyRecord.all(in: $0) }.first)
        let column = SealedColumn("signing-key", masterKey: store.masterKey)
        let jwk = try #require(JSONReader.read(column.open(record.sealedJWK, row: record.id)).object)
        return try #require(jwk["d"]?.string?.text)
    }
}

import Codecs
import HTTPTypes
import JOSE
import Logging
import Storage
import TestSupport
import Testing
import Tokens

@testable import TokenService

@Suite struct MigrationTests {
    @Test func `a database of earlier tables goes on with its key, its revocations and its people`() async throws {
        let folder = try TemporaryFolder()
        let key = try SigningKey.generate(.es256)
        let id = try #require(key.id?.text)
        do {
            let claim = try DataFolder.claim(folder.path)
            let store = try await Store(folder: claim, masterKey: try MasterKey.load(environment: nil, folder: claim))
            try await store.migrate(feature: "token-service", Array(Schema.migrations.prefix(2)))
            let sealed = try SealedColumn("signing-key", masterKey: store.masterKey)
                .seal(JSONWriter.write(.object(key.privateJWK)), row: id)
            try await store.write { transaction in
                try transaction.execute(
                    Statement(
                        "INSERT INTO signing_keys (id, state, sealed_jwk, created) VALUES (?, 'current', ?, 1799990000)",
                        .text(id), .blob(sealed)))
                try transaction.execute(
                    Statement(
                        "INSERT INTO revocations (kind, issuer, id, expires) VALUES ('session', ?, 'ses_1', 1900000000)",
                        .text(TestInstallation.issuer.text)))
                try UserRecord(
                    id: "usr_1", name: "ada", roles: [], password: "x", isActive: true
                ).insert(now: 1, in: transaction)
            }
            try store.close()
        }
        let signet = try await TestInstallation.start(in: folder)
        #expect(signet.service.keySet.keys.map(\.id) == [ByteString(id)])
        #expect(signet.service.keyring.keys.records.map(\.state) == [.current])
        let claims = try Claims(["iss": .string(TestInstallation.issuer), "sid": "ses_1"])
        #expect(signet.service.revocations.snapshot.revokes(claims))
        #expect(try await signet.manage(.get, "/users/ada").status == .ok)
    }
}

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
            try await store.migrate(feature: "token-service", Array(TokenServiceTables.migrations.prefix(2)))
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
                for (id, roles) in [
                    ("usr_1", "[]"), ("usr_2", "[\"clerk\",\"admin\"]"), ("usr_3", "[\"administrator\"]"),
                ] {
                    try transaction.execute(
                        Statement(
                            """
                            INSERT INTO users (id, name, roles, password, state, created, changed)
                            VALUES (?, ?, ?, 'x', 'active', 1, 1)
                            """,
                            .text(id), .text(id == "usr_1" ? "ada" : id), .text(roles)))
                }
            }
            try store.close()
        }
        let signet = try await TestInstallation.start(in: folder)
        #expect(signet.service.keySet.keys.map(\.id) == [ByteString(id)])
        #expect(signet.service.keyring.keys.records.map(\.state) == [.current])
        let claims = try Claims(["iss": .string(TestInstallation.issuer), "sid": "ses_1"])
        #expect(signet.service.revocations.snapshot.revokes(claims))
        #expect(try await signet.manage(.get, "/users/ada").status == .ok)
        // Whoever could manage goes on; a role of applications alone is nothing here.
        for (name, role) in [("ada", .null), ("usr_2", "owner"), ("usr_3", .null)] as [(String, JSON)] {
            #expect(try await signet.manage(.get, "/users/\(name)").json["server_role"] == role)
        }
    }
}

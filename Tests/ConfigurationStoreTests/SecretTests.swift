import ConfigurationStore
import Storage
import TestSupport
import Testing

/// Secrets that documents refer to by name: sealed at rest, and told of without their values.
@Suite("Stored secrets") struct SecretTests {
    private static let value = Array("sk-everybody-would-like-to-have-this".utf8)
    private static let other = Array("sk-the-one-that-came-after-it".utf8)

    private func put(
        _ opened: Opened, _ name: String, _ value: [UInt8], now: Int64 = 1_000
    ) async throws -> SecretRecord {
        try await opened.blueprints.putSecret(name, value, now: now) { _ in }
    }

    @Test("one is put, listed by name, replaced and deleted") func life() async throws {
        let opened = try await Opened()
        #expect(try await opened.blueprints.secrets().isEmpty)
        _ = try await put(opened, "openai", Self.value)
        _ = try await put(opened, "anthropic", Self.value)
        let replaced = try await put(opened, "openai", Self.other, now: 2_000)
        #expect(replaced.created == 1_000 && replaced.changed == 2_000)
        #expect(try await opened.blueprints.secrets().map(\.name) == ["anthropic", "openai"])
        let values = try await opened.blueprints.secretValues(of: ["openai", "anthropic", "nobody"])
        #expect(values == ["openai": Self.other, "anthropic": Self.value])
        #expect(try await opened.blueprints.deleteSecret("openai") { _ in } == replaced)
        #expect(try await opened.blueprints.deleteSecret("openai") { _ in } == nil)
        #expect(try await opened.blueprints.secretValues(of: ["openai"]).isEmpty)
    }

    @Test("no value stands in the database, and none opens under another name") func atRest() async throws {
        let opened = try await Opened()
        _ = try await put(opened, "openai", Self.value)
        _ = try await put(opened, "openai", Self.other)
        let text = String(decoding: Self.value, as: UTF8.self)
        let later = String(decoding: Self.other, as: UTF8.self)
        let bytes = opened.temporary.bytes(of: "signet.db") + opened.temporary.bytes(of: "signet.db-wal")
        #expect(!bytes.holds(text) && !bytes.holds(later))
        #expect(bytes.holds("openai"))
        _ = try await opened.store.write { try $0.execute(Statement("UPDATE secrets SET name = 'moved'")) }
        let error = await #expect(throws: StoreError.self) {
            try await opened.blueprints.secretValues(of: ["moved"])
        }
        #expect(error?.code == .sealBroken && error?.message.contains(later) == false)
    }

    @Test("what is written beside one is written with it or not at all") func together() async throws {
        struct Refused: Error {}
        let opened = try await Opened()
        await #expect(throws: Refused.self) {
            try await opened.blueprints.putSecret("openai", Self.value, now: 1) { _ in throw Refused() }
        }
        #expect(try await opened.blueprints.secrets().isEmpty)
        _ = try await put(opened, "openai", Self.value)
        await #expect(throws: Refused.self) {
            try await opened.blueprints.deleteSecret("openai") { _ in throw Refused() }
        }
        #expect(try await opened.blueprints.secrets().count == 1)
    }

    @Test("another master key seals them anew") func masterKey() async throws {
        let opened = try await Opened()
        _ = try await put(opened, "openai", Self.value)
        let key = MasterKey.generate()
        let count = try await opened.store.rotateMasterKey(
            to: key, records: BlueprintStore.sealedRecords, isFile: false)
        // With what tells which key the database belongs to.
        #expect(count == 2)
        try opened.store.close()
        let store = try await Store(folder: try DataFolder.claim(opened.temporary.path), masterKey: key)
        let blueprints = try await BlueprintStore(store: store)
        #expect(try await blueprints.secretValues(of: ["openai"]) == ["openai": Self.value])
    }
}

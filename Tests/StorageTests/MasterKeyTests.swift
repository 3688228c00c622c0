import Codecs
import Storage
import TestSupport
import Testing

@Suite struct MasterKeyTests {
    let temporary: TemporaryFolder
    let folder: DataFolder

    init() throws {
        temporary = try TemporaryFolder()
        folder = try DataFolder.claim(temporary.path)
    }

    @Test func `the first start writes a key file that later starts read`() throws {
        let column = SealedColumn("test", masterKey: try MasterKey.load(environment: nil, folder: folder))
        let again = SealedColumn("test", masterKey: try MasterKey.load(environment: nil, folder: folder))
        #expect(try again.open(column.seal([1, 2, 3], row: "a"), row: "a") == [1, 2, 3])
        #expect(temporary.bytes(of: "master.key").count == 44)
    }

    @Test func `a key in the environment leaves no file`() throws {
        let text = Base64URL.encode([UInt8](repeating: 7, count: 32))
        _ = try MasterKey.load(environment: text, folder: folder)
        #expect(try temporary.names() == ["lock"])
    }

    @Test(arguments: ["", "AAAA", String(repeating: "A", count: 44), String(repeating: "!", count: 43)])
    func `a text that is not 32 bytes is refused without being repeated`(text: String) throws {
        let error = #expect(throws: StoreError.self) { try MasterKey.load(environment: text, folder: folder) }
        #expect(error?.code == .masterKeyUnusable)
        #expect(error?.message.contains("SIGNET_MASTER_KEY") == true)
        #expect(text.isEmpty || error?.message.contains(text) == false)
    }

    @Test func `a key file that others can read is refused`() throws {
        _ = try MasterKey.load(environment: nil, folder: folder)
        try temporary.setPermissions(0o640, of: "master.key")
        let error = #expect(throws: StoreError.self) { try MasterKey.load(environment: nil, folder: folder) }
        #expect(error?.code == .masterKeyUnusable)
    }

    @Test func `a key file that was cut short is refused`() throws {
        try temporary.write(Array("AAAA\n".utf8), to: "master.key")
        let error = #expect(throws: StoreError.self) { try MasterKey.load(environment: nil, folder: folder) }
        #expect(error?.code == .masterKeyUnusable)
    }

    @Test func `a database without its key file is not given a new key`() async throws {
        let store = try await Store(folder: folder, masterKey: .generate())
        let error = #expect(throws: StoreError.self) { try MasterKey.load(environment: nil, folder: folder) }
        #expect(error?.code == .masterKeyUnusable)
        #expect(try !temporary.names().contains("master.key"))
        try store.close()
    }

    @Test func `a data folder opens only with the master key that sealed it`() async throws {
        try await Store(folder: folder, masterKey: .generate()).close()
        let again = try DataFolder.claim(temporary.path)
        let error = await #expect(throws: StoreError.self) { try await Store(folder: again, masterKey: .generate()) }
        #expect(error?.code == .masterKeyWrong)
        #expect(error?.message.contains("sealed with another master key") == true)
    }

    @Test func `a key never prints itself`() {
        let key = MasterKey.generate()
        #expect("\(key)" == "<redacted master key>")
        #expect(String(reflecting: key) == "<redacted master key>")
        var dumped = ""
        dump(key, to: &dumped)
        #expect(dumped == "- <redacted master key>\n")
    }
}

@Suite struct SealedColumnTests {
    let key = MasterKey.generate()

    @Test func `a sealed value opens in its own row and column only`() throws {
        let column = SealedColumn("first", masterKey: key)
        let sealed = try column.seal(Array("canary".utf8), row: "row-1")
        #expect(!sealed.holds("canary"))
        #expect(try column.open(sealed, row: "row-1") == Array("canary".utf8))
        #expect(throws: StoreError.self) { try column.open(sealed, row: "row-2") }
        #expect(throws: StoreError.self) { try SealedColumn("second", masterKey: key).open(sealed, row: "row-1") }
        #expect(throws: StoreError.self) {
            try SealedColumn("first", masterKey: .generate()).open(sealed, row: "row-1")
        }
    }

    @Test func `no single changed byte of a sealed value goes unnoticed`() throws {
        let column = SealedColumn("first", masterKey: key)
        let sealed = try column.seal([1, 2, 3, 4], row: "r")
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(throws: StoreError.self, "byte \(index)") { try column.open(changed, row: "r") }
        }
        for length in 0..<sealed.count {
            #expect(throws: StoreError.self) { try column.open(Array(sealed.prefix(length)), row: "r") }
        }
    }
}

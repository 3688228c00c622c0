import Codecs
import Crypto

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The 256-bit key that seals secrets at rest. It never enters the database, so a copy of the database alone opens
/// nothing.
///
/// It comes from the environment (`SIGNET_MASTER_KEY`, base64url of 32 bytes) or from `master.key` in the data
/// folder, which the first start creates.
public struct MasterKey: Sendable, CustomStringConvertible, CustomReflectable {
    static let byteCount = 32

    let bytes: [UInt8]

    /// A key from its bytes; nil unless there are exactly 32.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// Finds the key, creating `master.key` when neither it nor a database exists yet.
    /// - Parameters:
    ///   - environment: what `SIGNET_MASTER_KEY` holds, nil when it is not set.
    ///   - folder: the claimed data folder.
    /// - Throws: `master-key-unusable` when the text is not base64url of 32 bytes, when others may read the file, or
    ///   when a database exists and its key is missing.
    public static func load(environment: String?, folder: DataFolder) throws(StoreError) -> MasterKey {
        if let environment {
            return try parse(Array(environment.utf8), source: "SIGNET_MASTER_KEY")
        }
        let path = folder.path + "/master.key"
        if let content = try readKeyFile(path) {
            let text = content.last == UInt8(ascii: "\n") ? content.dropLast() : content[...]
            return try parse(Array(text), source: path)
        }
        guard !Store.databaseExists(in: folder) else {
            throw StoreError(
                .masterKeyUnusable,
                "\(path) is missing, and the database beside it is sealed with it: restore the file,"
                    + " or set SIGNET_MASTER_KEY")
        }
        let key = generate()
        try PrivateFile.write(key.fileContent, to: path, folder: folder.path)
        return key
    }

    /// Finds a key that a rotation, which was cut off, wrote for later; nil when there is none.
    static func next(in folder: DataFolder) throws(StoreError) -> MasterKey? {
        let path = nextPath(in: folder)
        guard let content = try readKeyFile(path) else { return nil }
        return try parse(Array(content.last == UInt8(ascii: "\n") ? content.dropLast() : content[...]), source: path)
    }

    /// Writes a key down for later: `master.key` stays as it is.
    func writeAsNext(in folder: DataFolder) throws(StoreError) {
        try PrivateFile.write(fileContent, to: Self.nextPath(in: folder), folder: folder.path)
    }

    /// Makes this the key of the folder; nothing waits for later any more.
    func writeAsCurrent(in folder: DataFolder) throws(StoreError) {
        try PrivateFile.write(fileContent, to: folder.path + "/master.key", folder: folder.path)
        try Self.forgetNext(in: folder)
    }

    /// Takes back what was written for later.
    static func forgetNext(in folder: DataFolder) throws(StoreError) {
        unlink(nextPath(in: folder))
        try PrivateFile.forceFolder(folder.path)
    }

    private static func nextPath(in folder: DataFolder) -> String { folder.path + "/master.key.next" }

    private var fileContent: [UInt8] { Array(Base64URL.encode(bytes).utf8) + [UInt8(ascii: "\n")] }

    /// A key from the text of an environment variable.
    /// - Throws: `master-key-unusable` when it is not the base64url of 32 bytes.
    public static func fromEnvironment(_ text: String, named name: String) throws(StoreError) -> MasterKey {
        try parse(Array(text.utf8), source: name)
    }

    /// A fresh random key.
    public static func generate() -> MasterKey {
        MasterKey(random: SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) })
    }

    /// Never the key.
    public var description: String { "<redacted master key>" }

    /// Nothing to look into: `dump` and debuggers print no bytes either.
    public var customMirror: Mirror { Mirror(self, children: []) }

    private init(random bytes: [UInt8]) {
        self.bytes = bytes
    }

    private static func readKeyFile(_ path: String) throws(StoreError) -> [UInt8]? {
        do throws(StoreError) {
            return try PrivateFile.read(path, atMost: 1024)
        } catch {
            throw StoreError(.masterKeyUnusable, error.message)
        }
    }

    private static func parse(_ text: [UInt8], source: String) throws(StoreError) -> MasterKey {
        guard let bytes = try? Base64URL.decode(text), let key = MasterKey(bytes: bytes) else {
            throw StoreError(
                .masterKeyUnusable,
                "\(source) is not a master key: it must be the base64url text of 32 bytes"
                    + " (43 characters, no padding)")
        }
        return key
    }
}

import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The one folder that holds everything a running server keeps, claimed for this process.
///
/// The folder has mode 0700 and holds `signet.db`, `master.key` and `lock`, each 0600. Claiming takes an exclusive
/// `flock` on `lock` that lives as long as this value: a second process gets a clear error instead of a second
/// connection that writes (which could damage the write-ahead log of older SQLite versions).
public final class DataFolder: Sendable {
    /// Where the folder is, as the caller said it.
    public let path: String

    private let lock: Mutex<Int32?>

    private init(path: String, lock: Int32) {
        self.path = path
        self.lock = Mutex(lock)
    }

    deinit {
        release()
    }

    /// Creates the folder if it is missing, checks that nobody else can read it, and locks it.
    /// - Throws: `folder-unusable`, or `folder-locked` with the holder's process number.
    public static func claim(_ path: String) throws(StoreError) -> DataFolder {
        try createPrivateFolder(path)
        let descriptor = try PrivateFile.openOrCreate(path + "/lock")
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let failure = errno
            let holder = String(decoding: PrivateFile.readAll(descriptor, atMost: 20), as: UTF8.self)
            close(descriptor)
            guard failure == EWOULDBLOCK else {
                throw StoreError(.folderUnusable, "cannot lock \(path)/lock: \(String(cString: strerror(failure)))")
            }
            throw StoreError(
                .folderLocked,
                "the data folder \(path) is in use by another process (pid \(holderNumber(holder))):"
                    + " stop that one first, or choose another folder with --data")
        }
        let number = Array("\(getpid())\n".utf8)
        let noted =
            ftruncate(descriptor, 0) == 0
            && number.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) } == number.count
        guard noted else {
            let why = PrivateFile.reason()
            close(descriptor)
            throw StoreError(.folderUnusable, "cannot write \(path)/lock: \(why)")
        }
        return DataFolder(path: path, lock: descriptor)
    }

    /// Gives the folder up. Happens by itself when the value goes away.
    public func release() {
        lock.withLock { descriptor in
            if let open = descriptor { close(open) }
            descriptor = nil
        }
    }

    private static func createPrivateFolder(_ path: String) throws(StoreError) {
        guard !path.isEmpty else { throw StoreError(.folderUnusable, "the data folder's path is empty") }
        if mkdir(path, 0o700) != 0, errno != EEXIST {
            throw StoreError(.folderUnusable, "cannot create the data folder \(path): \(PrivateFile.reason())")
        }
        var facts = stat()
        guard stat(path, &facts) == 0 else {
            throw StoreError(.folderUnusable, "cannot look at the data folder \(path): \(PrivateFile.reason())")
        }
        guard facts.st_mode & S_IFMT == S_IFDIR else {
            throw StoreError(.folderUnusable, "the data folder \(path) is not a folder")
        }
        guard facts.st_uid == geteuid() else {
            throw StoreError(.folderUnusable, "the data folder \(path) belongs to another user")
        }
        guard facts.st_mode & 0o077 == 0 else {
            throw StoreError(
                .folderUnusable, "others may look into the data folder \(path): run `chmod 700 \(path)`")
        }
    }

    private static func holderNumber(_ text: String) -> String {
        let digits = text.utf8.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        return digits.isEmpty ? "unknown" : String(decoding: digits, as: UTF8.self)
    }
}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Files that only their owner may touch: mode 0600, never followed through a symbolic link, never inherited by a
/// child process.
package enum PrivateFile {
    /// Opens a file for reading and writing, creating it with mode 0600.
    /// - Returns: the descriptor; the caller closes it.
    static func openOrCreate(_ path: String) throws(StoreError) -> Int32 {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw StoreError(.folderUnusable, "cannot open \(path): \(reason())")
        }
        do throws(StoreError) {
            try requirePrivate(descriptor, path)
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    /// Makes sure that a file is there, empty if it is new.
    static func ensure(_ path: String) throws(StoreError) {
        close(try openOrCreate(path))
    }

    /// The whole content of a small file, or nil when there is no such file.
    package static func read(_ path: String, atMost limit: Int) throws(StoreError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw StoreError(.folderUnusable, "cannot open \(path): \(reason())")
        }
        defer { close(descriptor) }
        try requirePrivate(descriptor, path)
        return readAll(descriptor, atMost: limit)
    }

    /// Up to `limit` bytes from where the descriptor stands; what could be read when reading fails midway.
    static func readAll(_ descriptor: Int32, atMost limit: Int) -> [UInt8] {
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 512)
        while content.count < limit {
            let count = chunk.withUnsafeMutableBytes { systemRead(descriptor, $0.baseAddress, $0.count) }
            if count <= 0 { break }
            content += chunk.prefix(count)
        }
        return Array(content.prefix(limit))
    }

    /// Writes a file whole: beside its place first, then moved there, both steps forced to the disk.
    package static func write(_ content: [UInt8], to path: String, folder: String) throws(StoreError) {
        let partial = path + ".partial"
        unlink(partial)
        let descriptor = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw StoreError(.folderUnusable, "cannot create \(partial): \(reason())")
        }
        let written = content.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
        let safe = written == content.count && fsync(descriptor) == 0
        let why = reason()
        close(descriptor)
        guard safe, rename(partial, path) == 0 else {
            unlink(partial)
            throw StoreError(.folderUnusable, "cannot write \(path): \(why)")
        }
        try forceFolder(folder)
    }

    /// Forces the folder's entries to the disk, so that a new file is still there after a power cut.
    static func forceFolder(_ folder: String) throws(StoreError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw StoreError(.folderUnusable, "cannot open the folder \(folder): \(reason())")
        }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw StoreError(.folderUnusable, "cannot write the folder \(folder) to the disk: \(reason())")
        }
    }

    /// The system's words for the last failure.
    static func reason() -> String {
        String(cString: strerror(errno))
    }

    private static func requirePrivate(_ descriptor: Int32, _ path: String) throws(StoreError) {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else {
            throw StoreError(.folderUnusable, "cannot look at \(path): \(reason())")
        }
        guard facts.st_mode & S_IFMT == S_IFREG else {
            throw StoreError(.folderUnusable, "\(path) is not a regular file")
        }
        guard facts.st_mode & 0o077 == 0 else {
            throw StoreError(
                .folderUnusable, "\(path) can be read or written by others: run `chmod 600 \(path)`, if nobody did")
        }
    }
}

// The methods above carry the same names as the system's functions.
private let systemRead = read(_:_:_:)
private let systemWrite = write(_:_:_:)

import Foundation

/// A file that a command makes, or standard output.
struct OutputFile {
    let bytes: [UInt8]
    /// Where; nil and `-` stand for standard output.
    let path: String?
    /// Whether the file is for its owner's eyes alone.
    let isSecret: Bool

    init(_ bytes: [UInt8], to path: String?, isSecret: Bool) {
        self.bytes = bytes
        self.path = path == "-" ? nil : path
        self.isSecret = isSecret
    }

    /// Writes a text to a new file, or prints it where none is named. Never overwrites: a key that is gone is gone.
    /// - Parameter isSecret: whether the file is for its owner's eyes alone.
    static func write(_ text: String, to path: String?, isSecret: Bool) throws {
        try write([OutputFile(Array(text.utf8), to: path, isSecret: isSecret)])
    }

    /// Writes several files that belong together: all of them, or none is left behind. What goes to standard output is
    /// written last, because it cannot be taken back.
    static func write(_ files: [OutputFile]) throws {
        var paths: Set<String> = []
        for path in files.compactMap(\.path) where !paths.insert(URL(fileURLWithPath: path).standardized.path).inserted
        {
            throw CommandFailure.usage("\(path) is to hold two things; name two files")
        }
        var created: [String] = []
        do {
            for file in files {
                guard let path = file.path else { continue }
                let descriptor = try create(path, isSecret: file.isSecret)
                created.append(path)
                try fill(descriptor, file.bytes, path)
            }
            for file in files where file.path == nil { try Output.write(file.bytes) }
        } catch {
            for path in created { unlink(path) }
            throw error
        }
    }

    private static func create(_ path: String, isSecret: Bool) throws -> Int32 {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, isSecret ? 0o600 : 0o644)
        guard descriptor >= 0 else {
            throw CommandFailure.usage("cannot create \(path): \(String(cString: strerror(errno)))")
        }
        return descriptor
    }

    /// Fills and closes a file: some file systems say only then that there was no room.
    private static func fill(_ descriptor: Int32, _ bytes: [UInt8], _ path: String) throws {
        var reason = Output.unwritten(bytes, to: descriptor)
        if fsync(descriptor) != 0, reason == 0, errno != EINVAL, errno != ENOTSUP { reason = errno }
        if close(descriptor) != 0, reason == 0 { reason = errno }
        guard reason == 0 else {
            throw CommandFailure.usage("cannot write \(path): \(String(cString: strerror(reason)))")
        }
    }
}

import Foundation

/// Files that commands make.
enum OutputFile {
    /// Writes a text to a new file, or prints it where none is named. Never overwrites: a key that is gone is gone.
    /// - Parameter isSecret: whether the file is for its owner's eyes alone.
    static func write(_ text: String, to path: String?, isSecret: Bool) throws {
        guard let path else { return print(text, terminator: "") }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, isSecret ? 0o600 : 0o644)
        guard descriptor >= 0 else {
            throw CommandFailure.usage("cannot create \(path): \(String(cString: strerror(errno)))")
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try handle.write(contentsOf: Data(text.utf8))
        } catch {
            throw CommandFailure.usage("cannot write \(path)")
        }
    }
}

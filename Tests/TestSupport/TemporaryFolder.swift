import Foundation

/// A folder for one test: private to this user, gone when the value goes away.
public final class TemporaryFolder: Sendable {
    /// Where it is.
    public let path: String

    /// Makes a new folder with mode 0700.
    public init() throws {
        path = NSTemporaryDirectory() + "signet-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The permission bits of a file in the folder, for example 0o600.
    public func permissions(of name: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")
        return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? -1
    }

    /// Changes the permission bits of a file in the folder (an empty name: of the folder).
    public func setPermissions(_ bits: Int, of name: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: bits], ofItemAtPath: "\(path)/\(name)")
    }

    /// The bytes of a file in the folder; empty when there is none.
    public func bytes(of name: String) -> [UInt8] {
        [UInt8](FileManager.default.contents(atPath: "\(path)/\(name)") ?? Data())
    }

    /// Writes a file into the folder, mode 0600.
    public func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
        try setPermissions(0o600, of: name)
    }

    /// The names of everything in the folder, sorted.
    public func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }
}

extension Collection where Element == UInt8 {
    /// Whether the bytes of a text stand somewhere in these bytes.
    public func holds(_ text: String) -> Bool {
        holds(Array(text.utf8))
    }

    /// Whether some bytes stand somewhere in these bytes.
    public func holds(_ wanted: [UInt8]) -> Bool {
        Data(self).range(of: Data(wanted)) != nil
    }
}

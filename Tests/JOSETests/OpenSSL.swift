import Foundation

/// The `openssl` command, a second opinion on every encoding.
enum OpenSSL {
    static let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { "\($0)/openssl" }
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    static let absence = "the openssl command is not on PATH, so nothing is cross-checked with it"

    struct Failure: Error {
        let arguments: [String]
        let status: Int32
    }

    /// Runs a command in a folder of its own in which these files stand; the answer is its standard output.
    static func run(_ arguments: [String], files: [String: [UInt8]] = [:]) throws -> [UInt8] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("signet-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, bytes) in files { try Data(bytes).write(to: folder.appendingPathComponent(name)) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path ?? "openssl")
        process.arguments = arguments
        process.currentDirectoryURL = folder
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let answer = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(arguments: arguments, status: process.terminationStatus)
        }
        return [UInt8](answer)
    }
}

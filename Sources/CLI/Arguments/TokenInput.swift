import ArgumentParser
import Codecs
import Foundation
import Tokens

/// Where the token comes from: the argument, a file, or standard input.
struct TokenInput: ParsableArguments {
    @Argument(help: "The token; - or nothing reads --file or standard input.")
    var token: String?

    @Option(name: [.short, .long], help: "Read the token from this file.")
    var file: String?

    /// The token's bytes. Of a file or standard input one line feed at the end is dropped, and nothing else.
    func read() throws -> [UInt8] {
        switch (token, file) {
        case (.some, .some): throw CommandFailure.usage("give the token as an argument or with --file, not both")
        case (.some("-"), .none): return InputFile.withoutLineEnd(try InputFile.standardInput())
        case (.some(let token), .none): return Array(token.utf8)
        case (.none, .some(let file)): return InputFile.withoutLineEnd(try InputFile.read(file))
        case (.none, .none):
            guard isatty(STDIN_FILENO) == 0 else {
                throw CommandFailure.usage(
                    "there is no token: give it as an argument, with --file, or on standard input")
            }
            return InputFile.withoutLineEnd(try InputFile.standardInput())
        }
    }

    /// Whether the token, or with `--batch` the lines, come from standard input.
    var readsStandardInput: Bool { (token ?? "-") == "-" && (file ?? "-") == "-" }

    /// Two readers of one input would each have a part of it, or one of them all.
    func validate(beside keysReadStandardInput: Bool) throws {
        guard keysReadStandardInput, readsStandardInput else { return }
        throw ValidationError("key and token cannot both come from standard input; give one of them as a file")
    }

    /// What to write where the token that was given is the name of a file; nil where it is not.
    var fileHint: String? {
        guard let token, token.utf8.count <= 1_024, !token.isEmpty, FileManager.default.fileExists(atPath: token) else {
            return nil
        }
        return "there is a file of that name: --file \(Display.quoted(ByteString(token)))"
    }

    /// The file, or standard input, to be read line by line.
    func lines() throws -> FileHandle {
        guard let file, file != "-" else { return .standardInput }
        return try InputFile.open(file)
    }
}

/// Reads what the user points at, with complaints that name it.
enum InputFile {
    /// The most that is read of any input, in bytes.
    static let limit = 1_048_576

    static func read(_ path: String) throws -> [UInt8] {
        if path == "-" { return try standardInput() }
        return try bytes(of: try open(path), named: path)
    }

    static func open(_ path: String) throws -> FileHandle {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw CommandFailure.usage("cannot read \(path): \(String(cString: strerror(errno)))")
        }
        return handle
    }

    static func standardInput() throws -> [UInt8] {
        try bytes(of: .standardInput, named: "standard input")
    }

    static func withoutLineEnd(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.last == 0x0A else { return bytes }
        return Array(bytes.dropLast(bytes.dropLast().last == 0x0D ? 2 : 1))
    }

    private static func bytes(of handle: FileHandle, named name: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            while let chunk = try handle.read(upToCount: 65_536), !chunk.isEmpty {
                bytes.append(contentsOf: chunk)
                guard bytes.count <= limit else {
                    throw CommandFailure.usage("\(name) has more than \(limit) bytes")
                }
            }
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure.usage("cannot read \(name)")
        }
        return bytes
    }
}

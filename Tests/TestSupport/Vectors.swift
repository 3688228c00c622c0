public import Codecs
import Foundation

/// The folder of other people's test vectors, which is not part of the repository (`make vectors` says where it is from).
public enum Vectors {
    /// The folder that the environment variable `SIGNET_VECTORS` names, if it is there.
    public static let folder: String? = {
        guard let path = ProcessInfo.processInfo.environment["SIGNET_VECTORS"], !path.isEmpty else { return nil }
        guard FileManager.default.fileExists(atPath: path + "/json/test_parsing") else { return nil }
        return path
    }()

    /// Whether the vectors can be read.
    public static var arePresent: Bool { folder != nil }

    /// Why the tests that need them are skipped.
    public static let absence = "SIGNET_VECTORS names no folder with the public test vectors; `make vectors` tells more"

    /// The bytes of a file, by its path in the folder.
    public static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: (folder ?? "") + "/" + path)))
    }

    /// The names of the files in a folder of the folder, sorted.
    public static func names(in path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: (folder ?? "") + "/" + path).sorted()
    }

    /// A file of Wycheproof cases.
    public static func wycheproof(_ path: String) throws -> [WycheproofGroup] {
        let json = try JSONReader.read(try bytes("wycheproof/" + path))
        return (json.object?["testGroups"]?.array ?? []).compactMap { $0.object.map(WycheproofGroup.init) }
    }
}

/// Cases that share a key.
public struct WycheproofGroup: Sendable {
    /// Everything the group says.
    public let json: JSONObject

    /// The cases.
    public var cases: [WycheproofCase] {
        (json["tests"]?.array ?? []).compactMap { $0.object.map(WycheproofCase.init) }
    }
}

/// One case and what Wycheproof expects of it.
public struct WycheproofCase: Sendable {
    /// Everything the case says.
    public let json: JSONObject

    /// Its number in the file.
    public var id: Int64 { json["tcId"]?.int64 ?? -1 }

    /// `valid`, `invalid` or `acceptable`.
    public var result: String { json["result"]?.string?.text ?? "" }

    /// A member in hexadecimal.
    public func hex(_ name: ByteString) throws -> [UInt8] {
        try Hex.decode(json[name]?.string?.bytes ?? [])
    }
}

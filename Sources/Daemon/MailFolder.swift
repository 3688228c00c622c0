import Codecs
import Foundation
import Storage
import TokenService

/// Puts messages to people into a folder, a file each in the form of mail (RFC 5322), for whatever carries mail on. Each
/// holds a secret, so only the folder's owner may read it; a file has its last name when it is whole.
struct MailFolder: Sendable {
    let path: String
    /// What stands in `From`.
    let sender: String

    /// - Throws: when there is no such folder, or others may look into it.
    init(path: String, sender: String) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
            throw StartFailure("--mail-folder \(path) is no folder")
        }
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int ?? 0o777
        guard mode & 0o077 == 0 else {
            throw StartFailure("others may look into \(path), and mail holds secrets: run `chmod 700 \(path)`")
        }
        self.path = path
        self.sender = sender
    }

    func put(_ mail: Mail) throws {
        let name = UUID().uuidString
        let lines = [
            "From: \(sender)", "To: \(mail.to)", "Subject: \(mail.subject)", "Date: \(Self.date())",
            "Message-ID: <\(name)@signet>", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: 8bit", "",
        ]
        let text = lines + mail.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) + [""]
        try PrivateFile.write(
            Array(text.joined(separator: "\r\n").utf8), to: "\(path)/\(name).eml", folder: path)
    }

    private static func date() -> String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "UTC")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss Z"
        return format.string(from: Date())
    }
}

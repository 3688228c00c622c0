import Codecs
import Foundation
import JOSE
import Tokens

/// Reads files with keys and secrets. Whoever gives the key itself where its file belongs is told so, without a word of
/// it repeated: what a terminal or a log keeps of a complaint must not be the key.
enum KeyFile {
    /// The text of a key document, freed of a byte order mark.
    /// - Parameter option: the option that named the file; nil for an argument.
    static func read(_ path: String, option: String?) throws -> [UInt8] {
        let text = document(try contents(path, option: option))
        if let complaint = complaint(text) {
            throw CommandFailure.usage("\(name(path)): \(complaint) (\(KeyError.Code.unreadable.rawValue))")
        }
        return text
    }

    /// The bytes of a file that an option or argument names.
    static func contents(_ path: String, option: String?) throws -> [UInt8] {
        if path == "-" { return try InputFile.standardInput() }
        let place = option ?? "the argument"
        if looksLikeKey(path) {
            throw CommandFailure.usage("\(place) takes the name of a file; this looks like a key itself")
        }
        guard access(path, F_OK) == 0 else {
            let reason = errno
            if let option {
                throw CommandFailure.usage(
                    "\(option) takes the name of a file, and there is none of that name "
                        + "(\(String(cString: strerror(reason))))")
            }
            throw CommandFailure.usage("cannot read \(path): \(String(cString: strerror(reason)))")
        }
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            throw CommandFailure.usage("\(path) is a folder, not a file")
        }
        return try InputFile.read(path)
    }

    /// Whether there is a file of this name.
    static func isThere(_ path: String) -> Bool {
        !looksLikeKey(path) && access(path, F_OK) == 0
    }

    private static func name(_ path: String) -> String { path == "-" ? "standard input" : path }

    private static func looksLikeKey(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.first { $0 > 0x20 } == UInt8(ascii: "{") || text.contains("-----BEGIN") || bytes.contains(0x0A)
    }

    /// Editors of some systems put a mark before the first character; no key begins with it.
    private static func document(_ text: [UInt8]) -> [UInt8] {
        text.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(text.dropFirst(3)) : text
    }

    /// What a file holds that is no key here but looks like something known, and what to do; nil for anything else.
    private static func complaint(_ text: [UInt8]) -> String? {
        guard let first = text.first(where: { $0 > 0x20 }) else { return "the file is empty; there is no key in it" }
        if isUTF16(text) {
            return "the file is in UTF-16; write it anew in UTF-8: iconv -f UTF-16 -t UTF-8 FILE > key"
        }
        if isPKCS12(text) {
            return "this is a PKCS#12 file; take the key out of it: "
                + "openssl pkcs12 -in FILE -nocerts -nodes -out key.pem"
        }
        if contains(text, "-----BEGIN OPENSSH PRIVATE KEY-----") {
            return "this is a key in OpenSSH's own form; write a copy anew: ssh-keygen -p -m PKCS8 -f COPY "
                + "(not every OpenSSH can for Ed25519)"
        }
        if ["ssh-rsa ", "ssh-ed25519 ", "ecdsa-sha2-"].contains(where: { text.starts(with: $0.utf8) }) {
            return "this is a public key in OpenSSH's own form; write it in PEM: "
                + "ssh-keygen -e -m PKCS8 -f FILE > key.pem"
        }
        if contains(text, "-----BEGIN "), contains(text, "Proc-Type: 4,ENCRYPTED") {
            return "this key is under a password in an old form that is easy to break; "
                + "write it anew: \(EncryptedKey.remedy)"
        }
        if first == UInt8(ascii: "e"), isToken(text) { return "this is a token, not a key" }
        return nil
    }

    private static func isUTF16(_ text: [UInt8]) -> Bool {
        guard text.count >= 2 else { return false }
        let start = (text[0], text[1])
        let begins: [UInt8] = [UInt8(ascii: "{"), UInt8(ascii: "-")]
        return start == (0xFF, 0xFE) || start == (0xFE, 0xFF) || (start.1 == 0 && begins.contains(start.0))
            || (start.0 == 0 && begins.contains(start.1))
    }

    /// PFX: a sequence that begins with version 3 and goes on with another sequence (RFC 7292 §4). No key does.
    private static func isPKCS12(_ text: [UInt8]) -> Bool {
        guard text.count > 8, text[0] == 0x30 else { return false }
        let lengthSize = text[1] & 0x80 == 0 ? 0 : Int(text[1] & 0x7F)
        return lengthSize <= 4 && text.dropFirst(2 + lengthSize).starts(with: [0x02, 0x01, 0x03, 0x30])
    }

    private static func isToken(_ text: [UInt8]) -> Bool {
        let parts = InputFile.withoutLineEnd(text).split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return (parts.count == 3 || parts.count == 5) && text.starts(with: "eyJ".utf8)
    }

    private static func contains(_ text: [UInt8], _ words: String) -> Bool {
        // What tells the forms apart stands at the beginning.
        String(decoding: text.prefix(4_096), as: UTF8.self).contains(words)
    }
}

import Codecs
import Tokens

/// Writes JSON that is safe to look at: what is invisible, or changes how its neighbours are shown, is escaped, as
/// JSON allows everywhere in a string (RFC 8259 §7). A program reads the same values.
enum JSONOutput {
    /// The text of a value, on one line or for reading.
    static func bytes(_ json: JSON, pretty: Bool = false) -> [UInt8] {
        let written = JSONWriter.write(json, pretty: pretty)
        // The writer escapes C0 and DEL itself; what is left to do stands beyond ASCII.
        guard written.contains(where: { $0 >= 0x80 }) else { return written }
        var output: [UInt8] = []
        output.reserveCapacity(written.count)
        for scalar in String(decoding: written, as: UTF8.self).unicodeScalars {
            if scalar.value >= 0x80, Display.isInvisible(scalar) {
                for unit in String(scalar).utf16 { append(unit, to: &output) }
            } else {
                output.append(contentsOf: String(scalar).utf8)
            }
        }
        return output
    }

    /// The same as a Swift string.
    static func text(_ json: JSON, pretty: Bool = false) -> String {
        String(decoding: bytes(json, pretty: pretty), as: UTF8.self)
    }

    /// What `--json` prints where there is nothing else to be said: {"ok":false,"code"?,"detail"}, as `--batch` answers.
    static func refusal(_ code: RejectionCode?, _ detail: String) -> String {
        var object: JSONObject = ["ok": false]
        if let code { object["code"] = .string(ByteString(code.rawValue)) }
        object["detail"] = .string(ByteString(detail))
        return text(.object(object), pretty: true)
    }

    private static func append(_ unit: UInt16, to output: inout [UInt8]) {
        output.append(contentsOf: "\\u".utf8)
        output.append(contentsOf: Hex.encode([UInt8(unit >> 8), UInt8(unit & 0xFF)]).utf8)
    }
}

import Codecs
import Tokens

/// A token as far as it can be read, for people: no verdict, and no way to one.
struct ReadableToken {
    private let found: FoundToken

    init(_ found: FoundToken) { self.found = found }

    /// Whether nothing of it is missing or damaged.
    var isWhole: Bool { found.kind != .partial && !found.token.parts.contains { $0.problem != nil } }

    /// {kind, label?, notes, parts}, as `TokenInspection` has them, without findings.
    var json: JSONObject {
        var object = TokenInspection(found, now: nil).json
        object["findings"] = nil
        return object
    }

    /// {header?, claims?, kind, label?, notes, parts}: the objects of header and payload at the top, where programs look for
    /// those of a token that nothing is wrong with, and not once more in `parts`.
    var flatJSON: JSONObject {
        var object = JSONObject()
        if let header = found.token[.header]?.object { object["header"] = .object(header) }
        if let claims = found.token[.payload]?.object { object["claims"] = .object(claims) }
        for member in json.members { object[member.name] = member.value }
        object["parts"] = .array(
            (json["parts"]?.array ?? []).map { part in
                guard var part = part.object else { return part }
                part["json"] = nil
                return .object(part)
            })
        return object
    }

    /// The parts, one section each, and what there is to say about them.
    func text(title: String?, _ style: TerminalStyle) -> String {
        var lines: [String] = []
        let label = found.label.map { " in \(Display.quoted($0))" } ?? ""
        if let title { lines.append(style.paint("\(title)\(label)", .bold)) }
        lines.append("\(kind), not checked")
        for note in found.notes { lines.append("  \(note)") }
        lines.append("")
        for part in found.token.parts {
            switch (part.name, part.object) {
            case (.header, .some(let object)):
                lines.append(TokenText.section("Header", object, Glossary.header, style))
            case (.payload, .some(let object)):
                lines.append(TokenText.section("Claims", object, Glossary.claim, style))
            case (.header, nil), (.payload, nil):
                lines.append(style.paint(Self.title(part.name), .bold))
                lines += Self.lenient(part, style) + [""]
            default:
                lines.append(style.paint(Self.title(part.name), .bold))
                lines.append("  \(Display.count(part.bytes.count, "byte"))\n")
            }
            if let problem = part.problem { lines.append("  \(style.paint("✗", .red)) \(problem)\n") }
        }
        if found.kind == .jwe || found.kind == .jweJSON {
            lines.append("What it says is encrypted. To open it: signet decrypt --key FILE\n")
        }
        return lines.joined(separator: "\n").trimmedLineEnd
    }

    /// What can be read of a header or payload that is no object to a strict reader: its members as they are written,
    /// repeated ones too, or else the text.
    private static func lenient(_ part: PartialToken.Part, _ style: TerminalStyle) -> [String] {
        if let document = part.document {
            let members = document.members
            let names = members.map { Display.quoted(document.nodes[$0].name ?? "") }
            let width = names.map { $0.utf8.count }.max() ?? 0
            let lines = zip(members, names).map { index, name in
                let value = shown(document.source(of: index))
                return "  \(style.paint(name, .cyan))" + String(repeating: " ", count: width - name.utf8.count)
                    + "  \(value)"
            }
            if !lines.isEmpty { return lines }
        }
        if part.bytes.isEmpty { return ["  empty"] }
        guard UTF8Sequence.isValid(part.bytes) else {
            return ["  \(Display.count(part.bytes.count, "byte")) that are no text"]
        }
        return ["  \(shown(part.bytes[...]))"]
    }

    /// The longest stretch of text that is shown of something that is no JSON object, in bytes.
    private static let longest = 4_096

    /// Text from outside as it is written, on one line, with nothing invisible in it.
    private static func shown(_ text: ArraySlice<UInt8>) -> String {
        var output = ""
        for scalar in String(decoding: text.prefix(longest), as: UTF8.self).unicodeScalars {
            if Display.isInvisible(scalar) {
                output += "<U+\(String(scalar.value, radix: 16, uppercase: true).leftPadded(to: 4))>"
            } else {
                output.unicodeScalars.append(scalar)
            }
        }
        return text.count > longest ? output + "…" : output
    }

    private var kind: String {
        switch found.kind {
        case .jws: "A signed token (JWS)"
        case .jwe: "An encrypted token (JWE)"
        case .jwsJSON: "A signed token in JSON (JWS)"
        case .jweJSON: "An encrypted token in JSON (JWE)"
        case .unsecured: "A token that nobody signed"
        case .partial: "A token of which something is missing"
        }
    }

    private static func title(_ name: PartialToken.Name) -> String {
        switch name {
        case .header: "Header"
        case .payload: "Claims"
        case .signature: "Signature"
        case .encryptedKey: "Encrypted key"
        case .initializationVector: "Initialization vector"
        case .ciphertext: "Ciphertext"
        case .tag: "Authentication tag"
        case .surplus: "A part too many"
        }
    }
}

extension String {
    /// With noughts in front.
    fileprivate func leftPadded(to width: Int) -> String {
        String(repeating: "0", count: max(0, width - utf8.count)) + self
    }

    /// Without line feeds at the end.
    fileprivate var trimmedLineEnd: String {
        var text = self[...]
        while text.last == "\n" { text = text.dropLast() }
        return String(text)
    }
}

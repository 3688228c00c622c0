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
            default:
                lines.append(style.paint(Self.title(part.name), .bold))
                lines.append("  \(part.bytes.count) bytes\n")
            }
            if let problem = part.problem { lines.append("  \(style.paint("✗", .red)) \(problem)\n") }
        }
        if found.kind == .jwe || found.kind == .jweJSON {
            lines.append("What it says is encrypted. To open it: signet decrypt --key FILE\n")
        }
        return lines.joined(separator: "\n").trimmedLineEnd
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
    /// Without line feeds at the end.
    fileprivate var trimmedLineEnd: String {
        var text = self[...]
        while text.last == "\n" { text = text.dropLast() }
        return String(text)
    }
}

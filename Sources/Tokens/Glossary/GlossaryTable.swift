import Codecs

/// Entries written as text, one a line, below the document that defines them:
///
///     # RFC 7515
///     alg | Algorithm | How the signature was made. | §4.1.1
///     # Keycloak | https://www.keycloak.org/docs/
///     realm_access | Realm roles | Roles in the whole realm.
///
/// Text, because hundreds of structures of strings would weigh more in the WebAssembly module than all their words do.
/// The address of an RFC follows from its number and the section.
struct GlossaryTable: Sendable {
    /// All entries in their order.
    let entries: [Glossary.Entry]
    private let names: [ByteString]

    init(_ texts: [String]) {
        var entries: [Glossary.Entry] = []
        for text in texts {
            var document: [String] = []
            for line in Self.split(Array(text.utf8), at: 0x0A) {
                let fields = Self.split(line, at: 0x7C).map { Self.trimmed($0) }
                guard let first = fields.first, !first.isEmpty else { continue }
                if first.utf8.first == 0x23 {
                    document = fields
                } else if fields.count >= 3 {
                    entries.append(Self.entry(fields, of: document))
                }
            }
        }
        self.entries = entries
        names = entries.map { ByteString($0.name) }
    }

    /// The entry of a name, byte for byte; else the one whose "*" covers it.
    func entry(_ name: ByteString) -> Glossary.Entry? {
        for (index, known) in names.enumerated() where known == name { return entries[index] }
        for (index, known) in names.enumerated() where known.bytes.last == 0x2A {
            if name.bytes.starts(with: known.bytes.dropLast()) { return entries[index] }
        }
        return nil
    }

    private static func entry(_ fields: [String], of document: [String]) -> Glossary.Entry {
        let name = String(document.first?.dropFirst(2) ?? "")
        let section = fields.count > 3 ? fields[3] : ""
        var url = document.count > 1 ? document[1] : ""
        if url.isEmpty {
            url = "https://www.rfc-editor.org/rfc/rfc\(String(name.dropFirst(4))).html"
            if !section.isEmpty { url += "#section-\(String(section.dropFirst()))" }
        }
        return Glossary.Entry(
            name: fields[0], title: fields[1], about: fields[2], source: section.isEmpty ? name : "\(name) \(section)",
            url: url)
    }

    private static func split(_ bytes: [UInt8], at separator: UInt8) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var piece: [UInt8] = []
        for byte in bytes {
            if byte == separator {
                pieces.append(piece)
                piece = []
            } else {
                piece.append(byte)
            }
        }
        pieces.append(piece)
        return pieces
    }

    private static func trimmed(_ bytes: [UInt8]) -> String {
        var rest = bytes[...]
        while rest.first == 0x20 { rest = rest.dropFirst() }
        while rest.last == 0x20 { rest = rest.dropLast() }
        return String(decoding: rest, as: UTF8.self)
    }
}

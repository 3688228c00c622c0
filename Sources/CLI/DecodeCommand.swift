import ArgumentParser
import Codecs
import Tokens

/// Shows what a token says, and says that nothing of it has been checked.
struct DecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode", abstract: "Show what a token says, without checking it.",
        discussion: """
            What stands around a token that was copied from somewhere (Bearer, quotation marks, white space) is taken \
            away, with a note.

            Examples:
              signet decode eyJhbGciOi…
              pbpaste | signet decode
            """)

    @OptionGroup var input: TokenInput
    @OptionGroup var output: StyleOptions

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    func run() throws {
        let token: DecodedToken
        let claims: Claims
        let text = try input.read()
        do {
            token = try DecodedToken(try EncodedToken(bare(text)))
        } catch let defect as FormDefect {
            let hint = PastedToken.isKey(text) ? "; this looks like a key: signet key show" : ""
            throw CommandFailure.refused("\(defect.detail) (\(defect.code.rawValue))\(hint)")
        } catch let defect as HeaderDefect {
            throw CommandFailure.refused("\(defect.detail) (\(defect.code.rawValue))")
        }
        let style = output.style
        do {
            claims = try token.claims()
        } catch {
            if !json { print(TokenText.section("Header", token.header.json, Glossary.header, style)) }
            throw CommandFailure.refused("\(error.detail) (\(error.code.rawValue))")
        }
        let size = token.encoded.signature.count
        if json {
            let answer: JSON = [
                "header": .object(token.header.json), "claims": .object(claims.json), "verified": false,
            ]
            print(JSONOutput.text(answer, pretty: true))
        } else {
            print(TokenText.section("Header", token.header.json, Glossary.header, style))
            print(TokenText.section("Claims", claims.json, Glossary.claim, style))
            print(style.paint("Signature", .bold))
            print("  \(size) characters, not checked. To check it: signet verify --key FILE")
        }
    }

    private func bare(_ text: [UInt8]) -> [UInt8] {
        guard !PastedToken.isKey(text), let found = PastedToken.unwrapped(text) else { return text }
        if let note = found.note { Output.error("signet: note: left out \(note) around the token") }
        return found.token
    }
}

/// Headers and claims as a person reads them.
enum TokenText {
    static func section(
        _ title: String, _ object: JSONObject, _ glossary: (ByteString) -> Glossary.Entry?, _ style: TerminalStyle
    ) -> String {
        let names = object.members.map { Display.quoted($0.name) }
        let width = names.map { $0.utf8.count }.max() ?? 0
        var lines = [style.paint(title, .bold)]
        for (member, name) in zip(object.members, names) {
            var line = "  \(style.paint(name, .cyan))" + String(repeating: " ", count: width - name.utf8.count)
            line += "  \(JSONOutput.text(member.value))"
            if Glossary.isTime(member.name), case .number(let number) = member.value,
                let date = NumericDate(number)
            {
                line += "  (\(date.utc))"
            }
            if let entry = glossary(member.name) { line += "  \(style.paint(entry.title, .dim))" }
            lines.append(line)
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

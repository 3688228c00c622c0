import ArgumentParser
import Codecs
import Tokens

/// Shows what a token says, and says that nothing of it has been checked.
struct DecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode", abstract: "Show what a token says, without checking it.",
        discussion: """
            What stands around a token that was copied from somewhere (Bearer, quotation marks, white space) is taken \
            away, with a note. Of what a verifier would refuse, encrypted tokens, proofs that bring their own key, several \
            tokens in one text, that much is shown as can be read, and what is missing is said; the exit status is 1 when \
            something is.

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
        let (bare, note) = bare(text)
        do {
            token = try DecodedToken(try EncodedToken(bare))
        } catch let defect as FormDefect {
            if try showReadable(text, defect.code, defect.detail) { return }
            let hint = PastedToken.isKey(text) ? "; this looks like a key: signet key show" : ""
            throw CommandFailure.refused("\(defect.detail) (\(defect.code.rawValue))\(hint)")
        } catch let defect as HeaderDefect {
            if try showReadable(text, defect.code, defect.detail) { return }
            throw CommandFailure.refused("\(defect.detail) (\(defect.code.rawValue))")
        }
        if let note { Output.error("signet: note: left out \(note) around the token") }
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

    private func bare(_ text: [UInt8]) -> (token: [UInt8], note: String?) {
        guard !PastedToken.isKey(text), let found = PastedToken.unwrapped(text) else { return (text, nil) }
        return found
    }

    /// Shows what people can read of a text that a strict reader refuses; false when there is nothing to be read.
    private func showReadable(_ text: [UInt8], _ code: RejectionCode, _ detail: String) throws -> Bool {
        guard !PastedToken.isKey(text) else { return false }
        let found = TokenFinder.find(text)
        let tokens = found.tokens.filter { $0.token.parts.contains { $0.object != nil } }
        guard !tokens.isEmpty else { return false }
        if json {
            let answer: JSON = [
                "tokens": .array(tokens.map { .object(ReadableToken($0).json) }), "verified": false,
                "defect": [
                    "code": .string(ByteString(code.rawValue)), "detail": .string(ByteString(detail)),
                ],
            ]
            print(JSONOutput.text(answer, pretty: true))
        } else {
            for (number, token) in tokens.enumerated() {
                let title = tokens.count > 1 ? "Token \(number + 1)" : nil
                if number > 0 { print() }
                print(ReadableToken(token).text(title: title, output.style))
            }
            // What is wrong with a text around several tokens says nothing about them.
            if tokens.count == 1 { Output.error("signet: note: a verifier refuses it: \(detail) (\(code.rawValue))") }
        }
        if let limit = found.limit { Output.error("signet: note: \(limit)") }
        guard tokens.allSatisfy({ ReadableToken($0).isWhole }) else { throw ExitCode(CommandFailure.refused) }
        return true
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

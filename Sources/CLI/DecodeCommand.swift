import ArgumentParser
import Codecs
import Tokens

/// Shows what a token says, and says that nothing of it has been checked.
struct DecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode", abstract: "Show what a token says, without checking it.")

    @OptionGroup var input: TokenInput

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    func run() throws {
        let token: DecodedToken
        let claims: Claims
        do {
            token = try DecodedToken(try EncodedToken(try input.read()))
        } catch let defect as FormDefect {
            throw CommandFailure.refused("\(defect.detail) (\(defect.code.rawValue))")
        } catch let defect as HeaderDefect {
            throw CommandFailure.refused("\(defect.detail) (\(defect.code.rawValue))")
        }
        do {
            claims = try token.claims()
        } catch {
            if !json { print(Self.section("Header", token.header.json, glossary: Glossary.header)) }
            throw CommandFailure.refused("\(error.detail) (\(error.code.rawValue))")
        }
        let size = token.encoded.signature.count
        if json {
            let answer: JSON = [
                "header": .object(token.header.json), "claims": .object(claims.json), "verified": false,
            ]
            print(JSONWriter.text(answer, pretty: true))
        } else {
            print(Self.section("Header", token.header.json, glossary: Glossary.header))
            print(Self.section("Claims", claims.json, glossary: Glossary.claim))
            print("Signature\n  \(size) characters, not checked. To check it: signet verify --key FILE")
        }
    }

    private static func section(
        _ title: String, _ object: JSONObject, glossary: (ByteString) -> Glossary.Entry?
    ) -> String {
        let names = object.members.map { Display.quoted($0.name) }
        let width = names.map { $0.utf8.count }.max() ?? 0
        var lines = [title]
        for (member, name) in zip(object.members, names) {
            var line = "  \(name)" + String(repeating: " ", count: width - name.utf8.count)
            line += "  \(JSONWriter.text(member.value))"
            if Glossary.isTime(member.name), case .number(let number) = member.value,
                let date = NumericDate(number)
            {
                line += "  (\(date.utc))"
            }
            if let entry = glossary(member.name) { line += "  \(entry.title)" }
            lines.append(line)
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

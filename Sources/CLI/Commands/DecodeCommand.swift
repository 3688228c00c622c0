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
            tokens in one text, that much is shown as can be read, and what is missing or wrong is said; the exit status is 1 \
            when something is.

            Examples:
              signet decode eyJhbGciOi…
              pbpaste | signet decode
            """)

    @OptionGroup var input: TokenInput
    @OptionGroup var output: StyleOptions

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    func run() throws {
        let text = try input.read()
        let defect: (code: RejectionCode, detail: String)
        do throws(TokenDefect) {
            let (bare, note) = bare(text)
            return show(try StrictToken(bare), note.map { "left out \($0) around the token" })
        } catch {
            defect = (error.code, error.detail)
        }
        if try showReadable(text, defect.code, defect.detail) { return }
        let hint =
            PastedToken.foreignEncoding(text)
            ?? (PastedToken.isKey(text) ? "this looks like a key: signet key show" : nil)
            ?? input.fileHint
        let advice = hint.map { "; \($0)" } ?? ""
        guard json else { throw CommandFailure.refused("\(defect.detail) (\(defect.code.rawValue))\(advice)") }
        print(JSONOutput.refusal(defect.code, defect.detail + advice))
        throw ExitCode(CommandFailure.refused)
    }

    private func bare(_ text: [UInt8]) -> (token: [UInt8], note: String?) {
        guard !PastedToken.isKey(text), let found = PastedToken.unwrapped(text) else { return (text, nil) }
        return found
    }

    /// Shows a token with which nothing is wrong but, perhaps, what it says.
    private func show(_ token: StrictToken, _ notes: String?...) {
        for note in notes.compactMap({ $0 }) { Output.error("signet: note: \(note)") }
        let (header, claims) = (token.decoded.header.json, token.claims.json)
        if json {
            let answer: JSON = ["header": .object(header), "claims": .object(claims), "verified": false]
            return print(JSONOutput.text(answer, pretty: true))
        }
        let style = output.style
        print(TokenText.section("Header", header, Glossary.header, style))
        print(TokenText.section("Claims", claims, Glossary.claim, style))
        print(style.paint("Signature", .bold))
        for line in token.signatureLines(style) { print("  \(line)") }
    }

    /// Shows what people can read of a text that a strict reader refuses; false when there is nothing to be read.
    private func showReadable(_ text: [UInt8], _ code: RejectionCode, _ detail: String) throws -> Bool {
        guard !PastedToken.isKey(text) else { return false }
        let found = TokenFinder.find(text)
        let tokens = found.tokens.filter { $0.token.parts.contains { $0.object != nil || $0.document != nil } }
        guard let only = tokens.first else { return false }
        var (code, detail) = (code, detail)
        if tokens.count == 1, only.kind == .jws || only.kind == .unsecured {
            // Cleaned of what stood around it and in it, it may be as good as any.
            do throws(TokenDefect) {
                show(try StrictToken(only.bytes), only.notes.isEmpty ? nil : only.notes.joined(separator: " "))
                return true
            } catch {
                (code, detail) = (error.code, error.detail)
            }
        }
        let readable = tokens.map { ReadableToken($0) }
        if json {
            // One token is found at the same place whether something is wrong with it or not.
            var answer =
                tokens.count == 1 ? readable[0].flatJSON : ["tokens": .array(readable.map { .object($0.json) })]
            answer["verified"] = false
            answer["defect"] = [
                "code": .string(ByteString(code.rawValue)), "detail": .string(ByteString(detail)),
            ]
            print(JSONOutput.text(.object(answer), pretty: true))
        } else {
            for (number, token) in readable.enumerated() {
                if number > 0 { print() }
                print(token.text(title: tokens.count > 1 ? "Token \(number + 1)" : nil, output.style))
            }
            // What is wrong with a text around several tokens says nothing about them.
            if tokens.count == 1 { Output.error("signet: note: a verifier refuses it: \(detail) (\(code.rawValue))") }
        }
        if let limit = found.limit { Output.error("signet: note: \(limit)") }
        let isWrong =
            tokens.count == 1 && [.claimsEncoding, .claimsJSON, .claimsNotObject, .claimInvalid].contains(code)
        guard readable.allSatisfy({ $0.isWhole }), !isWrong else { throw ExitCode(CommandFailure.refused) }
        return true
    }
}

/// A token that a strict reader can read to its end, signature apart.
private struct StrictToken {
    let decoded: DecodedToken
    let claims: Claims

    init(_ text: [UInt8]) throws(TokenDefect) {
        do {
            decoded = try DecodedToken(try EncodedToken(text))
            claims = try decoded.claims()
        } catch let defect as FormDefect {
            throw TokenDefect(code: defect.code, detail: defect.detail)
        } catch let defect as HeaderDefect {
            throw TokenDefect(code: defect.code, detail: defect.detail)
        } catch let defect as ClaimDefect {
            throw TokenDefect(code: defect.code, detail: defect.detail)
        } catch {
            throw TokenDefect(code: .tokenNotCompact, detail: "it cannot be read")
        }
    }

    /// What there is to say about the signature without a key.
    func signatureLines(_ style: TerminalStyle) -> [String] {
        let size = decoded.encoded.signature.count
        let findings = TokenLinter.findings(in: decoded.encoded.bytes, now: nil)
        let complaints = findings.filter { $0.code == .signatureSize }.map { "\(style.paint("✗", .red)) \($0.text)" }
        if findings.contains(where: { $0.code == .unsigned }) {
            return ["nobody signed this token (\"alg\" is none): no verifier may accept it (unsigned)"] + complaints
        }
        guard size > 0 else {
            return ["\(style.paint("✗", .red)) missing: a verifier refuses the token"]
        }
        return ["\(Display.count(size, "character")), not checked. To check it: signet verify --key FILE"] + complaints
    }
}

/// Why a strict reader refuses a text.
private struct TokenDefect: Error {
    let code: RejectionCode
    let detail: String
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

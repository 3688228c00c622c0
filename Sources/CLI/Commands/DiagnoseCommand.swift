import ArgumentParser
import Codecs
import JOSE
import Tokens

/// Finds out which mistake keeps a signature from verifying.
struct DiagnoseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diagnose", abstract: "Say why a signature does not verify.",
        discussion: """
            Tries the mistakes people make: a secret in another form, a line feed too many, another key of the set, \
            another hash, a damaged copy. What stands around a token that was copied from somewhere is taken away, with a \
            note. Exit status 1 when no mistake explains it, or when there is no signature to diagnose.

            Examples:
              signet diagnose --secret-file secret --file token
              signet diagnose --discover --issuer https://idp.example --file token
            """)

    @OptionGroup var input: TokenInput
    @OptionGroup var keys: KeyOptions
    @OptionGroup(title: "Published keys") var published: PublishedKeyOptions

    @Option(name: .long, help: "With --discover: the issuer whose metadata says where its keys are.")
    var issuer: String?

    @OptionGroup var output: StyleOptions

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    func validate() throws {
        if keys.isGiven, published.isGiven {
            throw ValidationError("keys are taken from a file or fetched, not both")
        }
        try input.validate(beside: keys.readsStandardInput)
        if issuer != nil, !published.discover { throw ValidationError("--issuer goes with --discover") }
    }

    func run() async throws {
        let fetched = try await published.fetch(issuers: issuer.map { [$0] } ?? [])
        let key = try fetched.map { ($0.document, .document) } ?? keys.text()
        let text = try input.read()
        let signed: SignedText
        do throws(SignedText.Complaint) {
            signed = try SignedText(text)
        } catch {
            let detail = error.detail + (input.fileHint.map { "; \($0)" } ?? "")
            guard json else { throw CommandFailure.refused(detail) }
            print(JSONOutput.refusal(nil, detail))
            throw ExitCode(CommandFailure.refused)
        }
        if let note = signed.note { Output.error("signet: note: \(note)") }
        let diagnosis = Diagnosis(token: signed.token, key: key.0, form: key.1, algorithm: keys.algorithm)
        PassedOver.report(diagnosis.passedOver)
        if json {
            print(JSONOutput.text(.object(diagnosis.json), pretty: true))
        } else {
            for line in lines(diagnosis) { print(line) }
        }
        let isUndecided = diagnosis.outcome == .unexplained || diagnosis.mistakes.contains(.tokenUnreadable)
        if isUndecided { throw ExitCode(CommandFailure.refused) }
    }

    /// What happened and what to do, and by which options.
    private func lines(_ diagnosis: Diagnosis) -> [String] {
        var lines = [diagnosis.text]
        if !diagnosis.advice.isEmpty { lines.append(diagnosis.advice) }
        if diagnosis.outcome == .verifies { lines.append("What the token claims is judged by: signet verify") }
        if let options = options(diagnosis) { lines.append("Say so with: \(options)") }
        for finding in diagnosis.findings { lines.append(FindingText.lines(finding, output.style)) }
        if let token = diagnosis.repairedToken {
            lines.append("The token as it should be:")
            lines.append(String(decoding: token, as: UTF8.self))
        }
        return lines
    }

    /// The options with which `signet verify` takes the key for what it is; nil where none are missing.
    private func options(_ diagnosis: Diagnosis) -> String? {
        var options: [String] = []
        if let form = diagnosis.keyForm {
            // What --key names is a document, and never taken for a secret.
            if let file = keys.keyFiles.first { options.append("--secret-file \(file)") }
            let read = keys.keyFiles.isEmpty ? keys.secretForm.form : .utf8
            if form != read { options.append("--secret-form \(form.rawValue)") }
        }
        if let algorithm = diagnosis.algorithm, case .takenFor(let taken)? = diagnosis.keyRefusal,
            taken.contains(where: { KeyHint.isSameKind($0, algorithm) })
        {
            options.append("--alg \(algorithm.rawValue)")
        }
        return options.isEmpty ? nil : options.joined(separator: " ")
    }
}

/// The one signed token of a text, as a person may have copied it.
private struct SignedText {
    /// Three parts.
    let token: [UInt8]
    /// What was taken away, or how it was put together, as a sentence; nil when it is the text itself.
    let note: String?

    /// Why there is no signature to diagnose.
    struct Complaint: Error {
        let detail: String
    }

    init(_ text: [UInt8]) throws(Complaint) {
        guard text.contains(where: { $0 > 0x20 }) else {
            throw Complaint(detail: "there is no token: the input is empty")
        }
        if let encoding = PastedToken.foreignEncoding(text) { throw Complaint(detail: encoding) }
        guard !PastedToken.isKey(text) else { throw Complaint(detail: "this looks like a key, not like a token") }
        let bare = PastedToken.unwrapped(text)
        // Blanks inside are the diagnosis's own business: it names them as a mistake.
        if let bare, bare.token.allSatisfy({ TokenCharacter.isOne($0) }),
            bare.token.count(where: { $0 == UInt8(ascii: ".") }) == 2
        {
            token = bare.token
            note = bare.note.map { "left out \($0) around the token" }
            return
        }
        let found = TokenFinder.find(text).tokens
        guard let first = found.first else { throw Self.nothing(in: bare?.token ?? text) }
        guard found.count == 1 else {
            throw Complaint(detail: "there are \(found.count) tokens in it; give the one to diagnose")
        }
        switch first.kind {
        case .jwe, .jweJSON:
            throw Complaint(
                detail: "this is an encrypted token (JWE): it has no signature to diagnose; open it with signet decrypt"
            )
        case .jwsJSON:
            guard let compact = first.token.compact else {
                throw Complaint(detail: "this is a signed token in JSON form that lacks a part")
            }
            token = compact
            note = (first.notes + ["Its protected header, payload and signature are diagnosed."]).joined(separator: " ")
        case .partial where first.token.parts.count != 3:
            throw Complaint(detail: "this is only a piece of a token. " + first.notes.joined(separator: " "))
        case .jws, .unsecured, .partial:
            token = first.bytes
            note = first.notes.isEmpty ? nil : first.notes.joined(separator: " ")
        }
    }

    private static func nothing(in text: [UInt8]) -> Complaint {
        do throws(FormDefect) {
            _ = try EncodedToken(text)
        } catch {
            return Complaint(detail: "there is nothing like a token in it: \(error.detail) (\(error.code.rawValue))")
        }
        return Complaint(detail: "there is nothing like a token in it")
    }
}

/// The characters that compact tokens are made of, and the blanks of wrapped lines.
private enum TokenCharacter {
    static func isOne(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: Array("-_.+/= \t\r\n".utf8).contains(byte)
        }
    }
}

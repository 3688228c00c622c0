import ArgumentParser
import Codecs
import Foundation
import JOSE
import Tokens

/// Opens an encrypted token.
struct DecryptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decrypt", abstract: "Decrypt a token (JWE).",
        discussion: """
            Writes the content as it is. Decryption is not authentication: who has the public key can encrypt anything. \
            For a signed token inside, use signet verify --decryption-key FILE, which opens it and verifies.

            With --batch each line of the input is a JSON object, {"token":"…"} or {"token":"…","key":{…}} with a JWK \
            or a JWK set, and each line of the output is the answer to it: \
            {"ok":true,"plaintext":"…","header":{…},"authenticated":false} with the content in base64url, or \
            {"ok":false,"code":"…","detail":"…"}. The exit status is then 0 as soon as every line has its answer.

            Examples:
              signet decrypt --key private.jwk --file token
              signet decrypt --batch < lines.json
            """)

    @OptionGroup var input: TokenInput
    @OptionGroup var keys: EncryptionKeyOptions
    @OptionGroup var compression: CompressionOptions

    @Flag(
        name: .customLong("allow-pbes2"),
        help: "Accept PBES2 keys from --key or from lines: a token then says how long it takes to read it.")
    var allowPBES2 = false

    @Flag(name: .long, help: "Read and answer lines of JSON, one token each.")
    var batch = false

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    func validate() throws {
        try input.validate(beside: keys.readsStandardInput)
        if batch, input.token != nil {
            throw ValidationError("--batch reads its tokens from --file or standard input, not from an argument")
        }
    }

    func run() throws {
        // Who gives a password means passwords.
        let acceptsPasswords = allowPBES2 || keys.isPassword
        if batch {
            var decryption = BatchDecryption(
                keys: keys.isGiven ? try keys.decryptionKeys() : nil, algorithm: keys.algorithm,
                acceptsPasswords: acceptsPasswords, acceptsCompression: compression.isAllowed)
            let source = try input.lines()
            return try BatchLines(input: source.fileDescriptor) { decryption.answer($0) }.run()
        }
        let keys = try keys.decryptionKeys()
        guard acceptsPasswords || keys.contains(where: { !$0.algorithm.isPasswordBased }) else {
            throw CommandFailure.usage("the key is for \(keys[0].algorithm.rawValue); accept that with --allow-pbes2")
        }
        let token = try input.read()
        do {
            let decrypter = TokenDecrypter(
                keys: keys, acceptsPasswords: acceptsPasswords, acceptsCompression: compression.isAllowed)
            let content = try decrypter.decryptAny(token)
            json ? print(JSONOutput.text(.object(Self.json(content)), pretty: true)) : try show(content.bytes)
        } catch let rejection as TokenRejection {
            throw CommandFailure.refused(
                "\(CompressionOptions.detail(rejection)) (\(rejection.code.rawValue))")
        }
    }

    private static func json(_ content: DecryptedContent) -> JSONObject {
        var answer = content.answer
        // A program reads "plaintext"; a person would rather not decode it.
        if let text = String(validating: content.bytes, as: UTF8.self) { answer["text"] = .string(ByteString(text)) }
        answer["note"] = "decryption is not authentication: whoever can encrypt for this key may have written this"
        return answer
    }

    /// Writes the content, byte for byte; what could steer the terminal is not written to one.
    private func show(_ content: [UInt8]) throws {
        if isatty(STDOUT_FILENO) == 1 {
            let text = String(validating: content, as: UTF8.self)
            guard let text, text.unicodeScalars.allSatisfy({ $0 == "\n" || !Display.isInvisible($0) }) else {
                throw CommandFailure.usage(
                    "the content is no plain text; redirect the output into a file, or use --json")
            }
            if content.last != 0x0A { return print(text) }
        }
        try Output.write(content)
    }
}

/// Whether compressed content is read.
struct CompressionOptions: ParsableArguments {
    @Flag(
        name: .customLong("allow-compression"),
        help: "Accept encrypted content that is compressed (zip: DEF), up to 250,000 bytes and ten times its size.")
    var isAllowed = false

    /// Why a token is refused; where the option would change that, its name too.
    static func detail(_ rejection: TokenRejection) -> String {
        guard rejection.code == .compressionNotAllowed else { return rejection.detail }
        return rejection.detail + "; --allow-compression accepts \"zip\":\"DEF\""
    }
}

extension TokenDecrypter {
    /// A decrypter that accepts what its keys are for and no other algorithm.
    init(keys: [DecryptionKey], acceptsPasswords: Bool, acceptsCompression: Bool) {
        var algorithms: [KeyManagementAlgorithm] = []
        for key in keys where !algorithms.contains(key.algorithm) {
            if acceptsPasswords || !key.algorithm.isPasswordBased { algorithms.append(key.algorithm) }
        }
        self.init(
            keys: keys,
            policy: DecryptionPolicy(
                keyManagement: algorithms, contentEncryption: ContentEncryptionAlgorithm.allCases,
                maximumSize: EncodedEncryptedToken.maximumSize, acceptsCompression: acceptsCompression))
    }

    /// Opens a token in compact or JSON form.
    func decryptAny(_ token: [UInt8]) throws(TokenRejection) -> DecryptedContent {
        token.first == UInt8(ascii: "{") ? try decrypt(json: token) : try decrypt(token)
    }
}

extension DecryptedContent {
    /// {plaintext, header, authenticated}; the content in base64url.
    var answer: JSONObject {
        [
            "plaintext": .string(ByteString(Base64URL.encode(bytes))), "header": .object(header.json),
            "authenticated": false,
        ]
    }
}

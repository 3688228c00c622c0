import ArgumentParser
import Codecs
import JOSE
import Tokens

/// Encrypts bytes, or a signed token, for the holder of a key.
struct EncryptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "encrypt", abstract: "Encrypt a text or a signed token (JWE).",
        discussion: """
            Prints a compact token. Encryption hides and proves nothing: anybody with the public key can do it. What is \
            to be believed is signed first, and then encrypted with --signed.

            With --form general, --key may be repeated: whoever holds one of the keys can open it.

            A password (PBES2) is made slow to guess by many iterations: 600000 with HMAC-SHA-256, 210000 with SHA-384 \
            and SHA-512, OWASP's figures. Some readers refuse that many: joserfc opens up to 300000, jwcrypto up to 16384; \
            for them say --iterations, and take a long random password.

            Examples:
              signet encrypt --key public.jwk message.txt
              signet sign --key private.jwk --subject ada | signet encrypt --key public.jwk --signed
              signet encrypt --key hers.jwk --key his.jwk --form general message.txt
              signet encrypt --password-file password --enc A128CBC-HS256 message.txt
            """)

    @Argument(help: "The file to encrypt; - or nothing reads standard input. Every byte counts.")
    var file: String?

    @OptionGroup var keys: EncryptionKeyOptions

    @Option(name: .customLong("enc"), help: "How the content is encrypted. Default: what the key says, or A256GCM.")
    var encryption: ContentEncryptionAlgorithm?

    @Option(name: .long, help: "compact, flattened or general; the last two are JSON. Default: compact.")
    var form: SignedFormOptions.Form = .compact

    @Option(name: .long, help: "The iterations of a password (p2c): 1000 to 1200000. Default: see above.")
    var iterations: Int?

    @Flag(name: .long, help: "The input is a signed token; the header says so (cty).")
    var signed = false

    @Option(name: .long, help: "The header's typ.")
    var type: String?

    func validate() throws {
        if keys.keyFiles.count > 1, form != .general {
            throw ValidationError("a token for several keys has the general form; say so with --form general")
        }
        if let iterations, !DecryptionPolicy.iterationBounds.contains(iterations) {
            let bounds = DecryptionPolicy.iterationBounds
            throw ValidationError("--iterations is \(bounds.lowerBound) to \(bounds.upperBound)")
        }
        if keys.readsStandardInput, (file ?? "-") == "-" {
            throw ValidationError("key and content cannot both come from standard input; give a file")
        }
    }

    func run() throws {
        let (recipients, own) = try keys.encryptionKeys()
        guard iterations == nil || recipients.contains(where: { $0.algorithm.isPasswordBased }) else {
            throw CommandFailure.usage("--iterations goes with a password (PBES2)")
        }
        let content = try content()
        var header: JSONObject = [:]
        if let type { header["typ"] = .string(ByteString(type)) }
        if signed { header["cty"] = "JWT" }
        do {
            let encrypter = try TokenEncrypter(
                recipients: recipients, encryption: encryption ?? own ?? .a256GCM,
                iterations: iterations ?? recipients.map(\.algorithm.usualIterations).max() ?? 0)
            try show(content, encrypter, header)
        } catch let error as KeyError {
            let hint = recipients.contains { $0.algorithm == .direct } ? "; say with --enc what it is for" : ""
            throw CommandFailure.usage("\(error.detail)\(hint) (\(error.code.rawValue))")
        } catch let error as EncryptionError {
            throw CommandFailure.usage(error.detail)
        }
    }

    private func content() throws -> [UInt8] {
        if let file, file != "-", !KeyFile.isThere(file) {
            throw CommandFailure.usage(
                "there is no file of that name; a text that is to be encrypted comes from a file or standard input")
        }
        let content = try InputFile.read(file ?? "-")
        guard signed else { return content }
        let token = InputFile.withoutLineEnd(content)
        guard (try? EncodedToken(token)) != nil else {
            throw CommandFailure.refused("what was to be encrypted is no signed token of three parts")
        }
        return token
    }

    /// Prints the token, unless it is so large that nobody here would open it again.
    private func show(_ content: [UInt8], _ encrypter: TokenEncrypter, _ header: JSONObject) throws {
        let text: String
        switch form {
        case .compact: text = String(decoding: try encrypter.encrypt(content, header: header), as: UTF8.self)
        case .flattened, .general:
            let token = try encrypter.encryptJSON(content, header: header)
            text = JSONOutput.text(form == .general ? Self.general(token) : token, pretty: true)
        }
        guard text.utf8.count <= EncodedEncryptedToken.maximumSize else {
            throw CommandFailure.usage(
                "the token would have \(text.utf8.count) bytes; readers look at \(EncodedEncryptedToken.maximumSize) "
                    + "at most, so encrypt a key as a token and the file with that key")
        }
        print(text)
    }

    /// The general form of a token that may have one recipient, and then came in the flattened one (RFC 7516 §7.2.1).
    private static func general(_ token: JSON) -> JSON {
        guard let object = token.object, object["recipients"] == nil else { return token }
        var recipient = JSONObject()
        var general: JSONObject = ["recipients": []]
        for member in object.members {
            if member.name == "header" || member.name == "encrypted_key" {
                recipient[member.name] = member.value
            } else {
                general[member.name] = member.value
            }
        }
        general["recipients"] = [.object(recipient)]
        return .object(general)
    }
}

extension KeyManagementAlgorithm {
    /// OWASP's figures for PBKDF2: HMAC-SHA-256 needs the most iterations. SHA-384 is the same work as SHA-512.
    var usualIterations: Int {
        self == .pbes2HS384A192KW || self == .pbes2HS512A256KW ? 210_000 : TokenEncrypter.defaultIterations
    }
}

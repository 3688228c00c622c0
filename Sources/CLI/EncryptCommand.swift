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

            Examples:
              signet encrypt --key public.jwk message.txt
              signet sign --key private.jwk --subject ada | signet encrypt --key public.jwk --signed
              signet encrypt --password-file password --enc A128CBC-HS256 message.txt
            """)

    @Argument(help: "The file to encrypt; - or nothing reads standard input. Every byte counts.")
    var file: String?

    @OptionGroup var keys: EncryptionKeyOptions

    @Option(name: .customLong("enc"), help: "How the content is encrypted. Default: what the key says, or A256GCM.")
    var encryption: ContentEncryptionAlgorithm?

    @Flag(name: .long, help: "The input is a signed token; the header says so (cty).")
    var signed = false

    @Option(name: .long, help: "The header's typ.")
    var type: String?

    func run() throws {
        let (key, own) = try keys.encryptionKey()
        guard let content = keys.key == "-" && (file ?? "-") == "-" ? nil : try InputFile.read(file ?? "-") else {
            throw CommandFailure.usage("key and content cannot both come from standard input; give a file")
        }
        var header: JSONObject = [:]
        if let type { header["typ"] = .string(ByteString(type)) }
        do {
            let encrypter = try TokenEncrypter(key: key, encryption: encryption ?? own ?? .a256GCM)
            let token =
                signed
                ? try encrypter.encrypt(signed: InputFile.withoutLineEnd(content), header: header)
                : try encrypter.encrypt(content, header: header)
            print(String(decoding: token, as: UTF8.self))
        } catch let error as KeyError {
            let hint = key.algorithm == .direct ? "; say with --enc what it is for" : ""
            throw CommandFailure.usage("\(error.detail)\(hint) (\(error.code.rawValue))")
        } catch let error as EncryptionError {
            throw CommandFailure.refused(error.detail)
        }
    }
}

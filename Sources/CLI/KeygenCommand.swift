import ArgumentParser
import Codecs
import Foundation
import JOSE
import Tokens

/// Generates a key.
struct KeygenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keygen", abstract: "Generate a key.",
        discussion: "Prints the private key as a JWK; with --out it goes to a file that only you can read.")

    @Argument(help: "What the key is for: HS256, RS256, ES256 or Ed25519.")
    var algorithm: SignatureAlgorithm

    @Option(
        name: .long, help: "The key's name (kid). Without it, the key's thumbprint (RFC 7638), random for a secret.")
    var id: String?

    @Flag(name: .long, help: "Write PEM instead of JWK.")
    var pem = false

    @Option(name: .long, help: "Write the private key to this new file, readable by you alone.")
    var out: String?

    @Option(name: .long, help: "Also write the public key to this new file.")
    var publicOut: String?

    func run() throws {
        let key: SigningKey
        do {
            key = try SigningKey.generate(algorithm, id: id.map { ByteString($0) })
        } catch {
            throw CommandFailure.refused("\(error.detail) (\(error.code.rawValue))")
        }
        guard let privateText = pem ? key.privatePEM : Self.text(key.privateJWK) else {
            throw CommandFailure.usage("a shared secret has no PEM form; leave --pem out")
        }
        if let publicOut {
            let publicKey = key.verificationKey
            guard let text = pem ? publicKey.publicPEM : publicKey.publicJWK.map(Self.text) else {
                throw CommandFailure.usage("a shared secret has no public half; leave --public-out out")
            }
            try Self.write(text, to: publicOut, mode: 0o644)
        }
        if let out {
            try Self.write(privateText, to: out, mode: 0o600)
        } else {
            print(privateText, terminator: "")
        }
    }

    private static func text(_ jwk: JSONObject) -> String {
        JSONWriter.text(.object(jwk), pretty: true) + "\n"
    }

    /// Never overwrites: a key that is gone is gone.
    private static func write(_ text: String, to path: String, mode: mode_t) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else {
            throw CommandFailure.usage("cannot create \(path): \(String(cString: strerror(errno)))")
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try handle.write(contentsOf: Data(text.utf8))
        } catch {
            throw CommandFailure.usage("cannot write \(path)")
        }
    }
}

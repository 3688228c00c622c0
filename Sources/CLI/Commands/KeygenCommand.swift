import ArgumentParser
import Codecs
import JOSE
import Tokens

/// Generates a key.
struct KeygenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keygen", abstract: "Generate a key.",
        discussion: """
            Prints the private key as a JWK; with --out it goes to a file that only you can read.

            To sign: HS256, HS384, HS512 (a secret), RS256 to PS512 (RSA), ES256, ES384, ES512, ES256K, Ed25519 \
            (EdDSA means the same), Ed448, ML-DSA-65, ML-DSA-87. To encrypt: RSA-OAEP-256, RSA-OAEP (RSA), ECDH-ES and its three with +A128KW, +A192KW, \
            +A256KW (a curve), A128KW to A256GCMKW (a secret), dir (a secret for one --enc), PBES2-… (a password).

            Examples:
              signet keygen ES256 --out private.jwk --public-out public.jwk
              signet keygen ECDH-ES+A256KW --curve P-256 --out private.jwk --public-out public.jwk
              signet keygen RS256 --size 3072 --pem --out private.pem
              signet keygen ES256 --pem --new-password-prompt --out locked.pem --public-out public.pem
            """)

    @Argument(help: "What the key is for.")
    var algorithm: KeyAlgorithm

    @Option(
        name: .long, help: "The key's name (kid). Without it, the key's thumbprint (RFC 7638), random for a secret.")
    var id: String?

    @Option(name: .long, help: "The bits of an RSA modulus: 2048 to 8192. Default: 2048.")
    var size: Int?

    @Option(name: .long, help: "The curve of an ECDH-ES key. Default: X25519.")
    var curve: AgreementCurve?

    @Option(name: .customLong("enc"), help: "The content encryption that a dir key is for.")
    var encryption: ContentEncryptionAlgorithm?

    @Flag(name: .long, help: "Write PEM instead of JWK.")
    var pem = false

    @OptionGroup var newPassword: OutputPasswordOptions

    @Option(name: .long, help: "Write the private key to this new file, readable by you alone.")
    var out: String?

    @Option(name: .long, help: "Also write the public key to this new file.")
    var publicOut: String?

    @Flag(name: .long, help: "With --out: print JSON, the names of the key and of its files.")
    var json = false

    func validate() throws {
        if json, (out ?? "-") == "-" { throw ValidationError("--json says what was written to --out; give that too") }
        if newPassword.isGiven, !pem { throw ValidationError("only --pem has a form for a key under a password") }
        if let size, !(2_048...8_192).contains(size) || size % 128 != 0 {
            throw ValidationError("an RSA modulus has 2048 to 8192 bits here, in steps of 128")
        }
        if size != nil, !algorithm.isRSA { throw ValidationError("--size goes with the RSA algorithms") }
        if curve != nil, !algorithm.isAgreement { throw ValidationError("--curve goes with ECDH-ES and its kin") }
        if (encryption != nil) != algorithm.isDirect {
            throw ValidationError("--enc says what a dir key is for: give both, such as dir --enc A256GCM")
        }
    }

    func run() throws {
        let key: GeneratedKey
        do {
            key = try GeneratedKey(
                algorithm, id: id.map { ByteString($0) }, modulusSize: size ?? 2_048, curve: curve ?? .x25519,
                encryption: encryption)
        } catch {
            throw CommandFailure.usage("\(error.detail) (\(error.code.rawValue))")
        }
        guard var privateText = pem ? key.privatePEM : Self.text(key.privateJWK) else {
            throw CommandFailure.usage("a shared secret has no PEM form; leave --pem out")
        }
        if newPassword.isGiven {
            privateText = try newPassword.pem(try KeyDocument(try JWKReader.key(key.privateJWK, purpose: nil)))
        }
        var files: [OutputFile] = []
        if let publicOut {
            guard let text = pem ? key.publicPEM : key.publicJWK.map(Self.text) else {
                throw CommandFailure.usage("a shared secret has no public half; leave --public-out out")
            }
            files.append(OutputFile(Array(text.utf8), to: publicOut, isSecret: false))
        }
        files.append(OutputFile(Array(privateText.utf8), to: out, isSecret: true))
        try OutputFile.write(files)
        if json { print(JSONOutput.text(.object(report(key)), pretty: true)) }
    }

    /// {alg, kid, thumbprint, out, publicOut}; what there is not is left out.
    private func report(_ key: GeneratedKey) -> JSONObject {
        var report = JSONObject()
        for name: ByteString in ["alg", "kid"] { report[name] = key.privateJWK[name] }
        if let publicJWK = key.publicJWK, let decoded = try? JWKReader.key(publicJWK, purpose: nil),
            let thumbprint = try? KeyDocument(decoded).thumbprint()
        {
            report["thumbprint"] = .string(thumbprint)
        }
        if let out { report["out"] = .string(ByteString(out)) }
        if let publicOut { report["publicOut"] = .string(ByteString(publicOut)) }
        return report
    }

    private static func text(_ jwk: JSONObject) -> String {
        JSONWriter.text(.object(jwk), pretty: true) + "\n"
    }
}

import ArgumentParser
import Codecs
import JOSE
import Tokens

/// Makes a signed token.
struct SignCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Make a signed token.",
        discussion: """
            Claims come from --claims (a JSON object, or - for standard input) or a --template, and are completed by the \
            options.

            Examples:
              signet sign --key private.jwk --subject ada --audience demo --expires-in 5m
              signet sign --key private.jwk --template access-token --claim 'roles:=["admin"]' --exp +1h
              signet sign --secret-env JWT_SECRET --alg HS512 --claims - < claims.json
            """)

    @OptionGroup var keys: KeyOptions
    @OptionGroup(title: "Claims") var claims: ClaimOptions

    @Option(name: .long, help: "The header's typ. Default: what the template wants, or JWT; \"\" leaves it out.")
    var type: String?

    @Option(name: .long, help: "A header parameter: name=text, or name:=JSON. May be repeated.")
    var header: [NamedValue] = []

    @Option(
        name: .customLong("x5c"),
        help: "Send these certificates along (PEM, the key's own first); readers who trust the last one need no key.")
    var certificates: String?

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    func validate() throws {
        if let lifetime = claims.expiresIn?.seconds, lifetime < 1 || lifetime > 3_155_760_000 {
            throw ValidationError("--expires-in is 1 second to 100 years")
        }
    }

    func run() throws {
        let key = try keys.signingKey()
        let now = Moment.clock
        let payload = try claims.payload(now: now) { ByteString(Base64URL.encode(RandomBytes.make(count: 16))) }
        let type = type ?? claims.template?.type ?? "JWT"
        do {
            let token = try TokenSigner(key: key).sign(
                claims: payload, type: type.isEmpty ? nil : ByteString(type), header: try extraHeader(key))
            guard json else { return print(token) }
            print(JSONOutput.text(["token": .string(ByteString(token)), "claims": .object(payload)], pretty: true))
        } catch let error as SigningError {
            throw CommandFailure.refused(error.detail)
        }
    }

    private func extraHeader(_ key: SigningKey) throws -> JSONObject {
        var extra = JSONObject()
        if claims.template == .dpopProof {
            guard let jwk = key.verificationKey.publicJWK else {
                throw CommandFailure.usage("a DPoP proof is signed with a key pair, not with a shared secret")
            }
            extra["jwk"] = .object(jwk)
        }
        if let certificates { extra["x5c"] = try CertificateFile.chain(certificates, of: key.verificationKey) }
        for parameter in header {
            guard !["alg", "typ", "kid"].contains(parameter.name) else {
                throw CommandFailure.usage(
                    "\(Display.quoted(parameter.name)) follows from the key and --type; leave it out of --header")
            }
            extra[parameter.name] = try parameter.value(option: "--header")
        }
        return extra
    }
}

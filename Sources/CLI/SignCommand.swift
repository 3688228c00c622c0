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
              signet sign --key private.jwk --content letter.txt --detached --form flattened
              signet sign --secret-env JWT_SECRET --alg HS512 --claims - < claims.json
            """)

    @OptionGroup var keys: KeyOptions
    @OptionGroup(title: "Claims") var claims: ClaimOptions
    @OptionGroup(title: "Any content, any form") var form: SignedFormOptions

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
        if form.content != nil, claims.isGiven {
            throw ValidationError("--content signs a file as it is; claims do not go with it")
        }
        if form.isGiven, json { throw ValidationError("--json shows a compact token and its claims; leave it out") }
    }

    func run() throws {
        let key = try keys.signingKey()
        if let content = form.content { return try sign(try InputFile.read(content), type: type ?? "", key) }
        let now = Moment.clock
        let payload = try claims.payload(now: now) { ByteString(Base64URL.encode(RandomBytes.make(count: 16))) }
        let type = type ?? claims.template?.type ?? "JWT"
        if form.isGiven { return try sign(JSONWriter.write(.object(payload)), type: type, key) }
        do {
            let token = try TokenSigner(key: key).sign(
                claims: payload, type: type.isEmpty ? nil : ByteString(type), header: try extraHeader(key))
            guard json else { return print(token) }
            print(JSONOutput.text(["token": .string(ByteString(token)), "claims": .object(payload)], pretty: true))
        } catch let error as SigningError {
            throw CommandFailure.refused(error.detail)
        }
    }

    /// Signs bytes, which may be claims, in whichever form was asked for.
    private func sign(_ payload: [UInt8], type: String, _ key: SigningKey) throws {
        var header = JSONObject()
        if !type.isEmpty { header["typ"] = .string(ByteString(type)) }
        for member in try extraHeader(key).members { header[member.name] = member.value }
        do {
            print(try form.sign(payload, with: key, header: header))
        } catch {
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

import ArgumentParser
import Codecs
import JOSE
import Tokens

/// Makes a signed token.
struct SignCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Make a signed token.",
        discussion: """
            Claims come from --claims (a JSON object, @FILE, or - for standard input) or a --template, and are completed \
            by the options. With --form general, --key may be repeated: each key makes a signature of its own.

            --alg EdDSA signs with an Ed25519 key and writes the older name of the algorithm (RFC 8037) into the header, \
            for readers that do not know RFC 9864.

            Examples:
              signet sign --key private.jwk --subject ada --audience demo --expires-in 5m
              signet sign --key private.jwk --template access-token --claim 'roles:=["admin"]' --exp +1h
              signet sign --key client.jwk --template dpop-proof --method GET --url https://api.example/orders
              signet sign --key private.jwk --content letter.txt --detached --form flattened
              signet sign --key mine.jwk --key yours.jwk --content letter.txt --form general
              signet sign --secret-env JWT_SECRET --alg HS512 --claims - < claims.json
            """)

    @OptionGroup var keys: KeyOptions
    @OptionGroup(title: "Claims") var claims: ClaimOptions
    @OptionGroup(title: "Any content, any form") var form: SignedFormOptions

    @Option(name: .long, help: "The name (kid) of a key that says none itself, as in PEM.")
    var id: String?

    @Option(name: .long, help: "The header's typ. Default: what the template wants, or JWT; \"\" leaves it out.")
    var type: String?

    @Option(
        name: .long, help: "A header parameter: name=text, or name:=JSON. May be repeated.",
        transform: NamedValue.init(option:))
    var header: [NamedValue] = []

    @Option(
        name: .customLong("x5c"),
        help: "Send these certificates along (PEM, the key's own first); readers who trust the last one need no key.")
    var certificates: String?

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    func validate() throws {
        if form.content != nil, claims.isGiven {
            throw ValidationError("--content signs a file as it is; claims do not go with it")
        }
        if form.isGiven, json { throw ValidationError("--json shows a compact token and its claims; leave it out") }
        if keys.keyFiles.count > 1 {
            if form.form != .general { throw ValidationError("several keys sign with --form general alone") }
            if certificates != nil || claims.template == .dpopProof {
                throw ValidationError("--x5c and DPoP proofs speak of one key; give one")
            }
        }
    }

    func run() throws {
        let keys = try keys.signingKeys(id: id.map { ByteString($0) })
        if let content = form.content { return try sign(try InputFile.read(content), type: type ?? "", keys) }
        let (claims, examples) = try claims.payload(now: Moment.clock) {
            ByteString(Base64URL.encode(RandomBytes.make(count: 16)))
        }
        let token = try sign(claims, keys)
        if !examples.isEmpty {
            Output.error("signet: note: these are examples of the template: \(Display.list(examples))")
        }
        guard json else { return print(token) }
        print(JSONOutput.text(["token": .string(ByteString(token)), "claims": .object(claims)], pretty: true))
    }

    /// Signs claims, in whichever form was asked for.
    private func sign(_ claims: JSONObject, _ keys: [SigningKey]) throws -> String {
        let type = type ?? self.claims.template?.type ?? "JWT"
        return try text(JSONWriter.write(.object(claims)), type: type, keys)
    }

    /// Signs a content.
    private func sign(_ content: [UInt8], type: String, _ keys: [SigningKey]) throws {
        print(try text(content, type: type, keys))
    }

    private func text(_ payload: [UInt8], type: String, _ keys: [SigningKey]) throws -> String {
        let extra = try extraHeader(keys)
        let signers = keys.map { key in
            var header: JSONObject = ["alg": .string(ByteString(key.algorithm.rawValue))]
            if self.keys.algorithmName?.isEdDSA == true { header["alg"] = "EdDSA" }
            if !type.isEmpty { header["typ"] = .string(ByteString(type)) }
            if let id = key.id { header["kid"] = .string(id) }
            for member in extra.members { header[member.name] = member.value }
            return JWSSigner.Signer(key: key, protected: header)
        }
        do {
            let text = try form.sign(payload, by: signers)
            warn(ofSize: text.utf8.count)
            return text
        } catch {
            throw CommandFailure.usage(error.detail)
        }
    }

    /// What is made here should not be a surprise where it is read.
    private func warn(ofSize size: Int) {
        let isToken = form.content == nil && form.form == .compact && !form.detached
        let limit = isToken ? EncodedToken.maximumSize : EncodedContent.defaultMaximumSize
        guard size > limit else { return }
        let what = isToken ? "the token" : "the result"
        Output.error("signet: warning: \(what) has \(size) bytes; signet verify looks at \(limit) at most")
    }

    private func extraHeader(_ keys: [SigningKey]) throws -> JSONObject {
        var extra = JSONObject()
        if claims.template == .dpopProof {
            guard let jwk = keys.first?.verificationKey.publicJWK else {
                throw CommandFailure.usage("a DPoP proof is signed with a key pair, not with a shared secret")
            }
            extra["jwk"] = .object(jwk)
        }
        if let certificates, let key = keys.first {
            extra["x5c"] = try CertificateFile.chain(certificates, of: key.verificationKey)
        }
        for parameter in header {
            guard !["alg", "typ", "kid"].contains(parameter.name) else {
                throw CommandFailure.usage(
                    "\(Display.quoted(parameter.name)) follows from the key and --type; leave it out of --header")
            }
            guard extra[parameter.name] == nil else {
                throw CommandFailure.usage("the header has \(Display.quoted(parameter.name)) already; leave one out")
            }
            extra[parameter.name] = try parameter.value(option: "--header")
        }
        return extra
    }
}

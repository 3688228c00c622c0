import ArgumentParser
import Codecs
import JOSE
import Tokens

/// What is signed, and in which form it is written (RFC 7515 §7, RFC 7797).
struct SignedFormOptions: ParsableArguments {
    @Option(name: .long, help: "Sign the bytes of this file instead of claims; - is standard input.")
    var content: String?

    @Option(name: .long, help: "compact, flattened or general; the last two are JSON. Default: compact.")
    var form: Form = .compact

    @Flag(name: .long, help: "Leave the content out of what is printed; it travels apart.")
    var detached = false

    @Flag(name: .long, help: "Sign the content as it is, not its base64url (b64, RFC 7797).")
    var unencoded = false

    enum Form: String, ExpressibleByArgument, CaseIterable {
        case compact, flattened, general
    }

    /// Whether something else is asked for than a compact token.
    var isGiven: Bool { content != nil || form != .compact || detached || unencoded }

    func validate() throws {
        if unencoded, form == .compact, !detached {
            throw ValidationError(
                "content that is not base64url has no place in the compact form: add --detached, or another --form")
        }
    }

    /// The signed content in its form.
    func sign(_ payload: [UInt8], by signers: [JWSSigner.Signer]) throws(SigningError) -> String {
        let signer = JWSSigner(signers, encodesPayload: !unencoded)
        switch form {
        case .compact: return String(decoding: try signer.compact(payload, detached: detached), as: UTF8.self)
        case .flattened:
            return JSONOutput.text(.object(try signer.flattened(payload, detached: detached)), pretty: true)
        case .general: return JSONOutput.text(.object(try signer.general(payload, detached: detached)), pretty: true)
        }
    }
}

/// Whether a signature over any content is verified instead of a token.
struct VerifiedContentOptions: ParsableArguments {
    @Flag(
        name: .long,
        help: "The input is anything signed (JWS, compact or JSON), not a token: verify the signatures alone.")
    var content = false

    @Option(name: .long, help: "With --content: the file with the content, where it travels apart from its signatures.")
    var detached: String?

    @Option(name: .long, help: "With --content: this key (kid) must have signed, and nobody else counts.")
    var signer: String?

    func validate() throws {
        if !content, detached != nil || signer != nil {
            throw ValidationError("--detached and --signer go with --content")
        }
    }
}

extension VerifyCommand {
    /// Refuses options that speak of claims, which content does not have.
    func validateContent() throws {
        guard content.content else { return }
        if policy.speaksOfClaims || decryptionKey != nil || certificateRoots != nil || batch {
            throw ValidationError(
                "content has no claims: with --content go the options about keys, --type, --detached, --signer and --json"
            )
        }
    }

    /// Verifies the signatures of something signed (RFC 7515 §5.2).
    func verifyContent(_ keys: KeySet) throws {
        let verifier = JWSVerifier(
            keys: keys,
            policy: ContentPolicy(
                algorithms: keys.algorithms, signers: content.signer.map { .exactly(ByteString($0)) } ?? .all,
                types: policy.type.isEmpty ? nil : policy.type.map { ByteString($0) }, acceptsEdDSA: true))
        let detached = try content.detached.map { try InputFile.read($0) }
        var steps: [VerificationStep] = []
        do {
            let verified = try verifier.verify(try input.read(), detached: detached) { steps.append($0) }
            guard json else { return show(steps, verdict: "valid", code: nil, header: nil, claims: nil) }
            var answer: JSONObject = ["verdict": "valid", "steps": .array(steps.map { .object($0.json) })]
            answer["payload"] = .string(ByteString(Base64URL.encode(verified.payload)))
            if let text = String(validating: verified.payload, as: UTF8.self) {
                answer["text"] = .string(ByteString(text))
            }
            answer["signatures"] = .array(
                verified.signatures.map { signature in
                    var entry: JSONObject = [
                        "header": .object(signature.header),
                        "alg": .string(ByteString(signature.algorithm.rawValue)),
                    ]
                    if let id = signature.keyID { entry["kid"] = .string(id) }
                    return .object(entry)
                })
            print(JSONOutput.text(.object(answer), pretty: true))
        } catch let rejection as TokenRejection {
            show(steps, verdict: "refused", code: rejection.code, header: nil, claims: nil)
            throw ExitCode(CommandFailure.refused)
        }
    }
}

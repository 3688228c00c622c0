import ArgumentParser
import Codecs
import JOSE
import Tokens

/// For which request a DPoP proof must be: the proof alone (`--profile dpop-proof`), or beside the token that is bound to
/// its key.
struct ProofOptions: ParsableArguments {
    @Option(name: .long, help: "With a DPoP proof: the method of the request, such as GET.")
    var method: String?

    @Option(name: .long, help: "With a DPoP proof: the address of the request.")
    var url: String?

    @Option(name: .long, help: "With --profile dpop-proof: a file with the access token that came with the request.")
    var accessTokenFile: String?

    @Option(
        name: .customLong("dpop-proof-file"),
        help: "A file with the DPoP proof that came with the token: it must be of the key that the token is bound to.")
    var proofFile: String?

    @Flag(name: .long, help: "The token came as a bearer token: refuse it if it is bound to a key.")
    var bearer = false

    /// Whether any option speaks of a proof or of its request.
    var isGiven: Bool { method != nil || url != nil || accessTokenFile != nil || proofFile != nil || bearer }

    /// What is asked of a token with these options, where they say how it was sent.
    func rule(_ policy: ClaimPolicy) -> ClaimPolicy {
        var policy = policy
        if bearer || proofFile != nil { policy.confirmation = .matching }
        return policy
    }

    /// What the proof in the file shows of a token's sender.
    func confirmation(
        of token: [UInt8], _ policy: PolicyOptions, report: @escaping (VerificationStep) -> Void
    ) throws -> Confirmation {
        guard let proofFile else { return .none }
        var (expectation, _) = try expectation(nonce: nil)
        expectation.accessTokenHash = DPoPProofVerifier.hash(ofAccessToken: token)
        let verifier = DPoPProofVerifier(
            algorithms: SignatureAlgorithm.allCases, leeway: policy.leeway, acceptsEdDSA: true)
        return try verifier.verify(
            InputFile.withoutLineEnd(try InputFile.read(proofFile)), expecting: expectation, now: policy.now,
            report: report
        ).confirmation
    }

    /// What the proof must say.
    func expectation(nonce: String?) throws -> (DPoPExpectation, accessToken: [UInt8]?) {
        guard let method, let url else {
            throw CommandFailure.usage(
                "a DPoP proof needs --method and --url: the request that it is for")
        }
        guard let address = RequestAddress(ByteString(url)) else {
            throw CommandFailure.usage("--url \(Display.quoted(ByteString(url))) is no http or https address")
        }
        let token = try accessTokenFile.map { InputFile.withoutLineEnd(try InputFile.read($0)) }
        let expectation = DPoPExpectation(
            method: ByteString(method), address: address,
            accessTokenHash: token.map { DPoPProofVerifier.hash(ofAccessToken: $0) },
            nonce: nonce.map { ByteString($0) })
        return (expectation, token)
    }

    /// The thumbprint of the key that an access token says it is bound to (RFC 9449 §6.1). The token is not verified
    /// here; nil where it is opaque, or bound to no key.
    static func boundKey(_ accessToken: [UInt8]) -> ByteString? {
        for part in TokenFinder.find(accessToken).tokens.first?.token.parts ?? [] {
            if let thumbprint = part.object?["cnf"]?.object?["jkt"]?.string { return thumbprint }
        }
        return nil
    }
}

extension VerifyCommand {
    /// Refuses options that do not go together where a proof is verified, and options that speak of a request where none is.
    func validateProof() throws {
        guard policy.profile == .dpopProof else {
            if proof.accessTokenFile != nil {
                throw ValidationError("--access-token-file goes with --profile dpop-proof")
            }
            if proof.proofFile == nil, proof.method != nil || proof.url != nil {
                throw ValidationError("--method and --url go with --profile dpop-proof or --dpop-proof-file")
            }
            if proof.proofFile != nil, proof.bearer || batch || content.content || certificateRoots != nil {
                throw ValidationError(
                    "--dpop-proof-file does not go with --bearer, --batch, --content or --x5c-roots")
            }
            if proof.bearer, batch || content.content || certificateRoots != nil {
                throw ValidationError("--bearer does not go with --batch, --content or --x5c-roots")
            }
            return
        }
        if proof.proofFile != nil || proof.bearer {
            throw ValidationError("--dpop-proof-file and --bearer speak of a token; with --profile dpop-proof none is")
        }
        if keys.isGiven || published.isGiven || decryptionKey != nil {
            throw ValidationError("a DPoP proof brings its own key; what it is worth, the access token says (cnf.jkt)")
        }
        if batch { throw ValidationError("--profile dpop-proof does not go with --batch") }
    }

    /// Verifies a DPoP proof (RFC 9449 §4.3), and that the access token beside it is bound to its key.
    func verifyProof() throws {
        let (expectation, accessToken) = try proof.expectation(nonce: policy.nonce)
        let verifier = DPoPProofVerifier(
            algorithms: keys.algorithm.map { [$0] } ?? SignatureAlgorithm.allCases,
            maximumAge: policy.maxAge ?? 60, leeway: policy.leeway, acceptsEdDSA: true)
        var steps: [VerificationStep] = []
        do {
            let verified = try verifier.verify(try input.read(), expecting: expectation, now: policy.now) {
                steps.append($0)
            }
            let bound = accessToken.flatMap(ProofOptions.boundKey)
            if let bound, bound != verified.thumbprint {
                throw CommandFailure.refused(
                    "the access token is bound to the key \(Display.quoted(bound)), the proof was made with "
                        + Display.quoted(verified.thumbprint))
            }
            show(
                steps, verdict: "valid", code: nil, header: nil, claims: verified.claims.json,
                thumbprint: verified.thumbprint)
            if accessToken != nil, bound == nil {
                Output.error("signet: note: the access token does not say to which key it is bound (cnf.jkt)")
            }
        } catch let rejection as TokenRejection {
            show(steps, verdict: "refused", code: rejection.code, header: nil, claims: nil)
            throw ExitCode(CommandFailure.refused)
        }
    }
}

import ArgumentParser
import Codecs
import Foundation
import JOSE
import Tokens

/// Verifies a token and shows every step.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Verify a token with a key, and show each step.",
        discussion: """
            Only algorithms that the given key is for are accepted, whatever the token says. What you do not ask for \
            (issuer, audience, …) is shown as skipped.

            With --batch each line of the input is a JSON object, {"token":"…"} or {"token":"…","key":{…}} with a JWK \
            or a JWK set, and each line of the output is the answer to it: {"ok":true,"header":{…},"claims":{…}} or \
            {"ok":false,"code":"…","detail":"…"}. The exit status is then 0 as soon as every line has its answer.

            Examples:
              signet verify --key public.json --issuer https://idp.example --audience orders --file token
              signet verify --key public.json --profile access-token --issuer https://idp.example --audience orders < token
              signet verify --discover --issuer https://idp.example --audience orders --file token
              signet verify --x5c-roots roots.pem --issuer https://idp.example --file token
              signet verify --profile dpop-proof --method GET --url https://api.example/orders --file proof
              signet verify --key public.json --dpop-proof-file proof --method GET --url https://api.example/orders < token
              signet verify --decryption-key private.json --key public.json --file encrypted
              signet verify --content --key public.json --detached letter.txt --file signature.json
              signet verify --batch --signature-only < lines.json
            """)

    @OptionGroup var input: TokenInput
    @OptionGroup var keys: KeyOptions
    @OptionGroup(title: "Published keys") var published: PublishedKeyOptions
    @OptionGroup(title: "Policy") var policy: PolicyOptions
    @OptionGroup(title: "DPoP proof") var proof: ProofOptions
    @OptionGroup(title: "Any content") var content: VerifiedContentOptions
    @OptionGroup var compression: CompressionOptions
    @OptionGroup var output: StyleOptions

    @Option(
        name: .customLong("x5c-roots"),
        help: "Take the key from the token's own certificates (x5c), if they lead to one in this file (PEM).")
    var certificateRoots: String?

    @Option(
        name: .long,
        help: "The token is encrypted: open it with this key (a JWK or JWK set), then verify.")
    var decryptionKey: String?

    @Flag(name: .long, help: "Read and answer lines of JSON, one token each.")
    var batch = false

    @Flag(name: .long, help: "With --batch: judge form and signature alone; the payload may be anything.")
    var signatureOnly = false

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    func validate() throws {
        try validateProof()
        try validateContent()
        try input.validate(beside: keys.readsStandardInput)
        if certificateRoots != nil, keys.isGiven || published.isGiven || decryptionKey != nil || batch {
            throw ValidationError("--x5c-roots takes the key from the token; give no other, and no --batch")
        }
        if signatureOnly, !batch { throw ValidationError("--signature-only goes with --batch") }
        if batch, decryptionKey != nil { throw ValidationError("--decryption-key does not go with --batch") }
        if compression.isAllowed, decryptionKey == nil {
            throw ValidationError("--allow-compression goes with --decryption-key")
        }
        if batch, input.token != nil {
            throw ValidationError("--batch reads its tokens from --file or standard input, not from an argument")
        }
    }

    func run() async throws {
        if batch { return try await runBatch() }
        if policy.profile == .dpopProof { return try verifyProof() }
        if let certificateRoots { return try await verifyCertified(roots: certificateRoots) }
        let keySet = try await keySet()
        if content.content { return try verifyContent(keySet) }
        let verifier = TokenVerifier(keys: keySet, policy: proof.rule(policy.policy(algorithms: keySet.algorithms)))
        let decrypter = try decrypter()
        let token = try input.read()
        var steps: [VerificationStep] = []
        do {
            var proofSteps: [VerificationStep] = []
            let confirmation: Confirmation
            do {
                confirmation = try proof.confirmation(of: token, policy) { proofSteps.append($0) }
            } catch let error as TokenRejection {
                Output.error("signet: the DPoP proof is refused; its steps are these")
                steps = proofSteps
                throw error
            }
            let verified: VerifiedToken
            if let decrypter {
                let nested = NestedTokenVerifier(decrypter: decrypter, verifier: verifier)
                verified = try nested.verify(
                    token, now: policy.now, confirmation: confirmation, revocations: nil
                ) { steps.append($0) }
            } else {
                verified = try verifier.verify(
                    token, now: policy.now, confirmation: confirmation, revocations: nil
                ) { steps.append($0) }
            }
            show(steps, verdict: "valid", code: nil, header: verified.header.json, claims: verified.claims.json)
        } catch let error as TokenRejection {
            show(steps, verdict: "refused", code: error.code, header: nil, claims: nil)
            let hint =
                switch error.code {
                case .algorithmNotAllowed: algorithmHint(token, keySet.algorithms)
                case .compressionNotAllowed: CompressionOptions.detail(error)
                default: PastedToken.hint(token) ?? input.fileHint
                }
            if let hint { Output.error("signet: hint: \(hint)") }
            throw ExitCode(CommandFailure.refused)
        }
    }

    private func decrypter() throws -> TokenDecrypter? {
        guard let decryptionKey else { return nil }
        do {
            let document = try EncryptionKeyDocument(file: decryptionKey, algorithm: nil, keys.password)
            return TokenDecrypter(
                keys: try document.decryptionKeys(report: PassedOver.report), acceptsPasswords: false,
                acceptsCompression: compression.isAllowed)
        } catch let error as KeyError {
            throw CommandFailure.usage("\(decryptionKey): \(error.detail) (\(error.code.rawValue))")
        }
    }

    private func keySet() async throws -> KeySet {
        let published = try await published.fetch(issuers: policy.issuer)
        let keySet = try published.map { try keys.keySet($0) } ?? givenKeySet()
        PassedOver.report(keySet.passedOver)
        return keySet
    }

    /// The keys that were given; secrets that somebody can guess are named, and used as they were asked for.
    private func givenKeySet() throws -> KeySet {
        do {
            let given = try keys.read()
            for finding in KeyHint.weakSecrets(given) {
                Output.error("signet: warning: \(finding.code.rawValue): \(finding.text) \(finding.advice)")
            }
            return try KeySet(given)
        } catch let error as KeyError {
            throw CommandFailure.usage("\(error.detail) (\(error.code.rawValue))")
        }
    }

    /// The advice to say `--alg`, where the key that was given could be for the token's algorithm; nil where the key
    /// itself says what it is for.
    private func algorithmHint(_ token: [UInt8], _ taken: [SignatureAlgorithm]) -> String? {
        guard keys.isGiven, keys.algorithm == nil, let named = KeyHint.missed(by: token, taken: taken) else {
            return nil
        }
        if let file = keys.keyFiles.first {
            guard file != "-", let text = try? InputFile.read(file),
                let read = try? KeyReader.read(text, algorithm: named),
                read.contains(where: { $0.description.algorithm == named })
            else { return nil }
        }
        let names = taken.map(\.rawValue).joined(separator: ", ")
        return "the key is taken to be for \(names); if it is for \(named.rawValue), add --alg \(named.rawValue)"
    }

    private func runBatch() async throws {
        var verification = BatchVerification(
            keys: keys.isGiven || published.isGiven ? try await keySet() : nil, options: policy,
            signatureOnly: signatureOnly, algorithm: keys.algorithm)
        let source = try input.lines()
        try BatchLines(input: source.fileDescriptor) { verification.answer($0) }.run()
    }

    func show(
        _ steps: [VerificationStep], verdict: String, code: RejectionCode?, header: JSONObject?, claims: JSONObject?,
        thumbprint: ByteString? = nil
    ) {
        if code == nil, claims?["cnf"] != nil,
            steps.contains(where: { $0.check == .confirmation && $0.outcome == .skipped })
        {
            Output.error(
                "signet: note: the token is bound to a key (cnf) and no bearer token; --dpop-proof-file checks a proof of "
                    + "it, --bearer refuses such tokens")
        }
        if json {
            var answer: JSONObject = ["verdict": .string(ByteString(verdict))]
            if let code { answer["code"] = .string(ByteString(code.rawValue)) }
            answer["steps"] = .array(steps.map { .object($0.json) })
            if let header { answer["header"] = .object(header) }
            if let claims { answer["claims"] = .object(claims) }
            if let thumbprint { answer["thumbprint"] = .string(thumbprint) }
            print(JSONOutput.text(.object(answer), pretty: true))
            return
        }
        let style = output.style
        for step in steps { print(style.step(step.check.rawValue, step.outcome.rawValue, step.detail)) }
        if let thumbprint { print("  made with the key \(Display.quoted(thumbprint))") }
        print(style.verdict(verdict, code: code?.rawValue))
    }
}

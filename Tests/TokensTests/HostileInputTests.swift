import Codecs
import TestSupport
import Testing
import Tokens

/// Damaged tokens and keys: whatever the answer is, there is one, and nothing traps.
@Suite struct HostileInputTests {
    static let words = [
        ".", "..", "=", "eyJhbGciOiJub25lIn0", "e30", "\"", "{", "}", "[", "]", ",", ":", "null", "-1", "1e400",
        "1e-999", "\\u0000",
        "\"alg\":\"none\",", "\"crit\":[\"b64\"],", "\"exp\":99999999999999999999,", "\u{202E}", "9223372036854775807",
    ]

    @Test func `damaged tokens are judged without a trap`() throws {
        var generator = SeededGenerator(seed: 7_519)
        let policies = [Sample.policy, ClaimPolicy(algorithms: SignatureAlgorithm.allCases, leeway: .max)]
        var codes: [RejectionCode?: Int] = [:]
        for index in 0..<6_000 {
            var judging = Judging()
            // Either the encoded text is damaged, or what stands inside it.
            switch index % 3 {
            case 0: judging.token = Mutation.of(Sample.token(), words: Self.words, using: &generator)
            case 1:
                let header = Mutation.of(Array(Sample.header.utf8), words: Self.words, using: &generator)
                judging.token = Sample.token(header: String(decoding: header, as: UTF8.self))
            default:
                let claims = Mutation.of(Array(Sample.claims.utf8), words: Self.words, using: &generator)
                judging.token = Sample.token(claims: String(decoding: claims, as: UTF8.self))
            }
            judging.policy = policies[index % 2]
            judging.now = index.isMultiple(of: 7) ? .max : index.isMultiple(of: 11) ? .min : Sample.now
            let (result, steps) = judging.run()
            #expect(steps.map(\.check) == Array(VerificationStep.Check.ofSignedTokens.prefix(steps.count)))
            if case .failure(let rejection) = result {
                codes[rejection.code, default: 0] += 1
                #expect(steps.last?.code == rejection.code)
            } else {
                codes[nil, default: 0] += 1
                #expect(steps.count == VerificationStep.Check.ofSignedTokens.count)
            }
        }
        #expect(codes.count >= 15, "too few kinds of answers: \(codes.keys)")
        print(
            "Damaged tokens: 6000, \(codes[nil, default: 0]) pass with a signature that holds, \(codes.count - 1) reasons"
        )
    }

    @Test func `damaged keys are read without a trap`() {
        var generator = SeededGenerator(seed: 7_517)
        let der = SampleKeys.DER.self
        let labels = ["PUBLIC KEY", "PRIVATE KEY", "RSA PUBLIC KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"]
        let structures = [
            der.rsaInfo, der.rsaPKCS8, der.rsaPublic, der.rsaPrivate, der.p256Info, der.p256PKCS8, der.p256SEC1,
            der.ed25519Info, der.ed25519PKCS8, der.p384Info, der.certificate,
        ]
        let documents = [SampleKeys.rsa, SampleKeys.p256, SampleKeys.ed25519, SampleKeys.oct].map {
            SampleKeys.json($0)
        }
        var read = 0
        for index in 0..<4_000 {
            let text: [UInt8]
            if index.isMultiple(of: 2) {
                let bytes = Mutation.of(structures[index % structures.count], using: &generator)
                text = Array(PEM.write(label: labels[index % labels.count], der: bytes).utf8)
            } else {
                let words = Self.words + ["\"d\":\"AA\",", "\"kty\":", "\"keys\":["]
                text = Mutation.of(documents[index % documents.count], words: words, using: &generator)
            }
            for form in [KeyReader.Form.document, .utf8] {
                if let keys = try? KeyReader.read(text, as: form) {
                    read += 1
                    #expect(!"\(keys)".isEmpty)
                }
            }
        }
        #expect(read > 0)
        print("Damaged keys: 4000 texts, \(read) readings succeed")
    }
}

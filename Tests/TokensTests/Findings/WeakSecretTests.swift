import Codecs
import TestSupport
import Testing
import Tokens

/// Secrets that an attacker tries first, and secrets that are none of those.
@Suite struct WeakSecretTests {
    private func judge(_ text: String, for algorithm: SignatureAlgorithm = .hs256) -> FindingCode? {
        WeakSecret.judge(Array(text.utf8), for: algorithm)?.code
    }

    @Test(arguments: [
        "", "secret", "Secret", "SECRET", "your-256-bit-secret", "changeme", "password123", "secret2027!", " secret\n",
        "a-string-secret-at-least-256-bits-long", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "2024-05-31", "31.05.2024",
        "20240531", "12345678901234567890123456789012", "98765432109876543210987654321098765432",
        "abcdefghijklmnopqrstuvwxyzabcdefgh", "abababababababababababababababababababab",
        "secretsecretsecretsecretsecretsecret", "c2VjcmV0a2V5", "84739284738291", "qwertyuiop",
        "aaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbccccccccc",
    ])
    func `habits are known`(text: String) {
        #expect(judge(text) == .weakSecret)
    }

    @Test func `short secrets are told from weak ones`() {
        #expect(judge("k3J#9xVq!mZ2") == .shortSecret)
        #expect(judge("Vq7mZ2k3J9xR4tYp8WnLc5HsDf6GbA1e") == nil)
        #expect(judge("Vq7mZ2k3J9xR4tYp8WnLc5HsDf6GbA1e", for: .hs512) == .shortSecret)
    }

    @Test func `random secrets pass in every spelling`() {
        var generator = SeededGenerator(seed: 32)
        for _ in 0..<500 {
            let bytes = generator.bytes(32)
            #expect(WeakSecret.judge(bytes) == nil)
            #expect(judge(Hex.encode(bytes)) == nil)
            #expect(judge(Base64.encode(bytes)) == nil)
        }
    }

    @Test func `the list has hundreds of words, no two the same, and judges all of them weak`() {
        let words = WeakSecret.words
        #expect(words.count > 500)
        #expect(Set(words).count == words.count)
        for word in words {
            #expect(WeakSecret.judge(word)?.code == .weakSecret, "\(String(decoding: word, as: UTF8.self))")
        }
        let candidates = WeakSecret.candidates
        #expect(Set(candidates).count == candidates.count)
        #expect(candidates.count < 15_000)
        print("Weak secrets: \(words.count) words, \(candidates.count) candidates")
    }

    @Test func `no complaint repeats the secret`() {
        for word in WeakSecret.words where word.count > 8 {
            let text = String(decoding: word, as: UTF8.self)
            #expect(WeakSecret.judge(word)?.text.contains(text) != true)
        }
    }
}

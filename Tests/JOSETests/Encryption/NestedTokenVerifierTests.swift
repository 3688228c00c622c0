import Codecs
import JOSE
import Testing
import Tokens

/// J49, J76: what is encrypted is not thereby true.
struct NestedTokenVerifierTests {
    private func verifier(_ key: DecryptionKey, _ signer: SigningKey) throws -> NestedTokenVerifier {
        NestedTokenVerifier(
            decrypter: TokenDecrypter(keys: [key], policy: EncryptionKeys.policy),
            verifier: TokenVerifier(keys: try KeySet([signer.verificationKey]), policy: Keys.policy))
    }

    private func code(_ verifier: NestedTokenVerifier, _ token: [UInt8]) -> RejectionCode? {
        do throws(TokenRejection) {
            _ = try verifier.verify(token, now: Keys.now)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func `the inner signature decides`() throws {
        let signer = try SigningKey.generate(.es256)
        let key = try EncryptionKeys.key(.ecdhESA128KW)
        let verifier = try verifier(key, signer)
        let encrypter = try TokenEncrypter(key: key.encryptionKey, encryption: .a128GCM)
        let signed = Array(try TokenSigner(key: signer).sign(claims: Keys.claims).utf8)
        let nested = try encrypter.encrypt(signed: signed)
        var steps: [VerificationStep] = []
        let token = try verifier.verify(nested, now: Keys.now) { steps.append($0) }
        #expect(token.claims.subject == "anna")
        #expect(steps.prefix(6).map(\.check) == [.form, .header, .algorithm, .critical, .key, .decryption])
        #expect(steps.dropFirst(6).first?.check == .form)
        #expect(steps.contains { $0.check == .signature && $0.outcome == .passed })

        let claims = JSONWriter.write(.object(Keys.claims))
        let unsigned =
            Base64URL.encodeBytes(Array(#"{"alg":"none"}"#.utf8)) + [0x2E] + Base64URL.encodeBytes(claims) + [0x2E]
        var forged = signed
        // Another letter of the alphabet: what is no base64url has a code of its own.
        forged[forged.count - 4] = forged[forged.count - 4] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
        let cases: [([UInt8], JSONObject, RejectionCode)] = [
            (claims, ["cty": "JWT"], .contentNotSigned), (claims, [:], .contentNotSigned),
            (signed, [:], .contentNotSigned), (signed, ["cty": "text"], .contentNotSigned),
            (unsigned, ["cty": "JWT"], .algorithmNone), (forged, ["cty": "JWT"], .signatureMismatch),
            (nested, ["cty": "JWT"], .nestingTooDeep), ([], ["cty": "JWT"], .contentNotSigned),
        ]
        for (content, header, wanted) in cases {
            let found = code(verifier, try encrypter.encrypt(content, header: header))
            #expect(found == wanted, "\(String(decoding: content, as: UTF8.self)) \(header)")
        }
        #expect(code(verifier, try encrypter.encrypt(signed, header: ["cty": "application/jwt"])) == nil)
        #expect(code(verifier, signed) == .tokenNotEncrypted)
        #expect(code(try self.verifier(key, try SigningKey.generate(.es256)), nested) == .keyUnknown)
        // The other way around: an encrypted token is nothing to a verifier of signed ones.
        #expect(Keys.code(nested, try KeySet([signer.verificationKey])) == .tokenEncrypted)
    }
}

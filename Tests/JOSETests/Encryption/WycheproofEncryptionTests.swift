import Codecs
import TestSupport
import Testing
import Tokens

@testable import JOSE

/// C2SP/wycheproof's encrypted tokens, from the vectors folder.
@Suite(.enabled(if: Vectors.arePresent, "\(Vectors.absence)")) struct WycheproofEncryptionTests {
    /// Valid by their label, refused here: RSA1_5 is never accepted (RFC 8725 §3.2).
    static let refusedByPolicy: Set<Int64> = [100, 101, 102, 103, 104, 105, 112, 128]

    @Test func `every encrypted token gets the right answer`() throws {
        var opened = 0
        var refused = 0
        var overridden = 0
        var wrong: [Int64] = []
        for group in try Vectors.wycheproof("jose/json_web_encryption_test.json") {
            let jwk = try #require(group.json["private"]?.object)
            let key = try? DecryptionKey(jwk: jwk)
            let decrypter = TokenDecrypter(keys: key.map { [$0] } ?? [], policy: EncryptionKeys.policy)
            for test in group.cases {
                let token = try #require(test.json["jwe"]?.string).bytes
                let content = try? decrypter.decrypt(token).bytes
                if Self.refusedByPolicy.contains(test.id) {
                    #expect(content == nil && test.result == "valid")
                    #expect(EncryptionKeys.code(token, EncryptionKeys.all) == .algorithmUnsupported)
                    overridden += 1
                } else if (content != nil) != (test.result == "valid") {
                    wrong.append(test.id)
                } else if let content {
                    #expect(content == (try test.hex("pt")))
                    opened += 1
                } else {
                    refused += 1
                }
            }
        }
        print(
            "Wycheproof JWE: \(opened + refused + overridden + wrong.count) cases, \(opened) opened, \(refused) refused, "
                + "\(overridden) refused for RSA1_5 although valid, wrong: \(wrong)")
        #expect(opened + refused + overridden == 139)
        #expect(overridden == 8)
        #expect(wrong == [])
    }
}

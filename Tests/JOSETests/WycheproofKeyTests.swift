import Codecs
import JOSE
import TestSupport
import Testing
import Tokens

@Suite(.enabled(if: Vectors.arePresent, "\(Vectors.absence)")) struct WycheproofKeyTests {
    /// The key sets of json_web_key_test.json, each with one token: a set that is to be refused, or a signature that is.
    @Test func `every key set is taken or refused as labelled`() throws {
        var met = 0
        for group in try Vectors.wycheproof("jose/json_web_key_test.json") {
            let set = JSONWriter.write(try #require(group.json["public"] ?? group.json["private"]))
            for test in group.cases {
                let token = Array(try #require(test.json["jws"]?.string).bytes)
                let holds = (try? KeySet(jwks: set)).map { Keys.signatureHolds(token, $0) } ?? false
                let wanted = WycheproofTokenTests.setOverrides[test.id]?.accepted ?? (test.result == "valid")
                #expect(holds == wanted, "tcId \(test.id)")
                // The private keys stand in sets of the same shape, and are held to more.
                if let whole = group.json["private"], group.json["public"] != nil {
                    let keys = try? KeySet(jwks: JSONWriter.write(whole))
                    #expect((keys.map { Keys.signatureHolds(token, $0) } ?? false) == holds, "tcId \(test.id)")
                    #expect(
                        Keys.complaint { () throws(KeyError) in
                            _ = try KeySet(publicJWKS: JSONWriter.write(whole))
                        } == .set, "tcId \(test.id)")
                }
                met += 1
            }
        }
        #expect(met == 26)
    }
}

import Codecs
import JOSE
import TestSupport
import Testing
import Tokens

/// C2SP/wycheproof's JOSE files, from the vectors folder.
@Suite(.enabled(if: Vectors.arePresent, "\(Vectors.absence)")) struct WycheproofTokenTests {
    /// Labels that contradict RFC 7515 or one another, and what is right instead.
    static let overrides: [Int64: (accepted: Bool, reason: String)] = [
        346: (false, "the key is for PS256, the token says PS384: one key, one algorithm (RFC 8725 §3.1)"),
        347: (false, "the key says ES521, which is no registered name"),
        350: (false, "the key is for PS256, the token says PS384: one key, one algorithm (RFC 8725 §3.1)"),
        351: (false, "the key says ES521, which is no registered name"),
        367: (true, "byte for byte the token and key of 357, which is labelled valid"),
        370: (true, "byte for byte the token and key of 357, which is labelled valid"),
        372: (false, "a question mark stands in a base64url part (RFC 7515 §2)"),
        373: (false, "a question mark stands in a base64url part (RFC 7515 §2)"),
    ]

    /// The same of key sets.
    static let setOverrides: [Int64: (accepted: Bool, reason: String)] = [
        4: (true, "the second key of that name is no base64url and passed over (RFC 7517 §5): only one is meant")
    ]

    @Test func `every signed token gets the right answer`() throws {
        let tally = try judge("jose/json_web_signature_test.json", overrides: Self.overrides)
        #expect(tally.total == 401)
        #expect(tally.overridden == 8)
        #expect(tally.wrong == [])
    }

    @Test func `every key set gets the right answer`() throws {
        let tally = try judge("jose/json_web_key_test.json", overrides: Self.setOverrides)
        #expect(tally.total == 26)
        #expect(tally.overridden == 1)
        #expect(tally.wrong == [])
    }

    struct Tally {
        var accepted = 0
        var refused = 0
        var unsupported = 0
        var overridden = 0
        var wrong: [Int64] = []
        var total: Int { accepted + refused + unsupported + overridden + wrong.count }
    }

    /// Judges a file: what is valid must be accepted and what is invalid refused. Where a key names what nobody supports,
    /// every token is refused with it.
    private func judge(
        _ path: String, overrides: [Int64: (accepted: Bool, reason: String)]
    ) throws -> Tally {
        var tally = Tally()
        for group in try Vectors.wycheproof(path) {
            let jwk = try #require(group.json["public"] ?? group.json["private"])
            var keys: KeySet?
            var complaint: KeyError.Code?
            do throws(KeyError) {
                keys = try KeySet(try JWKReader.read(JSONWriter.write(jwk)))
            } catch {
                complaint = error.code
            }
            for test in group.cases {
                let token = try #require(test.json["jws"]?.string).bytes
                let accepted = keys.map { Keys.signatureHolds(token, $0) } ?? false
                if let override = overrides[test.id] {
                    #expect(accepted == override.accepted, "\(test.id): \(override.reason)")
                    tally.overridden += 1
                } else if accepted != (test.result == "valid") {
                    tally.wrong.append(test.id)
                } else if complaint == .unsupported {
                    tally.unsupported += 1
                } else if accepted {
                    tally.accepted += 1
                } else {
                    tally.refused += 1
                }
            }
        }
        print(
            "Wycheproof \(path): \(tally.total) cases, \(tally.accepted) accepted, \(tally.refused) refused, "
                + "\(tally.unsupported) refused with an unsupported key, \(tally.overridden) overridden, "
                + "wrong: \(tally.wrong)")
        return tally
    }
}

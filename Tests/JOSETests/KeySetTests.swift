import Codecs
import JOSE
import Testing
import Tokens

@Suite struct KeySetTests {
    private func set(_ keys: [JSONObject]) -> [UInt8] {
        JSONWriter.write(["keys": .array(keys.map { .object($0) })])
    }

    private func complaint(_ jwks: [UInt8]) -> KeyError.Code? {
        Keys.complaint { () throws(KeyError) in _ = try KeySet(jwks: jwks) }
    }

    @Test func `two keys of one name are refused`() throws {
        let one = try SigningKey.generate(.es256, id: "a")
        let two = try SigningKey.generate(.ed25519, id: "a")
        #expect(
            Keys.complaint { () throws(KeyError) in _ = try KeySet([one.verificationKey, two.verificationKey]) } == .set
        )
        let jwks = [try #require(one.verificationKey.publicJWK), try #require(two.verificationKey.publicJWK)]
        #expect(complaint(set(jwks)) == .set)
    }

    @Test func `what is published holds no private member and no secret`() throws {
        let keys = SignatureAlgorithm.allCases.compactMap { Keys.all[$0]?.verificationKey }
        let published = try #require(try KeySet(keys).publicJWKS.object?["keys"]?.array)
        #expect(published.count == SigningKey.supported.count { $0.family != .hmac })
        for key in published {
            let names = Set(key.object?.members.map(\.name) ?? [])
            #expect(names.isDisjoint(with: ["d", "p", "q", "dp", "dq", "qi", "k", "oth", "priv"]))
            #expect(names.isSuperset(of: ["kty", "kid", "alg", "use"]))
        }
        let again = try KeySet(jwks: JSONWriter.write(["keys": .array(published)]))
        #expect(again.publicJWKS.object?["keys"]?.array == published)
        #expect(again.algorithms == SigningKey.supported.filter { $0.family != .hmac })
        #expect(again.descriptions.allSatisfy { !$0.maySign })
    }

    @Test func `a private set is read for its public half alone`() throws {
        let key = try #require(Keys.all[.es256])
        let keys = try KeySet(jwks: set([key.privateJWK]))
        #expect(keys.publicJWKS.object?["keys"]?.array?.first?.object == key.verificationKey.publicJWK)
    }

    @Test func `keys for what is not supported are left out, if any other is there`() throws {
        let good = try #require(Keys.all[.es256]?.verificationKey.publicJWK)
        let foreign: JSONObject = ["kty": "EC", "crv": "P-192", "x": "AA", "y": "AA", "kid": "p192"]
        #expect(try KeySet(jwks: set([foreign, good])).keys.count == 1)
        #expect(complaint(set([foreign])) == .unsupported)
        #expect(complaint(set([])) == nil)
    }

    @Test func `one bad key refuses the set`() throws {
        let good = try #require(Keys.all[.es256]?.verificationKey.publicJWK)
        var bad = good
        bad["kid"] = "bad"
        bad["y"] = good["x"]
        #expect(complaint(set([good, bad])) == .malformed)
        #expect(
            complaint(set([good, ["kty": "oct", "k": .string(ByteString(String(repeating: "A", count: 43)))]])) == .set)
    }

    @Test func `a token without a name is tried against each fitting key`() throws {
        let signers = try (0..<8).map { _ in try SigningKey.generate(.ed25519) }
        var unnamed = signers[5].privateJWK
        unnamed["kid"] = nil
        let token = try TokenSigner(key: try SigningKey(jwk: unnamed)).sign(claims: Keys.claims)
        let keys = signers.map(\.verificationKey) + [try #require(Keys.all[.rs256]).verificationKey]
        #expect(Keys.code(token.utf8, try KeySet(keys)) == nil)
        #expect(Keys.code(token.utf8, try KeySet(keys.filter { $0.id != signers[5].id })) == .signatureMismatch)
        let ninth = try SigningKey.generate(.ed25519).verificationKey
        #expect(Keys.code(token.utf8, try KeySet(keys + [ninth])) == .keyAmbiguous)
        #expect(Keys.code(token.utf8, try KeySet([VerificationKey]())) == .keyUnknown)
    }
}

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

    /// RFC 7517 §4.5: what the keys are for tells them apart; a token that could mean two is refused, and no other.
    @Test func `two keys of one name are told apart by what they are for`() throws {
        let one = try SigningKey.generate(.es256, id: "a")
        let two = try SigningKey.generate(.ed25519, id: "a")
        let twin = try SigningKey.generate(.es256, id: "a")
        let other = try SigningKey.generate(.es256, id: "b")
        func jwk(_ key: SigningKey) throws -> JSONObject { try #require(key.verificationKey.publicJWK) }
        func code(_ key: SigningKey, _ keys: [JSONObject]) throws -> RejectionCode? {
            Keys.code(try TokenSigner(key: key).sign(claims: Keys.claims).utf8, try KeySet(jwks: set(keys)))
        }
        for key in [one, two] { #expect(try code(key, [jwk(one), jwk(two)]) == nil) }
        var encryption = try jwk(twin)
        encryption["use"] = "enc"
        encryption["alg"] = "ECDH-ES"
        #expect(try code(one, [encryption, jwk(one)]) == nil)
        #expect(try code(one, [jwk(one), jwk(one)]) == nil)
        let twins = try [jwk(twin), jwk(one), jwk(two), jwk(other)]
        #expect(try code(one, twins) == .keyAmbiguous)
        #expect(try code(two, twins) == nil)
        #expect(try code(other, twins) == nil)
        #expect(try KeySet(publicJWKS: set(twins)).keys.count == 4)
        #expect(
            Keys.complaint { () throws(KeyError) in _ = try KeySet([one.verificationKey, twin.verificationKey]) }
                == .set
        )
        #expect(try KeySet([one.verificationKey, two.verificationKey]).keys.count == 2)
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

    /// RFC 7517 §5: what is not understood, lacks a member, or has a value out of range is ignored.
    @Test func `a bad key of a published set is passed over, and locks nobody out`() throws {
        let good = try #require(Keys.all[.es256]?.verificationKey.publicJWK)
        let rsa = try #require(Keys.all[.rs256]?.verificationKey.publicJWK)
        func changed(_ jwk: JSONObject, _ changes: [ByteString: JSON?]) -> JSON {
            var jwk = jwk
            jwk["kid"] = "bad"
            for (name, value) in changes { jwk[name] = value }
            return .object(jwk)
        }
        let modulus = try Base64URL.decode(try #require(rsa["n"]?.string).bytes)
        func number(_ bytes: [UInt8]) -> JSON { .string(ByteString(Base64URL.encode(bytes))) }
        let bad: [(JSON, KeyError.Code)] = [
            (.null, .set), (7, .set), (changed(good, ["kty": nil]), .malformed),
            (changed(good, ["y": nil]), .malformed),
            (changed(good, ["y": good["x"]]), .malformed), (changed(rsa, ["n": number([0] + modulus)]), .malformed),
            (changed(rsa, ["n": number(Array(modulus.suffix(128)))]), .weak),
            (changed(good, ["key_ops": ["encrypt"]]), .malformed), (changed(good, ["alg": "RS256"]), .usage),
            (changed(good, ["x5c": ["AAAA"]]), .malformed), (changed(good, ["x5t": "00:11:22"]), .malformed),
            (changed(good, ["kty": "XY"]), .unsupported), (changed(good, ["crv": "P-192"]), .unsupported),
            // Another type's member of this name is no secret.
            (["kty": "XY", "k": "AAAA"], .unsupported),
            // Of two with one name only one is a key.
            (changed(good, ["kid": good["kid"], "crv": "P-192"]), .unsupported),
        ]
        for (index, (jwk, code)) in bad.enumerated() {
            let keys = try KeySet(publicJWKS: JSONWriter.write(["keys": [jwk, .object(good)]]))
            #expect(keys.keys.map(\.id) == [good["kid"]?.string], "\(index)")
            #expect(keys.passedOver.map(\.code) == [code], "\(index)")
            #expect(keys.passedOver.first?.detail.contains("0") == true, "\(index)")
        }
        let all = try KeySet(publicJWKS: JSONWriter.write(["keys": .array(bad.map(\.0) + [.object(good)])]))
        #expect(all.keys.count == 1)
        #expect(all.passedOver.count == bad.count)
        // Keys for encryption are nothing to complain of.
        let encryption = changed(good, ["use": "enc", "alg": "ECDH-ES"])
        #expect(try KeySet(publicJWKS: JSONWriter.write(["keys": [encryption, .object(good)]])).passedOver.isEmpty)
    }

    @Test func `a published set is refused whole for secrets, size, shape, and when nothing is left`() throws {
        let key = try #require(Keys.all[.es256])
        let good = JSON.object(try #require(key.verificationKey.publicJWK))
        func refusal(_ set: JSON) -> KeyError? {
            do throws(KeyError) {
                _ = try KeySet(publicJWKS: JSONWriter.write(set))
                return nil
            } catch {
                return error
            }
        }
        #expect(refusal(["keys": [good]]) == nil)
        #expect(refusal(["keys": [good, .object(key.privateJWK)]])?.code == .set)
        #expect(refusal(["keys": [good, ["kty": "oct"]]])?.code == .set)
        #expect(refusal(["keys": [good, ["kty": "XY", "d": 1]]])?.code == .set)
        #expect(refusal(["keys": .array(Array(repeating: .null, count: 100) + [good])])?.code == .set)
        #expect(refusal(["keys": 1])?.code == .set)
        #expect(refusal(["kty": "EC"])?.code == .malformed)
        let none = refusal(["keys": [["kty": "XY"], ["kty": "EC", "crv": "P-256"], .null]])
        #expect(none?.code == .unsupported)
        for reason in ["XY", "\"x\"", "null"] { #expect(none?.detail.contains(reason) == true, "\(reason)") }
    }

    @Test func `several public keys in PEM make a set, a private one does not`() throws {
        let keys = [SignatureAlgorithm.es256, .ed25519, .rs256].compactMap { Keys.all[$0] }
        let pem = keys.compactMap(\.verificationKey.publicPEM).joined(separator: "and then\n")
        let set = try KeySet(pem: Array(pem.utf8))
        #expect(set.algorithms == keys.map(\.algorithm))
        for key in keys {
            #expect(Keys.code(try TokenSigner(key: key).sign(claims: Keys.claims).utf8, set) == nil)
        }
        let secret = try #require(keys[0].privatePEM)
        #expect(
            Keys.complaint { () throws(KeyError) in _ = try KeySet(pem: Array((pem + secret).utf8)) } == .unsupported)
        #expect(Keys.complaint { () throws(KeyError) in _ = try KeySet(pem: []) } == .unreadable)
        #expect(
            Keys.complaint { () throws(KeyError) in _ = try KeySet(pem: Array(pem.utf8), algorithm: .es256) } == .usage)
    }

    @Test func `a bad key of one's own set is passed over too, and alone it is refused`() throws {
        let good = try #require(Keys.all[.es256]?.verificationKey.publicJWK)
        var bad = good
        bad["kid"] = "bad"
        bad["y"] = good["x"]
        let keys = try KeySet(jwks: set([good, bad]))
        #expect(keys.keys.map(\.id) == [good["kid"]?.string])
        #expect(keys.passedOver.map(\.code) == [.malformed])
        #expect(complaint(JSONWriter.write(.object(bad))) == .malformed)
        #expect(complaint(set([bad])) == .malformed)
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

    /// A number of a public key looks like random bytes; beside that key it is seen to be none.
    @Test(arguments: [SignatureAlgorithm.rs256, .es256, .ed25519]) func `no key is the secret beside itself`(
        algorithm: SignatureAlgorithm
    ) throws {
        let key = try SigningKey.generate(algorithm).verificationKey
        let jwk = try #require(key.publicJWK)
        let number = try Base64URL.decode(try #require((jwk["n"] ?? jwk["x"])?.string).bytes)
        for (secret, code): ([UInt8], KeyError.Code?) in [
            (number, .notSecret), (Base64URL.encodeBytes(number), .notSecret), ([UInt8](1...64), nil),
        ] {
            let shared = try VerificationKey(try DecodedKey(.secret(secret), id: nil, algorithm: .hs256))
            #expect(Keys.complaint { () throws(KeyError) in _ = try KeySet([key, shared]) } == code)
            #expect(Keys.complaint { () throws(KeyError) in _ = try KeySet([shared, key]) } == code)
        }
    }
}

import Codecs
import JOSE
import Testing
import Tokens

/// What is refused, why, and that some reasons are never told.
struct TokenDecrypterTests {
    static let content = Array("Live long and prosper.".utf8)

    private func parts(_ key: DecryptionKey, _ encryption: ContentEncryptionAlgorithm) throws -> [[UInt8]] {
        try TokenEncrypter(key: key.encryptionKey, encryption: encryption, iterations: 1_000).encrypt(Self.content)
            .split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map { Array($0) }
    }

    private func token(_ parts: [[UInt8]]) -> [UInt8] { Array(parts.joined(separator: [UInt8(ascii: ".")])) }

    private func changed(_ part: [UInt8], _ change: (inout [UInt8]) -> Void) throws -> [UInt8] {
        var bytes = try Base64URL.decode(part)
        change(&bytes)
        return Base64URL.encodeBytes(bytes)
    }

    private func withHeader(_ parts: [[UInt8]], _ change: (inout JSONObject) -> Void) throws -> [UInt8] {
        var parts = parts
        var header = try JSONReader.read(try Base64URL.decode(parts[0])).object ?? [:]
        change(&header)
        parts[0] = Base64URL.encodeBytes(JSONWriter.write(.object(header)))
        return token(parts)
    }

    /// J89, J90, J91, J94: after the key is chosen there is one answer, in the same words.
    @Test(arguments: KeyManagementAlgorithm.allCases) func `every failure after the choice of a key sounds the same`(
        algorithm: KeyManagementAlgorithm
    ) throws {
        let key = try EncryptionKeys.key(algorithm)
        var rejections: Set<String> = []
        var count = 0
        for encryption: ContentEncryptionAlgorithm in [.a128CBCHS256, .a256GCM] {
            guard algorithm != .direct || key.summary.encryption == encryption else { continue }
            let good = try parts(key, encryption)
            for part in 1...4 {
                let changes: [(inout [UInt8]) -> Void] = [
                    { if !$0.isEmpty { $0[0] ^= 1 } }, { if !$0.isEmpty { $0[$0.count - 1] ^= 0x80 } },
                    { $0.append(0) }, { $0 = Array($0.dropLast()) }, { $0 = Array($0.prefix(4)) }, { $0 = [] },
                    { $0 += $0 }, { $0 = [UInt8](repeating: 7, count: 64) },
                ]
                for change in changes {
                    var spoiled = good
                    spoiled[part] = try changed(good[part], change)
                    guard spoiled != good else { continue }
                    do throws(TokenRejection) {
                        _ = try TokenDecrypter(keys: [key], policy: EncryptionKeys.policy).decrypt(token(spoiled))
                        Issue.record("part \(part) was changed and nobody noticed")
                    } catch {
                        rejections.insert("\(error.check) \(error)")
                        #expect(error.code == .decryptionFailed)
                        count += 1
                    }
                }
            }
        }
        #expect(rejections.count == 1 || count == 0)
    }

    /// J88.
    @Test func `RSA1_5 is refused by name, whatever the policy`() throws {
        let key = try EncryptionKeys.key(.rsaOAEP)
        let text = try withHeader(try parts(key, .a128GCM)) { $0["alg"] = "RSA1_5" }
        do throws(TokenRejection) {
            _ = try TokenDecrypter(keys: [key], policy: EncryptionKeys.policy).decrypt(text)
            Issue.record("RSA1_5 was accepted")
        } catch {
            #expect(error.code == .algorithmUnsupported && error.detail.contains("RSA1_5"))
        }
    }

    /// J97: what the policy does not list costs no work; the steps end before a key is looked for.
    @Test func `what is not listed is refused before any key is touched`() throws {
        for key in EncryptionKeys.all {
            let good = token(try parts(key, key.summary.encryption ?? .a128GCM))
            var policy = EncryptionKeys.policy
            policy.keyManagement.removeAll { $0 == key.algorithm }
            var steps: [VerificationStep] = []
            let decrypter = TokenDecrypter(keys: [key], policy: policy)
            #expect(throws: TokenRejection.self) { try decrypter.decrypt(good) { steps.append($0) } }
            #expect(steps.map(\.check) == [.form, .header, .algorithm])
            #expect(steps.last?.code == .algorithmNotAllowed)
            policy = EncryptionKeys.policy
            policy.contentEncryption = []
            #expect(EncryptionKeys.code(good, [key], policy: policy) == .encryptionNotAllowed)
        }
    }

    @Test func `a token that is opened tells its steps`() throws {
        let key = try EncryptionKeys.key(.ecdhES)
        var steps: [VerificationStep] = []
        _ = try TokenDecrypter(keys: [key], policy: EncryptionKeys.policy).decrypt(token(try parts(key, .a128GCM))) {
            steps.append($0)
        }
        #expect(steps.map(\.check) == [.form, .header, .algorithm, .critical, .key, .decryption])
        #expect(steps.allSatisfy { $0.outcome == .passed })
    }

    /// J95, J96.
    @Test func `PBES2 is bounded`() throws {
        let key = try EncryptionKeys.key(.pbes2HS256A128KW)
        let good = try parts(key, .a128GCM)
        for count: Int64 in [-1, 0, 1, 999, 1_200_001, 2_147_483_648, .max] {
            #expect(
                EncryptionKeys.code(try withHeader(good) { $0["p2c"] = .number(JSONNumber(count)) }, [key])
                    == .headerParameter)
        }
        for salt: JSON? in ["", "AAAAAAAAAA", nil, 8] {
            #expect(EncryptionKeys.code(try withHeader(good) { $0["p2s"] = salt }, [key]) == .headerParameter)
        }
        var policy = EncryptionKeys.policy
        policy.iterations = 1_001...2_000
        #expect(EncryptionKeys.code(token(good), [key], policy: policy) == .headerParameter)
        // A policy cannot widen the bounds.
        policy.iterations = 1...100_000_000
        #expect(
            EncryptionKeys.code(try withHeader(good) { $0["p2c"] = 900 }, [key], policy: policy) == .headerParameter)
        // Two passwords that may be meant are too much work when each alone is nearly the most.
        let twins = try (0..<2).map { _ in try DecryptionKey(jwk: unnamed(key.privateJWK)) }
        let costly = try withHeader(good) {
            $0["kid"] = nil
            $0["p2c"] = 700_000
        }
        #expect(EncryptionKeys.code(costly, twins) == .keyAmbiguous)
    }

    /// RFC 7517 §4.5: as for signatures.
    @Test func `of two keys of one name none is chosen`() throws {
        let key = try DecryptionKey.generate(.ecdhES, curve: .p256, id: "a")
        let twin = try DecryptionKey.generate(.ecdhES, curve: .p256, id: "a")
        let sister = try DecryptionKey.generate(.rsaOAEP256, id: "a")
        let sealed = token(try parts(key, .a128GCM))
        #expect(EncryptionKeys.code(sealed, [sister, key]) == nil)
        #expect(EncryptionKeys.code(sealed, [twin, sister, key]) == .keyAmbiguous)
    }

    private func unnamed(_ jwk: JSONObject) -> JSONObject {
        var jwk = jwk
        jwk["kid"] = nil
        return jwk
    }

    /// J92, J93.
    @Test func `the sender's half of an agreement must be whole and small`() throws {
        let key = try DecryptionKey.generate(.ecdhES, curve: .x25519)
        let good = try parts(key, .a128GCM)
        let long = JSON.string(ByteString(Base64URL.encode([UInt8](repeating: 1, count: 1_025))))
        let changes: [(inout JSONObject) -> Void] = [
            { $0["epk"] = nil }, { $0["epk"] = "x" }, { $0["epk"] = [:] }, { $0["apu"] = long }, { $0["apv"] = long },
            { $0["apu"] = "!" }, { $0["epk"] = ["kty": "OKP", "crv": "X448", "x": "AA"] },
            { $0["epk"] = ["kty": "OKP", "crv": "X25519", "x": "AA"] },
            {
                $0["epk"] = [
                    "kty": "EC", "crv": "X25519",
                    "x": .string(ByteString(Base64URL.encode([UInt8](repeating: 9, count: 32)))),
                ]
            },
        ]
        for change in changes { #expect(EncryptionKeys.code(try withHeader(good, change), [key]) == .headerParameter) }
        // Of small order: the secret would be known to all.
        let zero = JSON.string(ByteString(Base64URL.encode([UInt8](repeating: 0, count: 32))))
        let small = try withHeader(good) { $0["epk"] = ["kty": "OKP", "crv": "X25519", "x": zero] }
        #expect(EncryptionKeys.code(small, [key]) == .decryptionFailed)
        // Off the curve, and on another one.
        let p256 = try DecryptionKey.generate(.ecdhES, curve: .p256)
        let other = try parts(p256, .a128GCM)
        let off = try withHeader(other) { $0["epk"] = ["kty": "EC", "crv": "P-256", "x": zero, "y": zero] }
        #expect(EncryptionKeys.code(off, [p256]) == .decryptionFailed)
        #expect(EncryptionKeys.code(try withHeader(other) { $0["kid"] = nil }, [key]) == .keyAlgorithmMismatch)
    }

    /// J37, J98.
    @Test func `compressed content is refused unless the policy accepts it`() throws {
        let key = try EncryptionKeys.key(.a128KW)
        let good = try parts(key, .a128GCM)
        var policy = EncryptionKeys.policy
        policy.acceptsCompression = false
        #expect(
            EncryptionKeys.code(try withHeader(good) { $0["zip"] = "DEF" }, [key], policy: policy)
                == .compressionNotAllowed)
        for zip: JSON in ["GZIP", 1, "def"] {
            #expect(EncryptionKeys.code(try withHeader(good) { $0["zip"] = zip }, [key]) == .compressionNotAllowed)
        }
        let encrypter = try TokenEncrypter(key: key.encryptionKey, encryption: .a128GCM)
        #expect(throws: EncryptionError.self) { try encrypter.encryptJSON(Self.content, unprotected: ["zip": "DEF"]) }
        let json = try encrypter.encryptJSON(Self.content, unprotected: ["a": 1])
        var object = try #require(json.object)
        object["unprotected"] = ["zip": "DEF"]
        #expect(EncryptionKeys.code(JSONWriter.write(.object(object)), [key], isJSON: true) == .headerParameter)
    }

    @Test func `crit is refused, well-formed or not`() throws {
        let key = try EncryptionKeys.key(.a128KW)
        let good = try parts(key, .a128GCM)
        let rows: [(JSON, RejectionCode)] = [
            (["exp"], .criticalUnknown), ([], .criticalInvalid), ("exp", .criticalInvalid),
            (["exp", "exp"], .criticalInvalid),
            (["enc"], .criticalInvalid), (["other"], .criticalInvalid), ([1], .criticalInvalid),
        ]
        for (crit, code) in rows {
            let text = try withHeader(good) {
                $0["crit"] = crit
                $0["exp"] = 1
            }
            #expect(EncryptionKeys.code(text, [key]) == code)
        }
    }

    /// RFC 7516 §7.2.1: the member must be there, and empty content has an empty ciphertext under GCM.
    @Test func `empty content is opened in every form`() throws {
        let key = try EncryptionKeys.key(.a128KW)
        for encryption: ContentEncryptionAlgorithm in [.a128GCM, .a128CBCHS256] {
            let encrypter = try TokenEncrypter(key: key.encryptionKey, encryption: encryption)
            let decrypter = TokenDecrypter(keys: [key], policy: EncryptionKeys.policy)
            #expect(try decrypter.decrypt(Array(encrypter.encrypt([]))).bytes == [])
            let json = try #require(try encrypter.encryptJSON([], unprotected: ["a": 1]).object)
            #expect(json["ciphertext"]?.string?.isEmpty == (encryption == .a128GCM))
            #expect(try decrypter.decrypt(json: JSONWriter.write(.object(json))).bytes == [])
            for name: ByteString in ["iv", "tag"] {
                var empty = json
                empty[name] = ""
                #expect(
                    EncryptionKeys.code(JSONWriter.write(.object(empty)), [key], isJSON: true) == .tokenJSONInvalid)
            }
        }
    }

    /// J38, J39, J40, J100.
    @Test func `the JSON forms are read strictly, and never where a compact token belongs`() throws {
        let key = try EncryptionKeys.key(.a128KW)
        let encrypter = try TokenEncrypter(key: key.encryptionKey, encryption: .a128GCM)
        let json = try #require(try encrypter.encryptJSON(Self.content, unprotected: ["a": 1]).object)
        let good = JSONWriter.write(.object(json))
        #expect(EncryptionKeys.code(good, [key], isJSON: true) == nil)
        #expect(EncryptionKeys.code(good, [key]) == .tokenNotCompact)
        #expect(EncryptionKeys.code(try encrypter.encrypt(Self.content), [key], isJSON: true) == .tokenJSONInvalid)
        let twice = Array(#"{"iv":"AA","#.utf8) + good.dropFirst()
        #expect(EncryptionKeys.code(twice, [key], isJSON: true) == .tokenJSONInvalid)
        let recipient = JSON.object(["encrypted_key": json["encrypted_key"] ?? .null])
        let rows: [([ByteString: JSON], RejectionCode)] = [
            (["unprotected": ["enc": "A128GCM"]], .headerParameter), (["header": ["alg": "A128KW"]], .headerParameter),
            (["unprotected": ["crit": ["a"], "a": 1]], .criticalInvalid), (["header": ["a": 2]], .headerParameter),
            (["unprotected": 1], .tokenJSONInvalid), (["protected": ""], .tokenJSONInvalid),
            (["iv": ""], .tokenJSONInvalid),
            (["aad": ""], .tokenJSONInvalid), (["payload": "AA"], .tokenJSONInvalid),
            (["signatures": []], .tokenJSONInvalid),
            (["recipients": [recipient]], .tokenJSONInvalid), (["tag": "AA"], .decryptionFailed),
            (["aad": "AA"], .decryptionFailed), (["ciphertext": "!"], .tokenJSONInvalid),
            (["protected": "e30"], .headerParameter), (["protected": "W10"], .headerNotObject),
            (["protected": "e"], .headerEncoding), (["protected": "AAAA"], .headerJSON),
        ]
        for (changes, code) in rows {
            var spoiled = json
            for (name, value) in changes { spoiled[name] = value }
            #expect(EncryptionKeys.code(JSONWriter.write(.object(spoiled)), [key], isJSON: true) == code, "\(changes)")
        }
        // A name that differs by case is another name, and unknown.
        var cased = json
        cased["unprotected"] = ["ALG": "none", "a": 1]
        #expect(EncryptionKeys.code(JSONWriter.write(.object(cased)), [key], isJSON: true) == nil)
    }

    /// J100.
    @Test func `recipients are counted before they are read`() throws {
        let key = try EncryptionKeys.key(.a128KW)
        let other = try DecryptionKey.generate(.a128KW)
        let encrypter = try TokenEncrypter(
            recipients: [key.encryptionKey, other.encryptionKey], encryption: .a128GCM)
        var json = try #require(try encrypter.encryptJSON(Self.content).object)
        let pair = try #require(json["recipients"]?.array)
        for (count, code) in [(15, nil), (16, RejectionCode.tokenJSONInvalid), (2_000, .tokenTooLarge)] {
            json["recipients"] = .array([JSON](repeating: pair[1], count: count) + [pair[0]])
            #expect(EncryptionKeys.code(JSONWriter.write(.object(json)), [key], isJSON: true) == code)
        }
        for recipients: JSON in [[], [1], 1, [[:]]] {
            json["recipients"] = recipients
            let code = EncryptionKeys.code(JSONWriter.write(.object(json)), [key], isJSON: true)
            #expect(code == .tokenJSONInvalid || code == .headerParameter)
        }
    }

    /// J41, J99.
    @Test func `texts that are no encrypted token`() throws {
        let key = try EncryptionKeys.key(.a128KW)
        let good = try parts(key, .a128GCM)
        #expect(EncryptionKeys.code([], [key]) == .tokenEmpty)
        #expect(EncryptionKeys.code("a.b.c".utf8, [key]) == .tokenNotEncrypted)
        #expect(EncryptionKeys.code("a.b.c.d".utf8, [key]) == .tokenNotCompact)
        #expect(EncryptionKeys.code([UInt8](repeating: UInt8(ascii: "."), count: 60_000), [key]) == .tokenNotCompact)
        #expect(EncryptionKeys.code([UInt8](repeating: 0x61, count: 70_000), [key]) == .tokenTooLarge)
        #expect(EncryptionKeys.code("....".utf8, [key]) == .headerJSON)
        #expect(EncryptionKeys.code(token(good) + [0x3D], [key]) == .tokenNotCompact)
        for name: ByteString in ["alg", "enc"] {
            #expect(EncryptionKeys.code(try withHeader(good) { $0[name] = nil }, [key]) == .headerParameter)
            #expect(EncryptionKeys.code(try withHeader(good) { $0[name] = 1 }, [key]) == .headerParameter)
        }
        #expect(EncryptionKeys.code(try withHeader(good) { $0["enc"] = "A128CBC" }, [key]) == .encryptionUnsupported)
        #expect(EncryptionKeys.code(try withHeader(good) { $0["alg"] = "none" }, [key]) == .algorithmUnsupported)
        #expect(EncryptionKeys.code(try withHeader(good) { $0["kid"] = "other" }, [key]) == .keyUnknown)
        #expect(EncryptionKeys.code(try withHeader(good) { $0["kid"] = "a\u{0}" }, [key]) == .headerParameter)
        #expect(EncryptionKeys.code(try withHeader(good) { $0["alg"] = "A192KW" }, [key]) == .keyAlgorithmMismatch)
        #expect(EncryptionKeys.code(token(good), []) == .keyUnknown)
        // A header that is changed in any way is noticed, though nothing that was read of it changed.
        #expect(EncryptionKeys.code(try withHeader(good) { $0["a"] = 1 }, [key]) == .decryptionFailed)
    }

    /// A128GCMKW and A128KW have keys of one length; a key is for one of them.
    @Test func `one key, one algorithm`() throws {
        let key = try EncryptionKeys.key(.a128GCMKW)
        #expect(
            Keys.complaint { () throws(KeyError) in
                _ = try DecryptionKey(jwk: key.privateJWK, algorithm: .a128KW)
            } == .usage)
        let secret: JSON = .string(ByteString(Base64URL.encode([UInt8](1...32))))
        let refused: [(JSONObject, KeyError.Code)] = [
            (["kty": "oct", "k": secret], .usage), (["kty": "oct", "k": secret, "alg": "HS256"], .usage),
            (["kty": "oct", "k": secret, "alg": "A256KW", "use": "sig"], .usage),
            (["kty": "oct", "k": secret, "alg": "A256KW", "key_ops": ["sign"]], .usage),
            (["kty": "oct", "k": secret, "alg": "RSA1_5"], .unsupported),
        ]
        for (jwk, code) in refused {
            #expect(Keys.complaint { () throws(KeyError) in _ = try DecryptionKey(jwk: jwk) } == code, "\(jwk)")
        }
        let wrapOnly: JSONObject = ["kty": "oct", "k": secret, "alg": "A256KW", "key_ops": ["wrapKey"]]
        #expect(Keys.complaint { () throws(KeyError) in _ = try DecryptionKey(jwk: wrapOnly) } == .usage)
        #expect(Keys.complaint { () throws(KeyError) in _ = try EncryptionKey(jwk: wrapOnly) } == nil)
        // A key for A256GCM does nothing else, though A128CBC-HS256 has keys of its length.
        let gcm = try DecryptionKey(jwk: ["kty": "oct", "k": secret, "alg": "A256GCM"])
        let open = try DecryptionKey(jwk: ["kty": "oct", "k": secret], algorithm: .direct)
        let text = token(try parts(open, .a128CBCHS256))
        #expect(EncryptionKeys.code(text, [gcm]) == .keyAlgorithmMismatch)
        #expect(EncryptionKeys.code(text, [open]) == nil)
    }

    /// RFC 7516 appendix A.3, A.4 and A.5.
    @Test func `worked examples`() throws {
        let key = try DecryptionKey(jwk: ["kty": "oct", "k": "GawgguFyGrWKav7AX4VKUg", "alg": "A128KW"])
        let decrypter = TokenDecrypter(keys: [key], policy: EncryptionKeys.policy)
        let compact =
            "eyJhbGciOiJBMTI4S1ciLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0."
            + "6KB707dM9YTIgHtLvtgWQ8mKwboJW3of9locizkDTHzBC2IlrT1oOQ.AxY8DCtDaGlsbGljb3RoZQ."
            + "KDlTtXchhZTGufMYmOYGS4HffxPSUrfmqCHXaI9wOGY.U0m_YmjN04DJvceFICbCVQ"
        #expect(try decrypter.decrypt(Array(compact.utf8)).bytes == Self.content)
        let shared =
            #""protected":"eyJlbmMiOiJBMTI4Q0JDLUhTMjU2In0","unprotected":{"jku":"https://server.example.com/keys.jwks"},"#
            + #""iv":"AxY8DCtDaGlsbGljb3RoZQ","ciphertext":"KDlTtXchhZTGufMYmOYGS4HffxPSUrfmqCHXaI9wOGY","tag":"Mz-VPPyU4RlcuYv1IwIvzw""#
        let own =
            #""header":{"alg":"A128KW","kid":"7"},"encrypted_key":"6KB707dM9YTIgHtLvtgWQ8mKwboJW3of9locizkDTHzBC2IlrT1oOQ""#
        let flattened = "{\(shared),\(own)}"
        let general =
            "{\(shared),\"recipients\":[{\"header\":{\"alg\":\"RSA1_5\",\"kid\":\"2011-04-29\"},\"encrypted_key\":\"AAAA\"},{\(own)}]}"
        for text in [flattened, general] {
            #expect(try decrypter.decrypt(json: Array(text.utf8)).bytes == Self.content)
        }
    }
}

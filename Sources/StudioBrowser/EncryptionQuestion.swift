import Codecs
import Tokens

/// A compact encrypted token made in the page (RFC 7516 §5.1): the steps for WebCrypto, and in the end the token. Nothing is
/// ever compressed (RFC 8725 §3.6).
///
/// {key, what: "token" | "claims" | "text", content, algorithm, encryption, iterations?, random, done, results} → {problem}, or {run, want,
/// done, aes192?}: to be run, and asked again with what `want` names in `results`; or {token}. `random` is base64url for
/// `randomLength` bytes of the browser's generator, the same each time.
struct EncryptionQuestion {
    /// How much chance one token needs: content key, vector, salt, vector of the wrapping.
    static let randomLength = 108

    private let key: EncryptionKeys.Key
    private let algorithm: KeyManagementAlgorithm
    private let encryption: ContentEncryptionAlgorithm
    private let content: [UInt8]
    private let extra: JSONObject
    /// `p2c` of PBES2.
    private let iterations: Int
    private let random: [UInt8]
    private let results: JSONObject

    private struct Problem: Error {
        let text: String
    }

    /// What came of it.
    static func answer(_ question: JSONObject) throws(QuestionDefect) -> JSON {
        guard let random = question["random"]?.string, let chance = try? Base64URL.decode(random.bytes),
            chance.count == randomLength
        else { throw QuestionDefect(member: "random") }
        guard let algorithm = question["algorithm"]?.string.flatMap({ KeyManagementAlgorithm(name: $0) }) else {
            throw QuestionDefect(member: "algorithm")
        }
        guard let encryption = question["encryption"]?.string.flatMap({ ContentEncryptionAlgorithm(name: $0) }) else {
            throw QuestionDefect(member: "encryption")
        }
        guard let box = question["key"]?.object, let text = box["text"]?.string, let form = box["form"]?.string else {
            throw QuestionDefect(member: "key")
        }
        guard let what = question["what"]?.string, let content = question["content"]?.string else {
            throw QuestionDefect(member: "what")
        }
        let keys = EncryptionKeys(text.bytes, form: form, for: [algorithm], encryption: encryption)
        let iterations = question["iterations"]?.int64 ?? Int64(KeyManagementParameters.defaultIterations)
        let asked: EncryptionQuestion
        do throws(Problem) {
            let (bytes, extra) = try Self.content(what, content.bytes)
            let bounds = DecryptionPolicy.iterationBounds
            guard iterations >= Int64(bounds.lowerBound), iterations <= Int64(bounds.upperBound) else {
                throw Problem(
                    text: "PBES2 takes \(bounds.lowerBound) to \(bounds.upperBound) iterations, not \(iterations).")
            }
            asked = EncryptionQuestion(
                key: try Self.key(keys, algorithm, encryption), algorithm: algorithm, encryption: encryption,
                content: bytes, extra: extra, iterations: Int(iterations), random: chance,
                results: question["results"]?.object ?? JSONObject())
        } catch {
            return ["problem": .text(error.text)]
        }
        switch question["done"]?.int64 {
        case 0: return try asked.wrapped()
        case 1: return try asked.sealed()
        case 2: return try asked.finished()
        default: throw QuestionDefect(member: "done")
        }
    }

    private static func content(_ what: ByteString, _ text: [UInt8]) throws(Problem) -> ([UInt8], JSONObject) {
        switch what {
        case "token":
            guard (try? EncodedToken(text)) != nil else {
                throw Problem(text: "In the token box is no signed token of three parts.")
            }
            return (text, ["cty": "JWT"])
        case "claims":
            let json: JSON
            do throws(JSONError) {
                json = try JSONReader.read(text, depth: DecodedToken.claimsDepth)
            } catch {
                throw Problem(text: "The claims are not JSON: \(error.description).")
            }
            guard json.object != nil else { throw Problem(text: "The claims are \(json.kind), not an object.") }
            return (JSONWriter.write(json), ["typ": "JWT"])
        default: return (text, JSONObject())
        }
    }

    private static func key(
        _ keys: EncryptionKeys, _ algorithm: KeyManagementAlgorithm, _ encryption: ContentEncryptionAlgorithm
    ) throws(Problem) -> EncryptionKeys.Key {
        guard !keys.isEmpty else { throw Problem(text: "There is no key to encrypt with.") }
        if let problem = keys.problem { throw Problem(text: Readable.sentence(problem.detail)) }
        let fitting = keys.keys.filter { $0.binding.algorithm == algorithm }
        guard let first = keys.keys.first, !fitting.isEmpty else {
            throw Problem(text: "No key is for \(algorithm.rawValue).")
        }
        guard let key = fitting.first(where: { $0.mayEncrypt(encryption) }) else {
            throw Problem(
                text: first.binding.material.publicForm == nil
                    ? "This text holds only the private half of the key. Encrypting needs the public one."
                    : "The key's own \"use\", \"key_ops\" or \"alg\" do not let it encrypt with \(encryption.rawValue)."
            )
        }
        return key
    }

    // Chance

    private var freshKey: [UInt8] { Array(random[0..<encryption.keyLength]) }
    private var vector: [UInt8] { Array(random[64..<(64 + encryption.vectorLength)]) }
    private var salt: [UInt8] { Array(random[80..<96]) }
    private var wrappingVector: [UInt8] { Array(random[96..<108]) }

    // First: the content key for the recipient

    private func wrapped() throws(QuestionDefect) -> JSON {
        var steps = PrimitiveSteps()
        var want: [JSON] = []
        let fresh = PrimitiveSteps.Value.bytes(freshKey)
        switch key.binding.material {
        case .rsa:
            guard let form = key.binding.material.publicForm else { throw QuestionDefect(member: "key") }
            steps.encryptRSA(fresh, with: form, hash: algorithm == .rsaOAEP ? "SHA-1" : "SHA-256", as: "key")
            want = ["key"]
        case .secret(let secret):
            switch algorithm {
            case .direct: break
            case .a128GCMKW, .a192GCMKW, .a256GCMKW:
                steps.usesAES(secret.count)
                steps.sealGCM(
                    fresh, with: .bytes(secret), vector: wrappingVector, authenticating: [], as: "key")
                want = ["key"]
            case .pbes2HS256A128KW, .pbes2HS384A192KW, .pbes2HS512A256KW:
                let stretched = steps.stretch(
                    secret, algorithm, salt: salt, iterations: iterations)
                steps.wrap(fresh, with: stretched, as: "key")
                want = ["key"]
            default:
                steps.usesAES(secret.count)
                steps.wrap(fresh, with: .bytes(secret), as: "key")
                want = ["key"]
            }
        default:
            guard let curve = key.binding.curve, let form = key.binding.material.publicForm else {
                throw QuestionDefect(member: "key")
            }
            steps.makePair(curve, as: "pair")
            steps.agree(own: nil, pair: "pair", other: form, curve: curve, as: "secret")
            let agreed = steps.derive(
                from: .result("secret"), algorithm, encryption, partyUInfo: [], partyVInfo: [])
            want = ["pair"]
            if algorithm == .ecdhES {
                steps.join(agreed, as: "agreed")
            } else {
                steps.usesAES(algorithm.agreedKey(encryption).length)
                steps.wrap(fresh, with: agreed, as: "key")
                want.append("key")
            }
        }
        // Said before anything is done.
        steps.usesAES(encryption.isCBC ? encryption.keyLength / 2 : encryption.keyLength)
        return run(steps, want: want, done: 1)
    }

    private func run(_ steps: PrimitiveSteps, want: [JSON], done: Int64) -> JSON {
        var json: JSONObject = [
            "run": .array(steps.json), "want": .array(want), "done": .number(JSONNumber(done)),
        ]
        if steps.needsAES192 { json["aes192"] = true }
        return .object(json)
    }

    // Then: the header, and the content under it

    private func result(_ name: ByteString) throws(QuestionDefect) -> [UInt8] {
        guard let text = results[name]?.string, let bytes = try? Base64URL.decode(text.bytes) else {
            throw QuestionDefect(member: "results")
        }
        return bytes
    }

    private func header() throws(QuestionDefect) -> [UInt8] {
        var header: JSONObject = ["alg": .text(algorithm.rawValue), "enc": .text(encryption.rawValue)]
        if let id = key.description.id { header["kid"] = .string(id) }
        for member in extra.members { header[member.name] = member.value }
        switch algorithm {
        case .a128GCMKW, .a192GCMKW, .a256GCMKW:
            header["iv"] = .encoded(wrappingVector)
            header["tag"] = .encoded(Array(try result("key").suffix(16)))
        case .pbes2HS256A128KW, .pbes2HS384A192KW, .pbes2HS512A256KW:
            header["p2s"] = .encoded(salt)
            header["p2c"] = .number(JSONNumber(Int64(iterations)))
        default: break
        }
        if algorithm.isAgreement, let curve = key.binding.curve {
            // The NIST curves' points begin with 0x04 (SEC 1 §2.3.3).
            let pair = try result("pair")
            let point = curve == .x25519 ? pair : Array(pair.dropFirst())
            header["epk"] = .object(EphemeralPublicKey(curve: curve, point: point).jwk)
        }
        return Base64URL.encodeBytes(JSONWriter.write(.object(header)))
    }

    private func sealed() throws(QuestionDefect) -> JSON {
        let protected = try header()
        var steps = PrimitiveSteps()
        var key = PrimitiveSteps.Value.bytes(freshKey)
        if algorithm == .ecdhES { key = .result("agreed") }
        if algorithm == .direct, case .secret(let secret) = self.key.binding.material { key = .bytes(secret) }
        guard encryption.isCBC else {
            steps.sealGCM(.bytes(content), with: key, vector: vector, authenticating: protected, as: "sealed")
            return run(steps, want: ["sealed"], done: 2)
        }
        let halves = steps.halves(of: key, encryption.keyLength / 2)
        steps.sealCBC(.bytes(content), with: halves.cipher, vector: vector, as: "ciphertext")
        let tag = steps.tag(
            encryption, key: halves.mac, authenticating: protected, vector: vector, ciphertext: .result("ciphertext"))
        steps.join(.joined([.result("ciphertext"), tag]), as: "sealed")
        return run(steps, want: ["sealed"], done: 2)
    }

    // Last: the five parts

    private func finished() throws(QuestionDefect) -> JSON {
        let sealed = try result("sealed")
        let tagLength = encryption.isCBC ? encryption.keyLength / 2 : 16
        var encryptedKey: [UInt8] = []
        if algorithm != .direct, algorithm != .ecdhES {
            encryptedKey = try result("key")
            // The tag of A*GCMKW stands in the header.
            if header(hasTagOf: algorithm) { encryptedKey = Array(encryptedKey.dropLast(16)) }
        }
        var token = try header()
        for part in [encryptedKey, vector, Array(sealed.dropLast(tagLength)), Array(sealed.suffix(tagLength))] {
            token.append(UInt8(ascii: "."))
            token += Base64URL.encodeBytes(part)
        }
        return ["token": .string(ByteString(utf8: token))]
    }

    private func header(hasTagOf algorithm: KeyManagementAlgorithm) -> Bool {
        switch algorithm {
        case .a128GCMKW, .a192GCMKW, .a256GCMKW: true
        default: false
        }
    }

    // Choices

    /// {key} → {algorithms: [{name, encryptions}], preferred: name?, problem?}: what the key in the box can encrypt with.
    static func choices(_ question: JSONObject) throws(QuestionDefect) -> JSON {
        guard let box = question["key"]?.object, let text = box["text"]?.string, let form = box["form"]?.string else {
            throw QuestionDefect(member: "key")
        }
        var choices: [JSON] = []
        var problem: KeyError?
        for algorithm in KeyManagementAlgorithm.allCases {
            var fitting: [JSON] = []
            // Only with dir the key decides about the content.
            let tried = algorithm == .direct ? ContentEncryptionAlgorithm.allCases.map { $0 } : [.a256GCM]
            for encryption in tried {
                let keys = EncryptionKeys(text.bytes, form: form, for: [algorithm], encryption: encryption)
                guard !keys.isEmpty else { return ["algorithms": []] }
                problem = problem ?? keys.problem
                if keys.keys.contains(where: { $0.binding.algorithm == algorithm && $0.mayEncrypt(encryption) }) {
                    fitting.append(.text(encryption.rawValue))
                }
            }
            guard !fitting.isEmpty else { continue }
            if algorithm != .direct { fitting = ContentEncryptionAlgorithm.allCases.map { .text($0.rawValue) } }
            choices.append(["name": .text(algorithm.rawValue), "encryptions": .array(fitting)])
        }
        var answer: JSONObject = ["algorithms": .array(choices)]
        if choices.isEmpty, let problem { answer["problem"] = .text(Readable.sentence(problem.detail)) }
        return .object(answer)
    }
}

extension EncryptionKeys.Key {
    /// Whether its public half is here, and its own members let it encrypt content in this way.
    func mayEncrypt(_ encryption: ContentEncryptionAlgorithm) -> Bool {
        guard binding.material.publicForm != nil, binding.allows(.encrypt, description) else { return false }
        guard binding.algorithm == .direct else { return true }
        return binding.secretLength == encryption.keyLength
            && (binding.encryption == nil || binding.encryption == encryption)
    }
}

public import Codecs

/// Reads JSON Web Keys and JWK sets (RFC 7517, RFC 7518 §6, RFC 8037 §2) strictly.
public enum JWKReader {
    /// The most keys in one set.
    public static let maximumKeys = 100
    /// The largest set, in bytes.
    public static let maximumSetSize = 524_288

    /// The keys of a JWK set or of a single JWK. Members of a set whose type or algorithm is unknown are described but
    /// carry no material (RFC 7517 §5); a malformed key, a repeated `kid`, or secrets beside public keys refuse the set.
    /// - Parameter algorithm: what keys are for that do not say so themselves.
    public static func read(_ text: [UInt8], algorithm: SignatureAlgorithm? = nil) throws(KeyError) -> [DecodedKey] {
        guard text.count <= maximumSetSize else {
            throw KeyError(.set, "the key set has \(text.count) bytes; the most that is read is \(maximumSetSize)")
        }
        let json: JSON
        do throws(JSONError) {
            json = try JSONReader.read(text, depth: DecodedToken.headerDepth)
        } catch {
            throw KeyError(.unreadable, "the key is not JSON: \(error.description)")
        }
        guard let object = json.object else {
            throw KeyError(.unreadable, "a JWK is an object; this is \(json.kind)")
        }
        guard let keys = object["keys"] else { return [try key(object, algorithm: algorithm)] }
        guard let elements = keys.array else {
            throw KeyError(.set, "\"keys\" must be an array and is \(keys.kind)")
        }
        return try set(elements, algorithm: algorithm)
    }

    private static func set(_ elements: [JSON], algorithm: SignatureAlgorithm?) throws(KeyError) -> [DecodedKey] {
        guard elements.count <= maximumKeys else {
            throw KeyError(.set, "the set has \(elements.count) keys; the most that is read is \(maximumKeys)")
        }
        var keys: [DecodedKey] = []
        var ids: Set<ByteString> = []
        var secrets = 0
        for (index, element) in elements.enumerated() {
            guard let object = element.object else {
                throw KeyError(.set, "element \(index) of \"keys\" is \(element.kind), not an object")
            }
            let key: DecodedKey
            do throws(KeyError) {
                key = try self.key(object, algorithm: algorithm)
            } catch {
                throw KeyError(error.code, "key \(index) of the set: \(error.detail)")
            }
            if let id = key.description.id, !ids.insert(id).inserted {
                throw KeyError(.set, "two keys of the set have the same \"kid\"")
            }
            if case .secret = key.material { secrets += 1 }
            keys.append(key)
        }
        guard secrets == 0 || secrets == keys.count else {
            throw KeyError(.set, "the set mixes shared secrets with public keys; keep them apart")
        }
        return keys
    }

    /// One key.
    public static func key(_ jwk: JSONObject, algorithm: SignatureAlgorithm? = nil) throws(KeyError) -> DecodedKey {
        let reader = JWKMembers(jwk)
        guard let type = try reader.text("kty") else { throw KeyError(.malformed, "the key has no \"kty\"") }
        let id = try reader.text("kid")
        let stated = try reader.text("alg")
        let material: KeyMaterial?
        let natural: SignatureAlgorithm?
        switch type {
        case "oct":
            material = .secret(try reader.bytes("k"))
            natural = algorithm ?? .hs256
        case "RSA":
            material = try reader.rsa()
            natural = algorithm ?? .rs256
        case "EC":
            guard try reader.text("crv") == "P-256" else { return try reader.unsupported(id) }
            material = try reader.p256()
            natural = .es256
        case "OKP":
            guard try reader.text("crv") == "Ed25519" else { return try reader.unsupported(id) }
            material = try reader.ed25519()
            natural = .ed25519
        default: return try reader.unsupported(id)
        }
        var bound = natural
        if let stated {
            // EdDSA is the name that RFC 8037 gave before RFC 9864 told the two curves apart.
            bound = stated == "EdDSA" ? .ed25519 : SignatureAlgorithm(name: stated)
        }
        guard let material, let bound else { return try reader.unsupported(id) }
        return try DecodedKey(
            material, id: id, algorithm: bound, mayVerify: try reader.allows("verify"),
            maySign: try reader.allows("sign"))
    }
}

extension DecodedKey {
    /// A key bound to its one algorithm; refuses a key that is too weak or of another kind than the algorithm wants.
    public init(
        _ material: KeyMaterial, id: ByteString?, algorithm: SignatureAlgorithm, mayVerify: Bool = true,
        maySign: Bool = true
    ) throws(KeyError) {
        let summary: String
        var signatureLength = algorithm.signatureLength
        let isPrivate: Bool
        switch (material, algorithm) {
        case (.secret(let secret), _) where algorithm.family == .hmac:
            try KeyStrength.check(secret: secret)
            summary = "shared secret of \(secret.count * 8) bits"
            isPrivate = true
        case (.rsa(let modulus, let exponent, let privatePart), _)
        where algorithm.family == .rsaPKCS1 || algorithm.family == .rsaPSS:
            try KeyStrength.check(modulus: modulus, exponent: exponent)
            isPrivate = privatePart != nil
            signatureLength = modulus.count
            summary = "RSA \(KeyStrength.bits(modulus))-bit key"
        case (.elliptic(let curve, _, _, let scalar), _) where curve.signatureAlgorithm == algorithm:
            isPrivate = scalar != nil
            summary = "\(curve.rawValue) key"
        case (.octetPair(let curve, _, let seed), _) where curve.signatureAlgorithm == algorithm:
            isPrivate = seed != nil
            summary = "\(curve.rawValue) key"
        case (.mlDSA(let parameters, _, let seed), _) where parameters.signatureAlgorithm == algorithm:
            isPrivate = seed != nil
            summary = "\(parameters.rawValue) key"
        default:
            throw KeyError(.usage, "a key of this kind cannot be used with \(algorithm.rawValue)")
        }
        self.init(
            description: KeyDescription(
                id: id, algorithm: algorithm, mayVerify: mayVerify, maySign: maySign && isPrivate,
                signatureLength: signatureLength, isPrivate: isPrivate, summary: summary),
            material: material)
    }
}

/// Reads the members of one JWK by type.
private struct JWKMembers {
    let jwk: JSONObject

    init(_ jwk: JSONObject) { self.jwk = jwk }

    func text(_ name: ByteString) throws(KeyError) -> ByteString? {
        guard let value = jwk[name] else { return nil }
        guard let text = value.string else {
            throw KeyError(.malformed, "\"\(name.text)\" must be a string and is \(value.kind)")
        }
        return text
    }

    func optionalBytes(_ name: ByteString) throws(KeyError) -> [UInt8]? {
        guard let text = try text(name) else { return nil }
        do throws(Base64Error) {
            return try Base64URL.decode(text.bytes)
        } catch {
            throw KeyError(.malformed, "\"\(name.text)\" is not base64url")
        }
    }

    func bytes(_ name: ByteString, count: Int? = nil) throws(KeyError) -> [UInt8] {
        guard let bytes = try optionalBytes(name), !bytes.isEmpty else {
            throw KeyError(.malformed, "the key has no \"\(name.text)\"")
        }
        if let count, bytes.count != count {
            throw KeyError(.malformed, "\"\(name.text)\" must be \(count) bytes and has \(bytes.count)")
        }
        return bytes
    }

    /// `n` and `e` of RFC 7518 §6.3 carry no leading zero bytes.
    func magnitude(_ name: ByteString) throws(KeyError) -> [UInt8] {
        let bytes = try bytes(name)
        guard bytes.first != 0 else { throw KeyError(.malformed, "\"\(name.text)\" starts with a zero byte") }
        return bytes
    }

    func rsa() throws(KeyError) -> KeyMaterial {
        var privatePart: RSAPrivatePart?
        if jwk["d"] != nil {
            privatePart = RSAPrivatePart(
                exponent: try bytes("d"), prime1: try bytes("p"), prime2: try bytes("q"))
        }
        return .rsa(modulus: try magnitude("n"), exponent: try magnitude("e"), privatePart: privatePart)
    }

    func p256() throws(KeyError) -> KeyMaterial {
        .elliptic(
            .p256, x: try bytes("x", count: 32), y: try bytes("y", count: 32),
            scalar: jwk["d"] == nil ? nil : try bytes("d", count: 32))
    }

    func ed25519() throws(KeyError) -> KeyMaterial {
        .octetPair(
            .ed25519, publicKey: try bytes("x", count: 32),
            privateKey: jwk["d"] == nil ? nil : try bytes("d", count: 32))
    }

    /// Whether `use` and `key_ops` allow this; absent members allow everything (RFC 7517 §4.2, §4.3).
    func allows(_ operation: ByteString) throws(KeyError) -> Bool {
        if let use = try text("use"), use != "sig" { return false }
        guard let value = jwk["key_ops"] else { return true }
        guard let operations = value.array else { throw KeyError(.malformed, "\"key_ops\" must be an array") }
        return operations.contains(.string(operation))
    }

    func unsupported(_ id: ByteString?) throws(KeyError) -> DecodedKey {
        var name: ByteString = "?"
        for member: ByteString in ["kty", "crv", "alg"] {
            if let text = try text(member) { name = text }
        }
        return DecodedKey(
            description: KeyDescription(
                id: id, algorithm: nil, mayVerify: false, maySign: false, signatureLength: nil,
                summary: "a key for \(Display.quoted(name)), which is not supported"),
            material: nil)
    }
}

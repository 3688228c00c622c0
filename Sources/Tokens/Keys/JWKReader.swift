public import Codecs

/// Reads JSON Web Keys and JWK sets (RFC 7517, RFC 7518 §6, RFC 8037 §2, RFC 8812 §3, RFC 9964) strictly.
public enum JWKReader {
    /// The most keys in one set.
    public static let maximumKeys = 100
    /// The largest set, in bytes.
    public static let maximumSetSize = 524_288

    /// The keys of a JWK set or of a single JWK. A single key must be good. A key of a set that is no good is passed over
    /// (RFC 7517 §5): its description says why, and there is no material. Otherwise an issuer that adds one odd key would
    /// lock everybody out. Names may repeat (§4.5): what a key is for tells it from others of its name. Shared secrets
    /// beside other keys refuse the set.
    /// - Parameter algorithm: what keys are for that do not say so themselves and are of that kind.
    public static func read(_ text: [UInt8], algorithm: SignatureAlgorithm? = nil) throws(KeyError) -> [DecodedKey] {
        try read(text, purpose: algorithm.map { .signature($0) })
    }

    /// The same, for any purpose.
    /// - Parameter purpose: what keys are for that do not say so themselves and are of that kind.
    public static func read(_ text: [UInt8], purpose: KeyPurpose?) throws(KeyError) -> [DecodedKey] {
        let object = try object(text)
        guard let keys = object["keys"] else { return [try key(object, purpose: purpose)] }
        let elements = try elements(keys)
        try checkCount(elements)
        try checkKinds(elements)
        return members(elements, purpose: purpose)
    }

    /// The keys of a *published* JWK set, as `read` gives those of a set. One that holds a shared secret or any private
    /// member is refused whole, for what everybody has read protects nothing.
    /// - Parameter purpose: what keys are for that do not say so themselves and are of that kind.
    public static func readPublic(_ text: [UInt8], purpose: KeyPurpose? = nil) throws(KeyError) -> [DecodedKey] {
        let object = try object(text)
        guard let keys = object["keys"] else { return try readPublic([.object(object)], purpose: purpose) }
        return try readPublic(elements(keys), purpose: purpose)
    }

    /// The same for the elements of `keys`, read already.
    public static func readPublic(_ elements: [JSON], purpose: KeyPurpose? = nil) throws(KeyError) -> [DecodedKey] {
        try checkCount(elements)
        for element in elements {
            guard let jwk = element.object, let found = PrivateMembers.shown(in: jwk) else { continue }
            throw KeyError(
                .set,
                "the published key set holds the private member \"\(found.text)\": that key is no longer secret and "
                    + "must be replaced")
        }
        return members(elements, purpose: purpose)
    }

    private static func object(_ text: [UInt8]) throws(KeyError) -> JSONObject {
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
        return object
    }

    private static func elements(_ keys: JSON) throws(KeyError) -> [JSON] {
        guard let elements = keys.array else {
            throw KeyError(.set, "\"keys\" must be an array and is \(keys.kind)")
        }
        return elements
    }

    private static func checkCount(_ elements: [JSON]) throws(KeyError) {
        guard elements.count <= maximumKeys else {
            throw KeyError(.set, "the set has \(elements.count) keys; the most that is read is \(maximumKeys)")
        }
    }

    /// One key of a set; a complaint says which.
    private static func member(_ element: JSON, _ index: Int, purpose: KeyPurpose?) throws(KeyError) -> DecodedKey {
        guard let object = element.object else {
            throw KeyError(.set, "element \(index) of \"keys\" is \(element.kind), not an object")
        }
        do throws(KeyError) {
            return try key(object, purpose: purpose)
        } catch {
            throw error.ofKey(index)
        }
    }

    /// The keys of a set, each with its material or with what is wrong with it.
    private static func members(_ elements: [JSON], purpose: KeyPurpose?) -> [DecodedKey] {
        var keys: [DecodedKey] = []
        for (index, element) in elements.enumerated() {
            do throws(KeyError) {
                let key = try member(element, index, purpose: purpose)
                guard key.material == nil || !keys.contains(key) else {
                    throw KeyError(.set, "the same key is there already").ofKey(index)
                }
                keys.append(key)
            } catch {
                let isPrivate =
                    element.object.map { $0["kty"] != "oct" && PrivateMembers.shown(in: $0) != nil } ?? false
                keys.append(DecodedKey(passedOver: error, isPrivate: isPrivate))
            }
        }
        return keys
    }

    /// A set that holds shared secrets holds nothing else: sets of other keys are published, and the secrets with them.
    private static func checkKinds(_ elements: [JSON]) throws(KeyError) {
        var secrets = 0
        var others = 0
        for element in elements {
            guard let jwk = element.object else { continue }
            if jwk["kty"] == "oct" { secrets += 1 } else { others += 1 }
        }
        guard secrets == 0 || others == 0 else {
            throw KeyError(.set, "the set mixes shared secrets with other keys; keep them apart")
        }
    }

    /// One key.
    /// - Parameter algorithm: what it is for if it does not say so itself and is of that kind.
    public static func key(_ jwk: JSONObject, algorithm: SignatureAlgorithm? = nil) throws(KeyError) -> DecodedKey {
        try key(jwk, purpose: algorithm.map { .signature($0) })
    }

    /// One key.
    /// - Parameter purpose: what it is for if it does not say so itself and is of that kind.
    public static func key(_ jwk: JSONObject, purpose: KeyPurpose?) throws(KeyError) -> DecodedKey {
        let members = JWKMembers(jwk)
        guard let type = try members.text("kty") else { throw KeyError(.malformed, "the key has no \"kty\"") }
        let id = try members.text("kid")
        let stated = try members.text("alg")
        let usage = try members.usage()
        let material: KeyMaterial
        switch type {
        case "oct": material = .secret(try members.bytes("k"))
        case "RSA":
            guard jwk["oth"] == nil else { return unsupported("more than two primes", id) }
            material = try members.rsa()
        case "EC":
            let name = try curve(members)
            guard let curve = EllipticCurve.allCases.first(where: { name.bytes.elementsEqual($0.rawValue.utf8) }) else {
                return unsupported(Display.quoted(name), id)
            }
            material = try members.elliptic(curve)
        case "OKP":
            let name = try curve(members)
            guard let curve = OctetPairCurve.allCases.first(where: { name.bytes.elementsEqual($0.rawValue.utf8) })
            else {
                return unsupported(Display.quoted(name), id)
            }
            material = try members.octetPair(curve)
        case "AKP":
            // RFC 9964 §3: nothing but "alg" says which parameters these are.
            guard let stated else { throw KeyError(.malformed, "an \"AKP\" key must have an \"alg\" (RFC 9964 §3)") }
            guard
                let parameters = MLDSAParameters.allCases.first(where: { stated.bytes.elementsEqual($0.rawValue.utf8) })
            else {
                return unsupported(Display.quoted(stated), id)
            }
            material = try members.mlDSA(parameters)
        default: return unsupported(Display.quoted(type), id)
        }
        let certificates = try KeyCertificates(jwk, of: material)
        if let stated {
            guard let bound = Self.purpose(stated, material) else {
                guard stated != "RSA1_5" else {
                    return unsupported(
                        Display.quoted(stated), id,
                        "; its padding tells secrets to whoever may ask often enough (RFC 8725 §3.2)")
                }
                return unsupported(Display.quoted(stated), id)
            }
            return try DecodedKey(material, id: id, purpose: bound, operations: usage.operations).with(certificates)
        }
        if let purpose, material.fits(purpose) {
            return try DecodedKey(material, id: id, purpose: purpose, operations: usage.operations).with(certificates)
        }
        return try DecodedKey(
            material, id: id, purpose: usage.isEncryption && material.fitsEncryption ? .encryption : nil,
            operations: usage.operations
        ).with(certificates)
    }

    private static func curve(_ members: JWKMembers) throws(KeyError) -> ByteString {
        guard let name = try members.text("crv") else { throw KeyError(.malformed, "the key has no \"crv\"") }
        return name
    }

    /// What the name of an algorithm binds a key to; nil for a name that is not known.
    private static func purpose(_ name: ByteString, _ material: KeyMaterial) -> KeyPurpose? {
        if name == "EdDSA" {
            // The name that RFC 8037 gave before RFC 9864 told the two curves apart.
            if case .octetPair(.ed448, _, _) = material { return .signature(.ed448) }
            return .signature(.ed25519)
        }
        if let algorithm = SignatureAlgorithm(name: name) { return .signature(algorithm) }
        if let algorithm = KeyManagementAlgorithm(name: name) { return .keyManagement(algorithm) }
        if let algorithm = ContentEncryptionAlgorithm(name: name) { return .contentEncryption(algorithm) }
        return nil
    }

    private static func unsupported(_ name: String, _ id: ByteString?, _ reason: String = "") -> DecodedKey {
        DecodedKey(
            description: KeyDescription(
                id: id, algorithm: nil, mayVerify: false, maySign: false, signatureLength: nil,
                summary: "a key for \(name), which is not supported\(reason)"),
            material: nil)
    }
}

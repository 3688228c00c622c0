import Codecs

/// Reads the members of one JWK by type.
struct JWKMembers {
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

    /// `bytes` where the member is there, nil where it is not; there but empty is neither.
    func bytesIfPresent(_ name: ByteString, count: Int) throws(KeyError) -> [UInt8]? {
        jwk[name] == nil ? nil : try bytes(name, count: count)
    }

    /// Numbers carry no leading zero bytes (RFC 7518 §2, Base64urlUInt).
    func magnitude(_ name: ByteString) throws(KeyError) -> [UInt8] {
        let bytes = try bytes(name)
        guard bytes.first != 0 else { throw KeyError(.malformed, "\"\(name.text)\" starts with a zero byte") }
        return bytes
    }

    /// RFC 7518 §6.3. Private keys of more than two primes are refused before this.
    func rsa() throws(KeyError) -> KeyMaterial {
        let modulus = try magnitude("n")
        let exponent = try magnitude("e")
        let primes: [ByteString] = ["p", "q", "dp", "dq", "qi"]
        let hasPrimes = primes.contains { jwk[$0] != nil }
        guard jwk["d"] != nil else {
            guard !hasPrimes else { throw KeyError(.malformed, "the key has primes and no \"d\"") }
            return .rsa(modulus: modulus, exponent: exponent, privatePart: nil)
        }
        // Some programs write these numbers in the width of the modulus or a prime; zeros in front change nothing.
        let privateExponent = Array(try bytes("d").drop { $0 == 0 })
        guard hasPrimes else {
            return try RSANumbers.recovering(
                modulus: modulus, publicExponent: exponent, privateExponent: privateExponent)
        }
        func number(_ name: ByteString) throws(KeyError) -> [UInt8] { Array(try bytes(name).drop { $0 == 0 }) }
        return try RSANumbers(
            modulus: modulus, publicExponent: exponent, privateExponent: privateExponent, prime1: try number("p"),
            prime2: try number("q"), exponent1: try number("dp"), exponent2: try number("dq"),
            coefficient: try number("qi")
        ).material()
    }

    /// RFC 7518 §6.2: each number as long as the curve's field.
    func elliptic(_ curve: EllipticCurve) throws(KeyError) -> KeyMaterial {
        .elliptic(
            curve, x: try bytes("x", count: curve.fieldLength), y: try bytes("y", count: curve.fieldLength),
            scalar: try bytesIfPresent("d", count: curve.fieldLength))
    }

    /// RFC 8037 §2.
    func octetPair(_ curve: OctetPairCurve) throws(KeyError) -> KeyMaterial {
        .octetPair(
            curve, publicKey: try bytes("x", count: curve.keyLength),
            privateKey: try bytesIfPresent("d", count: curve.keyLength))
    }

    /// RFC 9964 §3: the private key is the seed of FIPS 204, 32 bytes.
    func mlDSA(_ parameters: MLDSAParameters) throws(KeyError) -> KeyMaterial {
        let publicKey = try bytesIfPresent("pub", count: parameters.publicKeyLength)
        let seed = try bytesIfPresent("priv", count: 32)
        guard publicKey != nil || seed != nil else { throw KeyError(.malformed, "the key has no \"pub\"") }
        return .mlDSA(parameters, publicKey: publicKey ?? [], seed: seed)
    }

    /// What `use` and `key_ops` say together.
    struct Usage {
        var operations = KeyOperations.all
        /// Whether they speak of encryption and of nothing else.
        var isEncryption = false
    }

    /// Absent members allow everything; those that are there must agree (RFC 7517 §4.2, §4.3).
    func usage() throws(KeyError) -> Usage {
        var usage = Usage()
        let use = try text("use")
        if let use {
            usage.isEncryption = use == "enc"
            usage.operations = use == "sig" ? .signatures : use == "enc" ? .encryption : []
        }
        guard let value = jwk["key_ops"] else { return usage }
        guard let operations = value.array else { throw KeyError(.malformed, "\"key_ops\" must be an array") }
        var named: Set<ByteString> = []
        for operation in operations {
            guard let name = operation.string else {
                throw KeyError(.malformed, "\"key_ops\" must hold strings, and one element is \(operation.kind)")
            }
            guard named.insert(name).inserted else {
                throw KeyError(.malformed, "\"key_ops\" says \(Display.quoted(name)) twice")
            }
        }
        var stated: KeyOperations = named.isEmpty ? .agreedWith : []
        for (name, operation) in Self.operations where named.contains(name) { stated.insert(operation) }
        let signs = !stated.isDisjoint(with: .signatures)
        let encrypts = !named.isEmpty && !stated.isDisjoint(with: .encryption)
        if let use, (use == "sig" && encrypts) || (use == "enc" && signs) {
            throw KeyError(.malformed, "\"use\" and \"key_ops\" contradict each other (RFC 7517 §4.3)")
        }
        usage.isEncryption = usage.isEncryption || (!signs && encrypts)
        usage.operations.formIntersection(stated)
        return usage
    }

    /// The names of RFC 7517 §4.3; others mean nothing here.
    private static let operations: [(ByteString, KeyOperations)] = [
        ("sign", .sign), ("verify", .verify), ("encrypt", .encrypt), ("decrypt", .decrypt), ("wrapKey", .wrapKey),
        ("unwrapKey", .unwrapKey), ("deriveKey", .deriveKey), ("deriveBits", .deriveBits),
    ]
}

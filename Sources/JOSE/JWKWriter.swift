import Codecs
import Tokens

/// Writes keys as JWKs (RFC 7517, RFC 7518 §6, RFC 8037 §2).
enum JWKWriter {
    static func jwk(
        _ material: KeyMaterial, id: ByteString?, algorithm: SignatureAlgorithm, withPrivatePart: Bool
    ) -> JSONObject {
        var jwk = required(material)
        jwk["alg"] = .string(ByteString(algorithm.rawValue))
        jwk["use"] = "sig"
        if let id { jwk["kid"] = .string(id) }
        guard withPrivatePart else { return jwk }
        switch material {
        case .secret: break
        case .rsa(_, _, let privatePart):
            guard let privatePart else { break }
            jwk["d"] = text(privatePart.exponent)
            jwk["p"] = text(privatePart.prime1)
            jwk["q"] = text(privatePart.prime2)
        case .elliptic(_, _, _, let scalar): jwk["d"] = scalar.map(text)
        case .octetPair(_, _, let key): jwk["d"] = key.map(text)
        case .mlDSA(_, _, let seed): jwk["priv"] = seed.map(text)
        }
        return jwk
    }

    /// `dp`, `dq` and `qi` from the PKCS#1 form (RFC 8017 §A.1.2), where they follow the primes: RFC 7518 §6.3.2 wants
    /// them all as soon as `p` and `q` are there.
    static func remainderMembers(pkcs1 der: [UInt8]) -> JSONObject {
        var members = JSONObject()
        var outer = DERReader(der)
        guard var key = try? outer.enter(DERReader.Tag.sequence) else { return members }
        for name: ByteString? in [nil, nil, nil, nil, nil, nil, "dp", "dq", "qi"] {
            guard let number = try? key.readUnsignedInteger() else { return members }
            if let name { members[name] = text(number) }
        }
        return members
    }

    /// The members that a thumbprint is computed over, in lexicographic order (RFC 7638 §3.2, RFC 8037 §2).
    static func required(_ material: KeyMaterial) -> JSONObject {
        switch material {
        case .secret(let secret): ["k": text(secret), "kty": "oct"]
        case .rsa(let modulus, let exponent, _): ["e": text(exponent), "kty": "RSA", "n": text(modulus)]
        case .elliptic(let curve, let x, let y, _):
            ["crv": .string(ByteString(curve.rawValue)), "kty": "EC", "x": text(x), "y": text(y)]
        case .octetPair(let curve, let publicKey, _):
            ["crv": .string(ByteString(curve.rawValue)), "kty": "OKP", "x": text(publicKey)]
        case .mlDSA(let parameters, let publicKey, _):
            ["alg": .string(ByteString(parameters.rawValue)), "kty": "AKP", "pub": text(publicKey)]
        }
    }

    private static func text(_ bytes: [UInt8]) -> JSON {
        .string(ByteString(utf8: Base64URL.encodeBytes(bytes)))
    }
}

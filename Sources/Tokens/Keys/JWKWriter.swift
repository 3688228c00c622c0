package import Codecs

/// Writes keys as JWKs (RFC 7517, RFC 7518 §6, RFC 8037 §2, RFC 9964 §3).
package enum JWKWriter {
    /// A key for signatures.
    package static func jwk(
        _ material: KeyMaterial, id: ByteString?, algorithm: SignatureAlgorithm, withPrivatePart: Bool
    ) -> JSONObject {
        var jwk = required(material)
        jwk["alg"] = .string(ByteString(algorithm.rawValue))
        jwk["use"] = "sig"
        if let id { jwk["kid"] = .string(id) }
        if withPrivatePart { addPrivatePart(material, to: &jwk) }
        return jwk
    }

    /// The private members of each type; a shared secret has its one member already.
    package static func addPrivatePart(_ material: KeyMaterial, to jwk: inout JSONObject) {
        switch material {
        case .secret: break
        case .rsa(let modulus, let exponent, let privatePart):
            guard let privatePart else { break }
            let numbers = RSANumbers(modulus: modulus, publicExponent: exponent, privatePart: privatePart)
            jwk["d"] = text(numbers.privateExponent)
            jwk["p"] = text(numbers.prime1)
            jwk["q"] = text(numbers.prime2)
            jwk["dp"] = text(numbers.exponent1)
            jwk["dq"] = text(numbers.exponent2)
            jwk["qi"] = text(numbers.coefficient)
        case .elliptic(_, _, _, let scalar): jwk["d"] = scalar.map(text)
        case .octetPair(_, _, let key): jwk["d"] = key.map(text)
        case .mlDSA(_, _, let seed): jwk["priv"] = seed.map(text)
        }
    }

    /// The members that a thumbprint is computed over, in lexicographic order (RFC 7638 §3.2, RFC 8037 §2).
    package static func required(_ material: KeyMaterial) -> JSONObject {
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

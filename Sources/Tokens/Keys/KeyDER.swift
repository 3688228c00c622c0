import Codecs

/// Writes keys in DER: SubjectPublicKeyInfo (RFC 5280 §4.1), PKCS#8 (RFC 5958, RFC 8410 §7, RFC 9881 §6), PKCS#1 (RFC 8017
/// §A.1), SEC1 (RFC 5915). Every answer is nil where the form has no place for such a key.
package enum KeyDER {
    private typealias Tag = DERReader.Tag

    /// The public key with its algorithm.
    package static func subjectPublicKeyInfo(_ material: KeyMaterial) -> [UInt8]? {
        let key: [UInt8]
        switch material {
        case .secret: return nil
        case .rsa(let modulus, let exponent, _):
            key = DERWriter.sequence([DERWriter.unsignedInteger(modulus), DERWriter.unsignedInteger(exponent)])
        case .elliptic(_, let x, let y, _):
            guard !x.isEmpty, !y.isEmpty else { return nil }
            key = [0x04] + x + y
        case .octetPair(_, let publicKey, _): key = publicKey
        case .mlDSA(_, let publicKey, _): key = publicKey
        }
        guard !key.isEmpty, let algorithm = algorithm(material) else { return nil }
        return DERWriter.sequence([algorithm, DERWriter.bitString(key)])
    }

    /// The private key with its algorithm, version 0.
    package static func pkcs8(_ material: KeyMaterial) -> [UInt8]? {
        let key: [UInt8]?
        switch material {
        case .secret: key = nil
        case .rsa: key = pkcs1Private(material)
        case .elliptic: key = sec1(material, namesCurve: false)
        case .octetPair(_, _, let privateKey): key = privateKey.map { DERWriter.element(Tag.octetString, $0) }
        case .mlDSA(_, _, let seed): key = seed.map { DERWriter.element(0x80, $0) }
        }
        guard let key, let algorithm = algorithm(material) else { return nil }
        return DERWriter.sequence([
            DERWriter.unsignedInteger([]), algorithm, DERWriter.element(Tag.octetString, key),
        ])
    }

    /// An RSA public key alone.
    package static func pkcs1Public(_ material: KeyMaterial) -> [UInt8]? {
        guard case .rsa(let modulus, let exponent, _) = material else { return nil }
        return DERWriter.sequence([DERWriter.unsignedInteger(modulus), DERWriter.unsignedInteger(exponent)])
    }

    /// An RSA private key alone.
    package static func pkcs1Private(_ material: KeyMaterial) -> [UInt8]? {
        guard case .rsa(let modulus, let exponent, .some(let part)) = material else { return nil }
        let numbers = RSANumbers(modulus: modulus, publicExponent: exponent, privatePart: part)
        return DERWriter.sequence(
            [
                [], numbers.modulus, numbers.publicExponent, numbers.privateExponent, numbers.prime1, numbers.prime2,
                numbers.exponent1, numbers.exponent2, numbers.coefficient,
            ].map(DERWriter.unsignedInteger))
    }

    /// An EC private key alone; inside PKCS#8 the curve is named outside.
    package static func sec1(_ material: KeyMaterial, namesCurve: Bool = true) -> [UInt8]? {
        guard case .elliptic(let curve, let x, let y, .some(let scalar)) = material else { return nil }
        var elements = [DERWriter.unsignedInteger([1]), DERWriter.element(Tag.octetString, scalar)]
        if namesCurve { elements.append(DERWriter.element(0xA0, identifier(curve.objectIdentifier))) }
        if !x.isEmpty { elements.append(DERWriter.element(0xA1, DERWriter.bitString([0x04] + x + y))) }
        return DERWriter.sequence(elements)
    }

    /// The AlgorithmIdentifier of a key's kind.
    private static func algorithm(_ material: KeyMaterial) -> [UInt8]? {
        switch material {
        case .secret: nil
        case .rsa: DERWriter.sequence([identifier(KeyObjectIdentifier.rsa), DERWriter.element(Tag.null, [])])
        case .elliptic(let curve, _, _, _):
            DERWriter.sequence([identifier(KeyObjectIdentifier.ellipticCurve), identifier(curve.objectIdentifier)])
        case .octetPair(let curve, _, _): DERWriter.sequence([identifier(curve.objectIdentifier)])
        case .mlDSA(let parameters, _, _): DERWriter.sequence([identifier(parameters.objectIdentifier)])
        }
    }

    private static func identifier(_ bytes: [UInt8]) -> [UInt8] {
        DERWriter.element(Tag.objectIdentifier, bytes)
    }
}

import Codecs
import Tokens

/// What holds for every key that was accepted, whatever text it came from.
enum KeyProperties {
    static func check(_ key: DecodedKey) {
        let said = key.description
        guard let material = key.material else {
            expect(said.algorithm == nil && !said.mayVerify && !said.maySign, "a key without numbers may do something")
            return
        }
        expect(said.isPrivate == material.isPrivate, "private, and not")
        expect(!said.maySign || said.isPrivate, "a public key may sign")
        if let algorithm = said.algorithm {
            expect(
                algorithm.signatureLength == nil || algorithm.signatureLength == said.signatureLength, "a wrong length")
            expect(belongs(material, to: algorithm), "\(algorithm.rawValue) with another kind of key")
        }
        sizes(material, said)
    }

    private static func belongs(_ material: KeyMaterial, to algorithm: SignatureAlgorithm) -> Bool {
        switch material {
        case .secret: algorithm.family == .hmac
        case .rsa: algorithm.family == .rsaPKCS1 || algorithm.family == .rsaPSS
        case .elliptic(let curve, _, _, _): curve.signatureAlgorithm == algorithm
        case .octetPair(let curve, _, _): curve.signatureAlgorithm == algorithm
        case .mlDSA(let parameters, _, _): parameters.signatureAlgorithm == algorithm
        }
    }

    private static func sizes(_ material: KeyMaterial, _ said: KeyDescription) {
        switch material {
        case .secret(let secret):
            if let least = said.algorithm?.hashLength { expect(secret.count >= least, "a short secret is accepted") }
        case .rsa(let modulus, let exponent, _):
            expect(modulus.count >= 256 && modulus.count <= 1_024, "a modulus of \(modulus.count) bytes is accepted")
            expect(modulus.first != 0 && exponent.first != 0, "a number starts with a zero byte")
            expect(
                exponent.last.map { $0 & 1 == 1 } == true && exponent != [1], "an even exponent, or one, is accepted")
            expect(exponent.count <= 5, "a huge exponent is accepted")
        case .elliptic(let curve, let x, let y, let scalar):
            let isWhole = x.count == curve.fieldLength && y.count == curve.fieldLength
            expect(isWhole || (x.isEmpty && y.isEmpty && scalar != nil), "a coordinate of another length is accepted")
            expect(scalar == nil || scalar?.count == curve.fieldLength, "a scalar of another length is accepted")
        case .octetPair(let curve, let publicKey, let privateKey):
            let isWhole = publicKey.count == curve.keyLength
            expect(isWhole || (publicKey.isEmpty && privateKey != nil), "a public key of another length is accepted")
            expect(privateKey == nil || privateKey?.count == curve.keyLength, "a private key of another length")
        case .mlDSA(let parameters, let publicKey, let seed):
            let isWhole = publicKey.count == parameters.publicKeyLength
            expect(isWhole || (publicKey.isEmpty && seed != nil), "a public key of another length is accepted")
            expect(seed == nil || seed?.count == 32, "a seed of another length is accepted")
        }
    }
}

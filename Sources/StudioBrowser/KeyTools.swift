import Codecs
import Tokens

/// A key of the box with its public half, so far as that is known here.
///
/// Nothing in this module computes a public key from a private one. The page asks WebCrypto and sends what came out as
/// `publics` of the question: {"0": {x, y} | {x} | {pub}}, by the key's place in the box.
struct KeyInBox {
    /// Its place in the box, from 0.
    let index: Int
    /// The key as it was read.
    let key: DecodedKey
    /// The JWK that it stands in; nil for other forms.
    let jwk: JSONObject?
    /// Its numbers, completed by its public half; nil for a key that is not supported or was passed over.
    let material: KeyMaterial?
    /// Why it is no sound key although it reads as one.
    let problem: KeyError?

    /// The keys of a question's box.
    static func all(_ question: JSONObject) throws(QuestionDefect) -> [KeyInBox] {
        let box = try KeyBox(question: question)
        guard case .keys(let keys) = box.content else { return [] }
        let jwks = jwks(question, box)
        let publics = question["publics"]?.object
        var all: [KeyInBox] = []
        for (index, key) in keys.enumerated() {
            let half = publics?[ByteString("\(index)")]?.object
            all.append(KeyInBox(index, key, jwk: jwks.indices.contains(index) ? jwks[index] : nil, publicHalf: half))
        }
        return all
    }

    private init(_ index: Int, _ key: DecodedKey, jwk: JSONObject?, publicHalf: JSONObject?) {
        self.index = index
        self.key = key
        self.jwk = jwk
        let computed = key.material.flatMap { material in publicHalf.flatMap { material.completed(by: $0) } }
        let isComplete = key.material?.hasPublicPart ?? true
        material = isComplete ? key.material : computed ?? key.material
        if let complaint = key.complaint {
            problem = complaint
        } else if isComplete, let computed, let material, computed != material {
            problem = KeyError(.malformed, "the private part is no key, or the public part does not belong to it")
        } else if case .elliptic(let curve, let x, let y, _)? = material, !x.isEmpty, !curve.contains(x: x, y: y) {
            problem = KeyError(.malformed, "the point is not on \(curve.rawValue)")
        } else {
            problem = nil
        }
    }

    /// The JWKs of the box as they stand, in the order of the keys; none where it holds something else.
    static func jwks(_ question: JSONObject, _ box: KeyBox) -> [JSONObject?] {
        guard box.kind == "jwk" || box.kind == "jwks", let text = question["key"]?.object?["text"]?.string,
            let document = try? JSONReader.read(text.bytes, depth: DecodedToken.headerDepth),
            let object = document.object
        else { return [] }
        return object["keys"]?.array?.map { $0.object } ?? [object]
    }
}

extension KeyMaterial {
    /// Whether it is a shared secret, which has no public half.
    var isSecret: Bool {
        if case .secret = self { true } else { false }
    }

    /// Whether the public half is here; for a shared secret there is none to miss.
    var hasPublicPart: Bool {
        switch self {
        case .secret, .rsa: true
        case .elliptic(_, let x, let y, _): !x.isEmpty && !y.isEmpty
        case .octetPair(_, let publicKey, _): !publicKey.isEmpty
        case .mlDSA(_, let publicKey, _): !publicKey.isEmpty
        }
    }

    /// The same key without its public half; nil where that could not be computed again.
    var privatePartAlone: KeyMaterial? {
        guard isPrivate else { return nil }
        switch self {
        case .secret, .rsa: return nil
        case .elliptic(let curve, _, _, let scalar): return .elliptic(curve, x: [], y: [], scalar: scalar)
        case .octetPair(let curve, _, let key): return .octetPair(curve, publicKey: [], privateKey: key)
        case .mlDSA(let parameters, _, let seed): return .mlDSA(parameters, publicKey: [], seed: seed)
        }
    }

    /// The same key without its private part; a shared secret stays what it is.
    var publicHalf: KeyMaterial {
        switch self {
        case .secret: self
        case .rsa(let modulus, let exponent, _): .rsa(modulus: modulus, exponent: exponent, privatePart: nil)
        case .elliptic(let curve, let x, let y, _): .elliptic(curve, x: x, y: y, scalar: nil)
        case .octetPair(let curve, let publicKey, _): .octetPair(curve, publicKey: publicKey, privateKey: nil)
        case .mlDSA(let parameters, let publicKey, _): .mlDSA(parameters, publicKey: publicKey, seed: nil)
        }
    }

    /// The key with the public half that a JWK of it has; nil where that is no public half of such a key.
    fileprivate func completed(by jwk: JSONObject) -> KeyMaterial? {
        func bytes(_ name: ByteString, _ count: Int) -> [UInt8]? {
            guard let text = jwk[name]?.string, let bytes = try? Base64URL.decode(text.bytes), bytes.count == count
            else {
                return nil
            }
            return bytes
        }
        switch self {
        case .secret, .rsa: return nil
        case .elliptic(let curve, _, _, let scalar):
            guard let x = bytes("x", curve.fieldLength), let y = bytes("y", curve.fieldLength) else { return nil }
            return .elliptic(curve, x: x, y: y, scalar: scalar)
        case .octetPair(let curve, _, let key):
            return bytes("x", curve.keyLength).map { .octetPair(curve, publicKey: $0, privateKey: key) }
        case .mlDSA(let parameters, _, let seed):
            return bytes("pub", parameters.publicKeyLength).map { .mlDSA(parameters, publicKey: $0, seed: seed) }
        }
    }
}

extension KeyPurpose {
    /// What an algorithm's name says that a key is for; nil for a name that is not known.
    init?(name: ByteString) {
        if let algorithm = SignatureAlgorithm(name: name) {
            self = .signature(algorithm)
        } else if let algorithm = KeyManagementAlgorithm(name: name) {
            self = .keyManagement(algorithm)
        } else if let algorithm = ContentEncryptionAlgorithm(name: name) {
            self = .contentEncryption(algorithm)
        } else {
            return nil
        }
    }

    /// Everything that has a name.
    static var named: [(name: String, purpose: KeyPurpose)] {
        SignatureAlgorithm.allCases.map { ($0.rawValue, .signature($0)) }
            + KeyManagementAlgorithm.allCases.map { ($0.rawValue, .keyManagement($0)) }
            + ContentEncryptionAlgorithm.allCases.map { ($0.rawValue, .contentEncryption($0)) }
    }
}

import Codecs
import Tokens

/// A list of cryptographic primitives for WebCrypto, each with what it works on and the name of what it yields. The page
/// runs them one behind the other and knows nothing of tokens.
///
/// A step is {do, as?, …}. Bytes in a step are base64url text, {of: name, from?, to?} for (a part of) what an earlier step
/// yielded, or an array of such to be joined. A step that fails ends the run.
struct PrimitiveSteps {
    /// Bytes that are known, or that an earlier step yields.
    struct Value {
        let json: JSON

        /// Known bytes.
        static func bytes(_ bytes: [UInt8]) -> Value { Value(json: .encoded(bytes)) }

        /// What a step yielded.
        static func result(_ name: StaticString, _ range: Range<Int>? = nil) -> Value {
            var json: JSONObject = ["of": .text(name.description)]
            if let range {
                json["from"] = .number(JSONNumber(Int64(range.lowerBound)))
                json["to"] = .number(JSONNumber(Int64(range.upperBound)))
            }
            return Value(json: .object(json))
        }

        /// Several, one behind the other.
        static func joined(_ values: [Value]) -> Value { Value(json: .array(values.map { $0.json })) }
    }

    /// The steps so far.
    private(set) var json: [JSON] = []
    /// Whether a key of AES with 192 bits is used, which some browsers leave out.
    private(set) var needsAES192 = false

    private mutating func add(_ what: StaticString, as name: StaticString?, _ members: JSONObject) {
        var step: JSONObject = ["do": .text(what.description)]
        if let name { step["as"] = .text(name.description) }
        for member in members.members { step[member.name] = member.value }
        json.append(.object(step))
    }

    /// Notes the length of a key of AES in bytes.
    mutating func usesAES(_ length: Int) {
        if length == 24 { needsAES192 = true }
    }

    /// AES Key Wrap of a key (RFC 3394).
    mutating func wrap(_ data: Value, with key: Value, as name: StaticString) {
        add("aes-kw-wrap", as: name, ["key": key.json, "data": data.json])
    }

    /// The reverse.
    mutating func unwrap(_ data: Value, with key: Value, as name: StaticString) {
        add("aes-kw-unwrap", as: name, ["key": key.json, "data": data.json])
    }

    /// AES-GCM with a tag of 128 bits, which stands behind the encrypted text.
    mutating func sealGCM(
        _ data: Value, with key: Value, vector: [UInt8], authenticating text: [UInt8], as name: StaticString
    ) {
        add(
            "aes-gcm-encrypt", as: name,
            ["key": key.json, "iv": .encoded(vector), "with": .encoded(text), "data": data.json])
    }

    /// The reverse.
    mutating func openGCM(
        _ data: Value, with key: Value, vector: [UInt8], authenticating text: [UInt8], as name: StaticString
    ) {
        add(
            "aes-gcm-decrypt", as: name,
            ["key": key.json, "iv": .encoded(vector), "with": .encoded(text), "data": data.json])
    }

    /// AES-CBC with the padding of PKCS #7.
    mutating func sealCBC(_ data: Value, with key: Value, vector: [UInt8], as name: StaticString) {
        add("aes-cbc-encrypt", as: name, ["key": key.json, "iv": .encoded(vector), "data": data.json])
    }

    /// The reverse.
    mutating func openCBC(_ data: Value, with key: Value, vector: [UInt8], as name: StaticString) {
        add("aes-cbc-decrypt", as: name, ["key": key.json, "iv": .encoded(vector), "data": data.json])
    }

    /// HMAC.
    mutating func authenticate(_ data: Value, with key: Value, hash: StaticString, as name: StaticString) {
        add("hmac", as: name, ["key": key.json, "hash": .text(hash.description), "data": data.json])
    }

    /// The bytes themselves, under a name.
    mutating func join(_ data: Value, as name: StaticString) {
        add("join", as: name, ["data": data.json])
    }

    /// Fails unless both are the same; takes the same time wherever they differ.
    mutating func requireSame(_ left: Value, _ right: Value) {
        add("same", as: nil, ["left": left.json, "right": right.json])
    }

    /// Fails unless a result has this many bytes.
    mutating func requireLength(_ value: Value, _ length: Int) {
        add("length", as: nil, ["data": value.json, "length": .number(JSONNumber(Int64(length)))])
    }

    /// SHA-256.
    mutating func digest(_ data: Value, as name: StaticString) {
        add("digest", as: name, ["hash": "SHA-256", "data": data.json])
    }

    /// PBKDF2 (RFC 8018 §5.2).
    mutating func stretch(
        _ password: [UInt8], salt: [UInt8], iterations: Int, hash: StaticString, length: Int, as name: StaticString
    ) {
        add(
            "pbkdf2", as: name,
            [
                "password": .encoded(password), "salt": .encoded(salt),
                "iterations": .number(JSONNumber(Int64(iterations))), "hash": .text(hash.description),
                "length": .number(JSONNumber(Int64(length))),
            ])
    }

    /// RSAES-OAEP with a private key as WebCrypto takes it.
    mutating func decryptRSA(_ data: [UInt8], with key: JSON, hash: StaticString, as name: StaticString) {
        add("rsa-oaep-decrypt", as: name, ["key": key, "hash": .text(hash.description), "data": .encoded(data)])
    }

    /// RSAES-OAEP with a public key as WebCrypto takes it.
    mutating func encryptRSA(_ data: Value, with key: JSON, hash: StaticString, as name: StaticString) {
        add("rsa-oaep-encrypt", as: name, ["key": key, "hash": .text(hash.description), "data": data.json])
    }

    /// A key pair for one agreement; yields the public half: of the NIST curves 0x04, x, y (SEC 1 §2.3.3).
    mutating func makePair(_ curve: AgreementCurve, as name: StaticString) {
        add("make-pair", as: name, ["curve": .text(curve.rawValue)])
    }

    /// Diffie-Hellman.
    /// - Parameters:
    ///   - own: the private key as WebCrypto takes it; nil for the pair that was made.
    ///   - other: the public key as WebCrypto takes it.
    mutating func agree(
        own: JSON?, pair: StaticString, other: JSON, curve: AgreementCurve, as name: StaticString
    ) {
        var members: JSONObject = [
            "curve": .text(curve.rawValue), "public": other,
            "length": .number(JSONNumber(Int64(curve.fieldLength))),
        ]
        if let own { members["private"] = own } else { members["pair"] = .text(pair.description) }
        add("agree", as: name, members)
    }
}

extension PrimitiveSteps {
    /// The key of an agreement from its secret by Concat KDF (RFC 7518 §4.6.2): SHA-256 over a number, the secret and the
    /// other information, as often as the key is long.
    mutating func derive(
        from secret: Value, _ algorithm: KeyManagementAlgorithm, _ encryption: ContentEncryptionAlgorithm,
        partyUInfo: [UInt8], partyVInfo: [UInt8]
    ) -> Value {
        let (name, length) = algorithm.agreedKey(encryption)
        let info = KeyManagementAlgorithm.agreementInfo(
            name, partyUInfo: partyUInfo, partyVInfo: partyVInfo, length: length)
        func input(_ round: Int) -> Value {
            .joined([.bytes(KeyManagementAlgorithm.word(round)), secret, .bytes(info)])
        }
        digest(input(1), as: "round1")
        guard length > 32 else { return .result("round1", 0..<length) }
        digest(input(2), as: "round2")
        return .joined([.result("round1"), .result("round2", 0..<(length - 32))])
    }

    /// The wrapping key that a password gives (RFC 7518 §4.8.1.1).
    mutating func stretch(
        _ password: [UInt8], _ algorithm: KeyManagementAlgorithm, salt: [UInt8], iterations: Int
    ) -> Value {
        let (hash, length): (StaticString, Int) =
            switch algorithm {
            case .pbes2HS384A192KW: ("SHA-384", 24)
            case .pbes2HS512A256KW: ("SHA-512", 32)
            default: ("SHA-256", 16)
            }
        usesAES(length)
        stretch(
            password, salt: algorithm.passwordSalt(salt), iterations: iterations, hash: hash, length: length,
            as: "stretched")
        return .result("stretched")
    }

    /// The tag of AES-CBC with HMAC over everything (RFC 7518 §5.2.2.1), named "mac"; its first half is the tag.
    mutating func tag(
        _ encryption: ContentEncryptionAlgorithm, key: Value, authenticating text: [UInt8], vector: [UInt8],
        ciphertext: Value
    ) -> Value {
        let hash: StaticString =
            switch encryption {
            case .a192CBCHS384: "SHA-384"
            case .a256CBCHS512: "SHA-512"
            default: "SHA-256"
            }
        authenticate(
            .joined([
                .bytes(text), .bytes(vector), ciphertext, .bytes(ContentEncryptionAlgorithm.lengthBlock(text)),
            ]), with: key, hash: hash, as: "mac")
        return .result("mac", 0..<(encryption.keyLength / 2))
    }
}

extension PrimitiveSteps {
    /// The two halves of a key: the first authenticates, the second encrypts (RFC 7518 §5.2.2.1).
    mutating func halves(of key: Value, _ length: Int) -> (mac: Value, cipher: Value) {
        join(key, as: "contentKey")
        return (.result("contentKey", 0..<length), .result("contentKey", length..<(2 * length)))
    }
}

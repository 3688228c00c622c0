public import Codecs

/// What a header tells about how its content encryption key was agreed on or wrapped (RFC 7518 §4.6.1, §4.7.1, §4.8.1),
/// read by the algorithm that it names.
public enum KeyManagementParameters: Sendable, Equatable {
    /// The algorithm has none.
    case none
    /// `epk`, `apu` and `apv` of `ECDH-ES`.
    case agreement(EphemeralPublicKey, partyUInfo: [UInt8], partyVInfo: [UInt8])
    /// `iv` of 96 bits and `tag` of 128 bits of AES-GCM around a key.
    case wrapping(initializationVector: [UInt8], tag: [UInt8])
    /// `p2s` and `p2c` of PBES2.
    case password(salt: [UInt8], iterations: Int)

    /// The longest `apu`, `apv` and `p2s`, in bytes.
    public static let maximumInfoSize = 1_024
    /// The `p2c` to write where nothing else is said: OWASP's figure for PBKDF2 with HMAC-SHA-256, which of the three hashes
    /// needs the most.
    public static let defaultIterations = 600_000
    /// The shortest `p2s`, in bytes (RFC 7518 §4.8.1.1).
    public static let minimumSaltSize = 8

    /// Reads the parameters of an algorithm.
    /// - Parameter iterations: the `p2c` that are accepted.
    init(
        _ header: JSONObject, algorithm: KeyManagementAlgorithm, iterations: ClosedRange<Int>
    ) throws(EncryptedTokenDefect) {
        switch algorithm {
        case .direct, .a128KW, .a192KW, .a256KW, .rsaOAEP, .rsaOAEP256: self = .none
        case .a128GCMKW, .a192GCMKW, .a256GCMKW:
            self = .wrapping(
                initializationVector: try Self.bytes("iv", in: header, length: 12...12),
                tag: try Self.bytes("tag", in: header, length: 16...16))
        case .ecdhES, .ecdhESA128KW, .ecdhESA192KW, .ecdhESA256KW:
            guard let value = header.value(named: "epk") else { throw Self.defect("the header has no \"epk\"") }
            guard let object = value.object else {
                throw Self.defect("\"epk\" must be an object and is \(value.kind)")
            }
            self = .agreement(
                try EphemeralPublicKey(object), partyUInfo: try Self.info("apu", in: header),
                partyVInfo: try Self.info("apv", in: header))
        case .pbes2HS256A128KW, .pbes2HS384A192KW, .pbes2HS512A256KW:
            let salt = try Self.bytes("p2s", in: header, length: Self.minimumSaltSize...Self.maximumInfoSize)
            guard let count = header.value(named: "p2c")?.int64, let count = Int(exactly: count) else {
                throw Self.defect("\"p2c\" must be a whole number")
            }
            guard iterations.contains(count) else {
                throw Self.defect(
                    "\"p2c\" is \(count); accepted are \(iterations.lowerBound) to \(iterations.upperBound)")
            }
            self = .password(salt: salt, iterations: count)
        }
    }

    private static func info(_ name: StaticString, in header: JSONObject) throws(EncryptedTokenDefect) -> [UInt8] {
        guard header.value(named: name) != nil else { return [] }
        return try bytes(name, in: header, length: 0...maximumInfoSize)
    }

    static func bytes(
        _ name: StaticString, in header: JSONObject, length: ClosedRange<Int>
    ) throws(EncryptedTokenDefect) -> [UInt8] {
        guard let text = header.value(named: name)?.string else {
            throw defect("\"\(name)\" must be a string in base64url")
        }
        let bytes: [UInt8]
        do throws(Base64Error) {
            bytes = try Base64URL.decode(text.bytes)
        } catch {
            throw defect("\"\(name)\" is not base64url: \(error.description)")
        }
        guard length.contains(bytes.count) else {
            throw defect(
                "\"\(name)\" has \(bytes.count) bytes; it must have \(length.lowerBound) to \(length.upperBound)")
        }
        return bytes
    }

    static func defect(_ detail: String) -> EncryptedTokenDefect {
        EncryptedTokenDefect(.algorithm, .headerParameter, detail)
    }
}

/// The curves on which a key can be agreed on (RFC 7518 §4.6, RFC 8037 §3.2).
public enum AgreementCurve: String, Sendable, CaseIterable {
    /// NIST P-256.
    case p256 = "P-256"
    /// NIST P-384.
    case p384 = "P-384"
    /// NIST P-521.
    case p521 = "P-521"
    /// Curve25519.
    case x25519 = "X25519"

    /// The length in bytes of a coordinate and of the shared secret.
    public var fieldLength: Int {
        switch self {
        case .p256, .x25519: 32
        case .p384: 48
        case .p521: 66
        }
    }
}

/// The sender's half of a key agreement, `epk`: made for one token (RFC 7518 §4.6.1.1). Whether it lies on its curve is
/// not known yet.
public struct EphemeralPublicKey: Sendable, Equatable {
    /// Its curve.
    public let curve: AgreementCurve
    /// The coordinates, one behind the other; for X25519 the one string of bytes.
    public let point: [UInt8]

    /// A key.
    public init(curve: AgreementCurve, point: [UInt8]) {
        self.curve = curve
        self.point = point
    }

    init(_ jwk: JSONObject) throws(EncryptedTokenDefect) {
        guard let name = jwk.value(named: "crv")?.string,
            let curve = AgreementCurve.allCases.first(where: { name.bytes.elementsEqual($0.rawValue.utf8) }),
            jwk.value(named: "kty")?.string == (curve == .x25519 ? "OKP" : "EC")
        else {
            throw KeyManagementParameters.defect("\"epk\" is no key on P-256, P-384, P-521 or X25519")
        }
        guard jwk.value(named: "d") == nil else {
            throw KeyManagementParameters.defect("\"epk\" holds a private key")
        }
        self.curve = curve
        let length = curve.fieldLength...curve.fieldLength
        let x = try KeyManagementParameters.bytes("x", in: jwk, length: length)
        point = curve == .x25519 ? x : x + (try KeyManagementParameters.bytes("y", in: jwk, length: length))
    }

    /// The key as a JWK.
    public var jwk: JSONObject {
        func text(_ bytes: some Collection<UInt8>) -> JSON {
            .string(ByteString(utf8: Base64URL.encodeBytes(Array(bytes))))
        }
        let name = JSON.string(ByteString(curve.rawValue))
        guard curve != .x25519 else { return ["kty": "OKP", "crv": name, "x": text(point)] }
        return [
            "kty": "EC", "crv": name, "x": text(point.prefix(curve.fieldLength)),
            "y": text(point.dropFirst(curve.fieldLength)),
        ]
    }
}

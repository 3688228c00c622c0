import Codecs
import Crypto
import JOSE
import Tokens

/// A security key made of software, to be right or wrong on purpose.
struct SoftwareAuthenticator {
    let key: SigningKey
    let relyingParty: ByteString
    var credentialID: [UInt8] = Array(1...32)
    var flags: UInt8 = 0x05
    var signCount: UInt32 = 0

    init(_ algorithm: SignatureAlgorithm, relyingParty: ByteString = "localhost") throws {
        key = try SigningKey.generate(algorithm)
        self.relyingParty = relyingParty
    }

    static func clientData(type: String, challenge: [UInt8], origin: String, further: JSONObject = [:]) -> [UInt8] {
        var members: JSONObject = [
            "type": .string(ByteString(type)), "challenge": .string(ByteString(Base64URL.encode(challenge))),
            "origin": .string(ByteString(origin)), "crossOrigin": false,
        ]
        for member in further.members { members[member.name] = member.value }
        return JSONWriter.write(.object(members))
    }

    /// `attestationObject` with the attestation `none`.
    func attestationObject() throws -> [UInt8] {
        let data = authenticatorData(credential: try coseKey())
        return [0xA3] + text("fmt") + text("none") + text("attStmt") + [0xA0] + text("authData")
            + bytes(data)
    }

    /// `authenticatorData` and the signature over it and the client data.
    func assertion(clientData: [UInt8]) throws -> (data: [UInt8], signature: [UInt8]) {
        let data = authenticatorData(credential: nil)
        let signature = try key.sign(data + Array(SHA256.hash(data: clientData)))
        return (data, key.algorithm == .es256 ? der(signature) : signature)
    }

    func authenticatorData(credential: [UInt8]?) -> [UInt8] {
        let start = Array(SHA256.hash(data: relyingParty.bytes))
        guard let credential else { return start + [flags] + big(signCount) }
        return start + [flags | 0x40] + big(signCount) + [UInt8](repeating: 0, count: 16)
            + big(UInt16(credentialID.count)) + credentialID + credential
    }

    private func coseKey() throws -> [UInt8] {
        let jwk = key.verificationKey.publicJWK ?? JSONObject()
        func number(_ name: ByteString) throws -> [UInt8] {
            let bytes = try Base64URL.decode(jwk[name]?.string?.bytes ?? [])
            return self.bytes(bytes)
        }
        switch key.algorithm {
        case .es256:
            return [0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21] + (try number("x")) + [0x22] + (try number("y"))
        case .ed25519: return [0xA4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21] + (try number("x"))
        default: return [0xA4, 0x01, 0x03, 0x03, 0x39, 0x01, 0x00, 0x20] + (try number("n")) + [0x21, 0x43, 1, 0, 1]
        }
    }

    private func der(_ raw: [UInt8]) -> [UInt8] {
        let numbers = [raw[..<32], raw[32...]].flatMap { half -> [UInt8] in
            let short = Array(half.drop { $0 == 0 })
            let number = short.first ?? 0x80 >= 0x80 ? [0] + short : short
            return [0x02, UInt8(number.count)] + number
        }
        return [0x30, UInt8(numbers.count)] + numbers
    }

    /// A byte string of 24 bytes or more, its length in the shortest form.
    private func bytes(_ bytes: [UInt8]) -> [UInt8] {
        (bytes.count < 256 ? [0x58, UInt8(bytes.count)] : [0x59] + big(UInt16(bytes.count))) + bytes
    }

    private func text(_ text: String) -> [UInt8] { [0x60 | UInt8(text.utf8.count)] + Array(text.utf8) }
    private func big(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }
}

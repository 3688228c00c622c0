public import Codecs
import Tokens

/// Signs any content (RFC 7515), in every serialisation.
public struct JWSSigner: Sendable {
    /// One who signs, and with which headers.
    public struct Signer: Sendable {
        let key: SigningKey
        let protected: JSONObject
        let unprotected: JSONObject

        /// A signer. `alg` is always written into the protected header, first unless it stands there already; `kid` too,
        /// unless one of the two headers has it.
        public init(
            key: SigningKey, protected: JSONObject = JSONObject(), unprotected: JSONObject = JSONObject()
        ) {
            self.key = key
            self.protected = protected
            self.unprotected = unprotected
        }
    }

    /// Who signs.
    public let signers: [Signer]
    /// Whether the payload is signed as base64url, as it is nearly always; false writes `b64` and `crit` (RFC 7797).
    public let encodesPayload: Bool

    /// One signer.
    public init(key: SigningKey, protected: JSONObject = JSONObject(), encodesPayload: Bool = true) {
        self.init([Signer(key: key, protected: protected)], encodesPayload: encodesPayload)
    }

    /// Several signers of one content.
    public init(_ signers: [Signer], encodesPayload: Bool = true) {
        self.signers = signers
        self.encodesPayload = encodesPayload
    }

    /// The compact form (RFC 7515 §7.1); one signer, no unprotected header.
    public func compact(_ payload: [UInt8], detached: Bool = false) throws(SigningError) -> [UInt8] {
        guard let signer = signers.first, signers.count == 1, signer.unprotected.members.isEmpty else {
            throw SigningError(detail: "the compact form has one signature and no unprotected header")
        }
        guard detached || encodesPayload else {
            throw SigningError(detail: "a compact JWS whose payload is not base64url must be detached")
        }
        // Empty content would read as detached content.
        guard detached || !payload.isEmpty else {
            throw SigningError(detail: "the compact form of empty content cannot be told from a detached one")
        }
        let written = try signature(of: signer, over: payload)
        let dot = [UInt8(ascii: ".")]
        return written.protected + dot + (detached ? [] : Base64URL.encodeBytes(payload)) + dot + written.signature
    }

    /// The flattened JSON form (RFC 7515 §7.2.2); one signer.
    public func flattened(_ payload: [UInt8], detached: Bool = false) throws(SigningError) -> JSONObject {
        guard let signer = signers.first, signers.count == 1 else {
            throw SigningError(detail: "the flattened form has one signature")
        }
        var object = try payloadMember(payload, detached)
        for member in try json(of: signer, over: payload).members { object[member.name] = member.value }
        return object
    }

    /// The general JSON form (RFC 7515 §7.2.1).
    public func general(_ payload: [UInt8], detached: Bool = false) throws(SigningError) -> JSONObject {
        guard !signers.isEmpty, signers.count <= EncodedContent.maximumSignatures else {
            throw SigningError(
                detail: "the general form has between 1 and \(EncodedContent.maximumSignatures) signatures")
        }
        var signatures: [JSON] = []
        for signer in signers { signatures.append(.object(try json(of: signer, over: payload))) }
        var object = try payloadMember(payload, detached)
        object["signatures"] = .array(signatures)
        return object
    }

    private func payloadMember(_ payload: [UInt8], _ detached: Bool) throws(SigningError) -> JSONObject {
        guard !detached else { return JSONObject() }
        if encodesPayload { return ["payload": .string(ByteString(utf8: Base64URL.encodeBytes(payload)))] }
        guard String(validating: payload, as: UTF8.self) != nil else {
            throw SigningError(detail: "content that is not UTF-8 cannot stand in JSON as it is")
        }
        return ["payload": .string(ByteString(utf8: payload))]
    }

    private func json(of signer: Signer, over payload: [UInt8]) throws(SigningError) -> JSONObject {
        let written = try signature(of: signer, over: payload)
        var object: JSONObject = ["protected": .string(ByteString(utf8: written.protected))]
        if !signer.unprotected.members.isEmpty { object["header"] = .object(signer.unprotected) }
        object["signature"] = .string(ByteString(utf8: written.signature))
        return object
    }

    private func signature(
        of signer: Signer, over payload: [UInt8]
    ) throws(SigningError) -> (protected: [UInt8], signature: [UInt8]) {
        let protected = Base64URL.encodeBytes(JSONWriter.write(.object(try header(of: signer))))
        let input = protected + [UInt8(ascii: ".")] + (encodesPayload ? Base64URL.encodeBytes(payload) : payload)
        return (protected, Base64URL.encodeBytes(try signer.key.sign(input)))
    }

    private func header(of signer: Signer) throws(SigningError) -> JSONObject {
        var header = signer.protected
        let algorithm = ByteString(signer.key.algorithm.rawValue)
        switch header["alg"] {
        case nil:
            header = ["alg": .string(algorithm)]
            for member in signer.protected.members { header[member.name] = member.value }
        case .string(algorithm): break
        // Readers that do not know RFC 9864 want the older name.
        case .string("EdDSA") where signer.key.algorithm == .ed25519: break
        default: throw SigningError(detail: "\"alg\" names another algorithm than the key's")
        }
        if let id = signer.key.id, header["kid"] == nil, signer.unprotected["kid"] == nil {
            header["kid"] = .string(id)
        }
        if !encodesPayload {
            header["b64"] = false
            guard header["crit"] == nil || header["crit"] == ["b64"] else {
                throw SigningError(detail: "no other extension than \"b64\" is known that could be marked critical")
            }
            header["crit"] = ["b64"]
        }
        for member in signer.unprotected.members {
            let isForbidden: Bool = ["alg", "crit", "b64", "typ", "cty"].contains(member.name)
            guard !isForbidden, header[member.name] == nil else {
                throw SigningError(
                    detail: "a parameter of the unprotected header belongs into the protected one, or is there")
            }
        }
        if encodesPayload, header["b64"] != nil || header["crit"] != nil {
            throw SigningError(detail: "no extension is known that could be marked critical")
        }
        return header
    }
}

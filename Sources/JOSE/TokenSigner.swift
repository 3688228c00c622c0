public import Codecs
import Tokens

/// Makes signed tokens in compact form (RFC 7515 §3.1). Hold one per key and type: its header is encoded once.
public struct TokenSigner: Sendable {
    /// The key it signs with.
    public let key: SigningKey
    /// The encoded header and the dot after it.
    private let header: [UInt8]

    /// A signer.
    /// - Parameters:
    ///   - key: what to sign with.
    ///   - type: `typ`; nil leaves it out.
    ///   - header: further header parameters; `alg`, `typ` and `kid` are set here and win.
    public init(key: SigningKey, type: ByteString? = "JWT", header: JSONObject = JSONObject()) {
        self.key = key
        self.header = Self.encodedHeader(key, type, header)
    }

    /// Signs claims, written in their order.
    public func sign(claims: JSONObject) throws(SigningError) -> String {
        try sign(claims, after: header)
    }

    /// Signs claims under a header of their own.
    /// - Parameters:
    ///   - claims: the payload, written in this order.
    ///   - type: `typ`; nil leaves it out.
    ///   - header: further header parameters; `alg`, `typ` and `kid` are set here and win.
    public func sign(
        claims: JSONObject, type: ByteString?, header: JSONObject = JSONObject()
    ) throws(SigningError) -> String {
        try sign(claims, after: Self.encodedHeader(key, type, header))
    }

    private func sign(_ claims: JSONObject, after header: [UInt8]) throws(SigningError) -> String {
        let payload = JSONWriter.write(.object(claims))
        let signedSize = header.count + Base64URL.encodedCount(payload.count)
        let signatureSize = Base64URL.encodedCount(key.verificationKey.description.signatureLength ?? 1_024)
        var failure: SigningError?
        let token = String(unsafeUninitializedCapacity: signedSize + 1 + signatureSize) { token in
            var count = token[..<header.count].initialize(fromContentsOf: header)
            count += payload.withUnsafeBufferPointer { bytes in
                Base64URL.encode(bytes, into: UnsafeMutableBufferPointer(rebasing: token[count...]))
            }
            do throws(SigningError) {
                let signature = try key.sign(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: token[..<count])))
                token[count] = UInt8(ascii: ".")
                count += 1
                count += signature.withUnsafeBufferPointer { bytes in
                    Base64URL.encode(bytes, into: UnsafeMutableBufferPointer(rebasing: token[count...]))
                }
            } catch {
                failure = error
                return 0
            }
            return count
        }
        if let failure { throw failure }
        return token
    }

    private static func encodedHeader(_ key: SigningKey, _ type: ByteString?, _ extra: JSONObject) -> [UInt8] {
        var header: JSONObject = ["alg": .string(ByteString(key.algorithm.rawValue))]
        if let type { header["typ"] = .string(type) }
        if let id = key.id { header["kid"] = .string(id) }
        for member in extra.members where header[member.name] == nil { header[member.name] = member.value }
        return Base64URL.encodeBytes(JSONWriter.write(.object(header))) + [UInt8(ascii: ".")]
    }
}

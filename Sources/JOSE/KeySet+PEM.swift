import Codecs
public import Tokens

extension KeySet {
    /// The public keys and certificates of one or several PEM blocks (RFC 7468), in their order. PEM names no keys, so each
    /// answers for any name. A private key among them refuses all: it does not belong where tokens are only verified.
    /// - Parameters:
    ///   - pem: the text.
    ///   - algorithm: what the keys are for, where they do not say so; nil takes what keys of their kind are for.
    public init(pem: [UInt8], algorithm: SignatureAlgorithm? = nil) throws(KeyError) {
        let blocks: [PEM.Block]
        do throws(PEMError) {
            blocks = try PEM.read(pem)
        } catch {
            throw KeyError(.unreadable, "the PEM cannot be read: \(error.description)")
        }
        guard blocks.count <= JWKReader.maximumKeys else {
            throw KeyError(
                .set, "there are \(blocks.count) PEM blocks; the most that is read is \(JWKReader.maximumKeys)")
        }
        var keys: [VerificationKey] = []
        for (index, block) in blocks.enumerated() {
            guard ["PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE"].contains(block.label) else {
                throw KeyError(
                    .unsupported, "PEM block \(index) is \(Display.quoted(ByteString(block.label))), not a public key")
            }
            do throws(KeyError) {
                for key in try KeyReader.read(
                    Array(PEM.write(label: block.label, der: block.der).utf8), algorithm: algorithm)
                {
                    keys.append(try VerificationKey(key))
                }
            } catch {
                throw KeyError(error.code, "PEM block \(index): \(error.detail)")
            }
        }
        try self.init(keys)
    }
}

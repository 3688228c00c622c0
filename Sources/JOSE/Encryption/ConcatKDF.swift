import Crypto
import Tokens

/// The key derivation of NIST SP 800-56A §5.8.1 with SHA-256, as RFC 7518 §4.6.2 uses it.
enum ConcatKDF {
    /// Derives a key from an agreed secret.
    /// - Parameters:
    ///   - algorithm: AlgorithmID, the name of what the key is for.
    ///   - length: the length of the key in bytes, at most 64.
    static func derive(
        from secret: some ContiguousSecret, algorithm: String, partyUInfo: [UInt8], partyVInfo: [UInt8], length: Int
    ) -> SymmetricKey {
        let info = KeyManagementAlgorithm.agreementInfo(
            algorithm, partyUInfo: partyUInfo, partyVInfo: partyVInfo, length: length)
        var key: [UInt8] = []
        var round = 1
        while key.count < length {
            var hash = SHA256()
            hash.update(data: KeyManagementAlgorithm.word(round))
            secret.withSecretBytes { hash.update(bufferPointer: $0) }
            hash.update(data: info)
            key += Array(hash.finalize())
            round += 1
        }
        return SymmetricKey(data: key.prefix(length))
    }
}

/// Secret bytes in one piece, wherever they are kept.
protocol ContiguousSecret {
    /// Looks at the bytes in place.
    func withSecretBytes(_ body: (UnsafeRawBufferPointer) -> Void)
}

extension SharedSecret: ContiguousSecret {
    func withSecretBytes(_ body: (UnsafeRawBufferPointer) -> Void) { withUnsafeBytes(body) }
}

extension SymmetricKey: ContiguousSecret {
    func withSecretBytes(_ body: (UnsafeRawBufferPointer) -> Void) { withUnsafeBytes(body) }
}

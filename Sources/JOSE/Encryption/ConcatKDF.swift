import Crypto

/// The key derivation of NIST SP 800-56A §5.8.1 with SHA-256, as RFC 7518 §4.6.2 uses it.
enum ConcatKDF {
    /// Derives a key from an agreed secret.
    /// - Parameters:
    ///   - algorithm: AlgorithmID, the name of what the key is for.
    ///   - length: the length of the key in bytes, at most 64.
    static func derive(
        from secret: some ContiguousSecret, algorithm: String, partyUInfo: [UInt8], partyVInfo: [UInt8], length: Int
    ) -> SymmetricKey {
        let info =
            prefixed(Array(algorithm.utf8)) + prefixed(partyUInfo) + prefixed(partyVInfo) + word(length * 8)
        var key: [UInt8] = []
        var round = 1
        while key.count < length {
            var hash = SHA256()
            hash.update(data: word(round))
            secret.withSecretBytes { hash.update(bufferPointer: $0) }
            hash.update(data: info)
            key += Array(hash.finalize())
            round += 1
        }
        return SymmetricKey(data: key.prefix(length))
    }

    private static func prefixed(_ bytes: [UInt8]) -> [UInt8] { word(bytes.count) + bytes }

    private static func word(_ value: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: value).bigEndian) { [UInt8]($0) }
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

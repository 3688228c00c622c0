import Crypto

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// HMAC (RFC 2104) under one key with swift-crypto's hashes: both padded keys are hashed once, and each call continues
/// from copies of the two states.
///
/// That is what a copied `HMAC` value does too, but its generic `update` costs a quarter of a short token's MAC, and
/// keying anew for each token doubles the cost. The hashes overwrite their states when they are released (J111).
struct PaddedHash<Hash: HashFunction & Sendable>: Sendable {
    private let inner: Hash
    private let outer: Hash

    init(_ key: [UInt8]) {
        var block = key
        if block.count > Hash.blockByteCount { block = Hash.hash(data: key).withUnsafeBytes { [UInt8]($0) } }
        block.append(contentsOf: repeatElement(0, count: max(0, Hash.blockByteCount - block.count)))
        var inner = Hash()
        inner.update(data: block.map { $0 ^ 0x36 })
        var outer = Hash()
        outer.update(data: block.map { $0 ^ 0x5C })
        self.inner = inner
        self.outer = outer
    }

    /// Whether this is the whole MAC of these bytes; swift-crypto compares in the same time wherever the first difference
    /// lies (J83).
    func authenticates(_ mac: UnsafeRawBufferPointer, _ input: UnsafeRawBufferPointer) -> Bool {
        mac.count == Hash.Digest.byteCount && compute(input) == mac
    }

    /// The MAC of these bytes.
    func authenticate(_ input: UnsafeRawBufferPointer) -> [UInt8] {
        compute(input).withUnsafeBytes { [UInt8]($0) }
    }

    private func compute(_ input: UnsafeRawBufferPointer) -> Hash.Digest {
        var inner = inner
        inner.update(bufferPointer: input)
        let digest = inner.finalize()
        var outer = outer
        digest.withUnsafeBytes { outer.update(bufferPointer: $0) }
        return outer.finalize()
    }
}

#if OpenSSL
    import COpenSSL

    /// Room for the longest hash, on the stack.
    typealias DigestBuffer = SIMD64<UInt8>

    /// One of libcrypto's hash functions with its low-level context, a plain C structure: the interface above it (EVP) looks
    /// the function up and allocates for every hash, which costs more than hashing a token.
    protocol LibcryptoHash {
        associatedtype Context
        /// Bytes of the hash.
        static var length: Int { get }
        /// Bytes that are compressed at once; HMAC pads its key to so many (RFC 2104 §2).
        static var blockLength: Int { get }
        static func start() -> Context
        static func update(_ context: inout Context, _ bytes: UnsafeRawBufferPointer)
        static func finish(_ context: inout Context, into digest: UnsafeMutablePointer<UInt8>)
    }

    enum LibcryptoSHA256: LibcryptoHash {
        static let length = 32
        static let blockLength = 64

        static func start() -> SHA256_CTX {
            var context = SHA256_CTX()
            SHA256_Init(&context)
            return context
        }

        @inline(__always) static func update(_ context: inout SHA256_CTX, _ bytes: UnsafeRawBufferPointer) {
            SHA256_Update(&context, bytes.baseAddress, bytes.count)
        }

        @inline(__always) static func finish(_ context: inout SHA256_CTX, into digest: UnsafeMutablePointer<UInt8>) {
            SHA256_Final(digest, &context)
        }
    }

    enum LibcryptoSHA384: LibcryptoHash {
        static let length = 48
        static let blockLength = 128

        static func start() -> SHA512_CTX {
            var context = SHA512_CTX()
            SHA384_Init(&context)
            return context
        }

        @inline(__always) static func update(_ context: inout SHA512_CTX, _ bytes: UnsafeRawBufferPointer) {
            SHA384_Update(&context, bytes.baseAddress, bytes.count)
        }

        @inline(__always) static func finish(_ context: inout SHA512_CTX, into digest: UnsafeMutablePointer<UInt8>) {
            SHA384_Final(digest, &context)
        }
    }

    enum LibcryptoSHA512: LibcryptoHash {
        static let length = 64
        static let blockLength = 128

        static func start() -> SHA512_CTX {
            var context = SHA512_CTX()
            SHA512_Init(&context)
            return context
        }

        @inline(__always) static func update(_ context: inout SHA512_CTX, _ bytes: UnsafeRawBufferPointer) {
            SHA512_Update(&context, bytes.baseAddress, bytes.count)
        }

        @inline(__always) static func finish(_ context: inout SHA512_CTX, into digest: UnsafeMutablePointer<UInt8>) {
            SHA512_Final(digest, &context)
        }
    }

    extension LibcryptoHash {
        /// Hashes bytes into a buffer that has room for them; the answer is the hash's length, 0 where there is no room.
        static func hash(_ input: UnsafeRawBufferPointer, into digest: UnsafeMutableRawBufferPointer) -> Int {
            guard let address = digest.baseAddress, digest.count >= length else { return 0 }
            var context = start()
            update(&context, input)
            finish(&context, into: address.assumingMemoryBound(to: UInt8.self))
            return length
        }
    }

    /// HMAC (RFC 2104) under one key: both padded keys are hashed once, and each call copies the two states to its stack.
    ///
    /// The states live in memory of their own that is overwritten before it is given back (J111).
    final class KeyedHash<Hash: LibcryptoHash>: @unchecked Sendable {
        /// Inner and outer state, written once.
        private let states: UnsafeMutablePointer<Hash.Context>

        init(_ key: [UInt8]) {
            var block = [UInt8](repeating: 0, count: Hash.blockLength)
            defer { block.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
            if key.count > Hash.blockLength {
                _ = key.withUnsafeBytes { key in block.withUnsafeMutableBytes { Hash.hash(key, into: $0) } }
            } else {
                block.replaceSubrange(0..<key.count, with: key)
            }
            states = .allocate(capacity: 2)
            for (index, pad): (Int, UInt8) in [(0, 0x36), (1, 0x5C)] {
                (states + index).initialize(to: Hash.start())
                for place in block.indices { block[place] ^= pad }
                block.withUnsafeBytes { Hash.update(&states[index], $0) }
                for place in block.indices { block[place] ^= pad }
            }
        }

        deinit {
            OPENSSL_cleanse(states, 2 * MemoryLayout<Hash.Context>.stride)
            states.deinitialize(count: 2)
            states.deallocate()
        }

        /// Whether this is the whole MAC of these bytes; the comparison takes the same time wherever the first difference
        /// lies (J83).
        func authenticates(_ mac: UnsafeRawBufferPointer, _ input: UnsafeRawBufferPointer) -> Bool {
            guard mac.count == Hash.length, let given = mac.baseAddress else { return false }
            var digest = DigestBuffer()
            return withUnsafeMutableBytes(of: &digest) { digest in
                guard let address = digest.baseAddress else { return false }
                compute(input, into: address.assumingMemoryBound(to: UInt8.self))
                return CRYPTO_memcmp(given, address, Hash.length) == 0
            }
        }

        /// The MAC of these bytes.
        func authenticate(_ input: UnsafeRawBufferPointer) -> [UInt8] {
            [UInt8](unsafeUninitializedCapacity: Hash.length) { buffer, count in
                guard let address = buffer.baseAddress else { return }
                compute(input, into: address)
                count = Hash.length
            }
        }

        @inline(__always) private func compute(
            _ input: UnsafeRawBufferPointer, into digest: UnsafeMutablePointer<UInt8>
        ) {
            var inner = states[0]
            Hash.update(&inner, input)
            Hash.finish(&inner, into: digest)
            var outer = states[1]
            Hash.update(&outer, UnsafeRawBufferPointer(start: digest, count: Hash.length))
            Hash.finish(&outer, into: digest)
        }
    }
#endif

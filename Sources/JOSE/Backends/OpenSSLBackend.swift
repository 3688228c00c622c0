#if OpenSSL
    import COpenSSL
    import CryptoExtras
    import Tokens

    /// The system's libcrypto (OpenSSL 3): everything but ML-DSA, which it has only from 3.5 on. `SignatureBackends` says for
    /// what it is used; the rest is here so that tests can hold the two backends against each other.
    enum OpenSSLBackend: SignatureBackend {
        enum Key: Sendable {
            case hmac256(KeyedHash<LibcryptoSHA256>)
            case hmac384(KeyedHash<LibcryptoSHA384>)
            case hmac512(KeyedHash<LibcryptoSHA512>)
            case rsa(EnvelopeKey, SignatureAlgorithm)
            case elliptic(EllipticKey, SignatureAlgorithm)
            case octetPair(EnvelopeKey, signatureLength: Int)
        }

        static func supports(_ algorithm: SignatureAlgorithm) -> Bool { algorithm.family != .mlDSA }

        static func prepare(
            _ material: KeyMaterial, for algorithm: SignatureAlgorithm, to operation: SignatureOperation
        ) throws -> Key {
            switch (algorithm.family, material) {
            case (.hmac, .secret(let secret)):
                guard !secret.isEmpty else { throw SignatureBackendError.badKey }
                switch algorithm {
                case .hs256: return .hmac256(KeyedHash(secret))
                case .hs384: return .hmac384(KeyedHash(secret))
                default: return .hmac512(KeyedHash(secret))
                }
            case (.rsaPKCS1, .rsa), (.rsaPSS, .rsa):
                switch operation {
                case .verify: return .rsa(try EnvelopeKey(rsaPublic: material), algorithm)
                case .sign: return .rsa(try EnvelopeKey(rsaPrivate: material), algorithm)
                }
            case (.ecdsa, .elliptic(let curve, let x, let y, let scalar)):
                guard curve.signatureAlgorithm == algorithm else { throw SignatureBackendError.badKey }
                switch operation {
                case .verify: return .elliptic(try EllipticKey(curve, x: x, y: y), algorithm)
                case .sign:
                    guard let scalar else { throw SignatureBackendError.badKey }
                    return .elliptic(try EllipticKey(curve, scalar: scalar), algorithm)
                }
            case (.edDSA, .octetPair(let curve, let publicKey, let privateKey)):
                guard curve.signatureAlgorithm == algorithm, let length = algorithm.signatureLength else {
                    throw SignatureBackendError.badKey
                }
                switch operation {
                case .verify:
                    return .octetPair(try EnvelopeKey(curve, publicKey: publicKey), signatureLength: length)
                case .sign:
                    guard let privateKey else { throw SignatureBackendError.badKey }
                    return .octetPair(try EnvelopeKey(curve, privateKey: privateKey), signatureLength: length)
                }
            default: throw SignatureBackendError.badKey
            }
        }

        static func verifies(
            signature: UnsafeRawBufferPointer, input: UnsafeRawBufferPointer, with key: Key
        ) -> Bool {
            switch key {
            case .hmac256(let key): return key.authenticates(signature, input)
            case .hmac384(let key): return key.authenticates(signature, input)
            case .hmac512(let key): return key.authenticates(signature, input)
            case .rsa(let key, let algorithm):
                return withDigest(of: input, algorithm) { key.verifies(signature, digest: $0, algorithm) }
            case .elliptic(let key, let algorithm):
                return withDigest(of: input, algorithm) { key.verifies(signature, digest: $0) }
            case .octetPair(let key, let signatureLength):
                return signature.count == signatureLength && key.verifies(signature, input)
            }
        }

        static func sign(_ input: UnsafeRawBufferPointer, with key: Key) throws -> [UInt8] {
            switch key {
            case .hmac256(let key): return key.authenticate(input)
            case .hmac384(let key): return key.authenticate(input)
            case .hmac512(let key): return key.authenticate(input)
            case .rsa(let key, let algorithm):
                return try withDigest(of: input, algorithm) { try key.sign(digest: $0, algorithm) }
            case .elliptic(let key, let algorithm): return try withDigest(of: input, algorithm, key.sign(digest:))
            case .octetPair(let key, let signatureLength): return try key.sign(input, signatureLength: signatureLength)
            }
        }

        /// The hash that an algorithm signs, on the stack.
        private static func withDigest<Result>(
            of input: UnsafeRawBufferPointer, _ algorithm: SignatureAlgorithm,
            _ body: (UnsafeRawBufferPointer) throws -> Result
        ) rethrows -> Result {
            var digest = DigestBuffer()
            return try withUnsafeMutableBytes(of: &digest) { digest in
                let length: Int
                switch algorithm.hashLength {
                case 32: length = LibcryptoSHA256.hash(input, into: digest)
                case 48: length = LibcryptoSHA384.hash(input, into: digest)
                default: length = LibcryptoSHA512.hash(input, into: digest)
                }
                return try body(UnsafeRawBufferPointer(rebasing: digest[..<length]))
            }
        }
    }
#endif

#if OpenSSL
    import COpenSSL
    import CryptoExtras
    import Tokens

    /// A key behind libcrypto's EVP interface: RSA and EdDSA. Only read after it is made, so threads may share it.
    final class EnvelopeKey: @unchecked Sendable {
        private let key: OpaquePointer

        private init(_ key: OpaquePointer?) throws {
            guard let key else { throw SignatureBackendError.badKey }
            self.key = key
        }

        deinit { EVP_PKEY_free(key) }

        /// A public RSA key, as PKCS#1 (RFC 8017 §A.1.1) from swift-crypto, which has looked at the numbers.
        convenience init(rsaPublic material: KeyMaterial) throws {
            guard case .rsa(let modulus, let exponent, _) = material else { throw SignatureBackendError.badKey }
            let der = [UInt8](try _RSA.Signing.PublicKey(n: modulus, e: exponent).pkcs1DERRepresentation)
            try self.init(
                der.withUnsafeBufferPointer { der in
                    var place = der.baseAddress
                    return d2i_PublicKey(EVP_PKEY_RSA, nil, &place, der.count)
                })
        }

        /// A private RSA key, as PKCS#1 (RFC 8017 §A.1.2) from swift-crypto, which has proven that its numbers belong together
        /// (J18) and computed those that a document may leave out.
        convenience init(rsaPrivate material: KeyMaterial) throws {
            var der = [UInt8](try BoringSSLBackend.rsaPrivateKey(material).derRepresentation)
            defer { der.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
            try self.init(
                der.withUnsafeBufferPointer { der in
                    var place = der.baseAddress
                    return d2i_PrivateKey(EVP_PKEY_RSA, nil, &place, der.count)
                })
        }

        /// A public EdDSA key.
        convenience init(_ curve: OctetPairCurve, publicKey: [UInt8]) throws {
            guard publicKey.count == curve.keyLength else { throw SignatureBackendError.badKey }
            try self.init(EVP_PKEY_new_raw_public_key(try Self.type(curve), nil, publicKey, publicKey.count))
        }

        /// A private EdDSA key.
        convenience init(_ curve: OctetPairCurve, privateKey: [UInt8]) throws {
            guard privateKey.count == curve.keyLength else { throw SignatureBackendError.badKey }
            try self.init(EVP_PKEY_new_raw_private_key(try Self.type(curve), nil, privateKey, privateKey.count))
        }

        private static func type(_ curve: OctetPairCurve) throws -> Int32 {
            switch curve {
            case .ed25519: EVP_PKEY_ED25519
            case .ed448: EVP_PKEY_ED448
            case .x25519: throw SignatureBackendError.badKey
            }
        }

        /// The public half of an EdDSA key.
        func publicKey(_ curve: OctetPairCurve) throws -> [UInt8] {
            var length = curve.keyLength
            return try [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
                guard EVP_PKEY_get_raw_public_key(key, buffer.baseAddress, &length) == 1, length == curve.keyLength
                else {
                    throw SignatureBackendError.failed
                }
                count = length
            }
        }

        // MARK: RSA

        /// Whether an RSA signature, exactly as long as the modulus (RFC 8017 §8.1.2, §8.2.2), signs this hash.
        func verifies(
            _ signature: UnsafeRawBufferPointer, digest: UnsafeRawBufferPointer, _ algorithm: SignatureAlgorithm
        ) -> Bool {
            guard signature.count == Int(EVP_PKEY_get_size(key)), let context = EVP_PKEY_CTX_new(key, nil) else {
                return false
            }
            defer { EVP_PKEY_CTX_free(context) }
            let isValid =
                EVP_PKEY_verify_init(context) == 1 && Self.configure(context, algorithm)
                && EVP_PKEY_verify(
                    context, signature.baseAddress?.assumingMemoryBound(to: UInt8.self), signature.count,
                    digest.baseAddress?.assumingMemoryBound(to: UInt8.self), digest.count) == 1
            if !isValid { ERR_clear_error() }
            return isValid
        }

        /// Signs a hash with RSA.
        func sign(digest: UnsafeRawBufferPointer, _ algorithm: SignatureAlgorithm) throws -> [UInt8] {
            guard let context = EVP_PKEY_CTX_new(key, nil) else { throw SignatureBackendError.failed }
            defer { EVP_PKEY_CTX_free(context) }
            guard EVP_PKEY_sign_init(context) == 1, Self.configure(context, algorithm) else {
                throw SignatureBackendError.failed
            }
            var length = Int(EVP_PKEY_get_size(key))
            return try [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
                guard
                    EVP_PKEY_sign(
                        context, buffer.baseAddress, &length, digest.baseAddress?.assumingMemoryBound(to: UInt8.self),
                        digest.count) == 1, length == buffer.count
                else { throw SignatureBackendError.failed }
                count = length
            }
        }

        /// Padding and hash; for PSS a salt as long as the hash and MGF1 with the same hash (RFC 7518 §3.5).
        private static func configure(_ context: OpaquePointer, _ algorithm: SignatureAlgorithm) -> Bool {
            let hash =
                switch algorithm.hashLength {
                case 32: EVP_sha256()
                case 48: EVP_sha384()
                default: EVP_sha512()
                }
            guard algorithm.family == .rsaPSS else {
                return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1
                    && EVP_PKEY_CTX_set_signature_md(context, hash) == 1
            }
            return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1
                && EVP_PKEY_CTX_set_signature_md(context, hash) == 1
                && EVP_PKEY_CTX_set_rsa_mgf1_md(context, hash) == 1
                && EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1
        }

        // MARK: EdDSA

        /// Whether an EdDSA signature belongs to these bytes; libcrypto refuses S that is not below the order (J80).
        func verifies(_ signature: UnsafeRawBufferPointer, _ input: UnsafeRawBufferPointer) -> Bool {
            guard let context = EVP_MD_CTX_new() else { return false }
            defer { EVP_MD_CTX_free(context) }
            let isValid =
                EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1
                && EVP_DigestVerify(
                    context, signature.baseAddress?.assumingMemoryBound(to: UInt8.self), signature.count,
                    input.baseAddress?.assumingMemoryBound(to: UInt8.self), input.count) == 1
            if !isValid { ERR_clear_error() }
            return isValid
        }

        /// Signs bytes with EdDSA.
        func sign(_ input: UnsafeRawBufferPointer, signatureLength: Int) throws -> [UInt8] {
            guard let context = EVP_MD_CTX_new() else { throw SignatureBackendError.failed }
            defer { EVP_MD_CTX_free(context) }
            guard EVP_DigestSignInit(context, nil, nil, nil, key) == 1 else { throw SignatureBackendError.failed }
            var length = signatureLength
            return try [UInt8](unsafeUninitializedCapacity: signatureLength) { buffer, count in
                guard
                    EVP_DigestSign(
                        context, buffer.baseAddress, &length, input.baseAddress?.assumingMemoryBound(to: UInt8.self),
                        input.count) == 1, length == signatureLength
                else { throw SignatureBackendError.failed }
                count = length
            }
        }
    }
#endif

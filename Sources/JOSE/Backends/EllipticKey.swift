#if OpenSSL
    import COpenSSL
    import Tokens

    /// A point on a Weierstrass curve, or a scalar and its point, in libcrypto: ECDSA with r and s side by side, as JWS has it
    /// (RFC 7518 §3.4). Only read after it is made, so threads may share it.
    final class EllipticKey: @unchecked Sendable {
        private let key: OpaquePointer
        private let fieldLength: Int

        private init(_ curve: EllipticCurve) throws {
            let name =
                switch curve {
                case .p256: NID_X9_62_prime256v1
                case .p384: NID_secp384r1
                case .p521: NID_secp521r1
                case .secp256k1: NID_secp256k1
                }
            guard let key = EC_KEY_new_by_curve_name(name) else { throw SignatureBackendError.failed }
            self.key = key
            fieldLength = curve.fieldLength
        }

        deinit { EC_KEY_free(key) }

        /// A public key: libcrypto refuses coordinates past the field and points off the curve (J19).
        convenience init(_ curve: EllipticCurve, x: [UInt8], y: [UInt8]) throws {
            guard x.count == curve.fieldLength, y.count == curve.fieldLength else { throw SignatureBackendError.badKey }
            try self.init(curve)
            try Self.withNumbers(x, y) { x, y in
                guard EC_KEY_set_public_key_affine_coordinates(key, x, y) == 1 else {
                    throw SignatureBackendError.badKey
                }
            }
        }

        /// A private key; its point is computed. Zero, and what is not below the order, is refused.
        convenience init(_ curve: EllipticCurve, scalar: [UInt8]) throws {
            guard scalar.count == curve.fieldLength else { throw SignatureBackendError.badKey }
            try self.init(curve)
            guard let number = BN_bin2bn(scalar, Int32(scalar.count), nil) else { throw SignatureBackendError.failed }
            defer { BN_clear_free(number) }
            guard let group = EC_KEY_get0_group(key), let order = EC_GROUP_get0_order(group), BN_is_zero(number) == 0,
                BN_cmp(number, order) < 0, let point = EC_POINT_new(group)
            else { throw SignatureBackendError.badKey }
            defer { EC_POINT_free(point) }
            // libcrypto takes the path of constant time for a number that is marked so.
            BN_set_flags(number, BN_FLG_CONSTTIME)
            guard EC_POINT_mul(group, point, number, nil, nil, nil) == 1, EC_KEY_set_private_key(key, number) == 1,
                EC_KEY_set_public_key(key, point) == 1, EC_KEY_check_key(key) == 1
            else { throw SignatureBackendError.badKey }
        }

        /// Both coordinates of the point, one after the other.
        var point: [UInt8] {
            get throws {
                guard let group = EC_KEY_get0_group(key), let point = EC_KEY_get0_public_key(key) else {
                    throw SignatureBackendError.failed
                }
                return try Self.withNumbers([], []) { x, y in
                    guard EC_POINT_get_affine_coordinates(group, point, x, y, nil) == 1 else {
                        throw SignatureBackendError.failed
                    }
                    return try bytes(x, y)
                }
            }
        }

        /// Whether r and s, side by side and each as long as the field (J79), sign this hash. libcrypto looks at their ranges.
        func verifies(_ signature: UnsafeRawBufferPointer, digest: UnsafeRawBufferPointer) -> Bool {
            guard signature.count == 2 * fieldLength,
                let bytes = signature.baseAddress?.assumingMemoryBound(to: UInt8.self),
                let parsed = ECDSA_SIG_new()
            else { return false }
            defer { ECDSA_SIG_free(parsed) }
            guard let r = BN_bin2bn(bytes, Int32(fieldLength), nil) else { return false }
            guard let s = BN_bin2bn(bytes + fieldLength, Int32(fieldLength), nil) else {
                BN_free(r)
                return false
            }
            guard ECDSA_SIG_set0(parsed, r, s) == 1 else {
                BN_free(r)
                BN_free(s)
                return false
            }
            // -1 says that something else is wrong than the signature: no reason to believe it.
            let isValid =
                ECDSA_do_verify(
                    digest.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(digest.count), parsed, key) == 1
            if !isValid { ERR_clear_error() }
            return isValid
        }

        /// Signs a hash; the nonce is libcrypto's, drawn from its generator, the hash and the key (J84).
        func sign(digest: UnsafeRawBufferPointer) throws -> [UInt8] {
            guard
                let signature = ECDSA_do_sign(
                    digest.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(digest.count), key)
            else { throw SignatureBackendError.failed }
            defer { ECDSA_SIG_free(signature) }
            return try bytes(ECDSA_SIG_get0_r(signature), ECDSA_SIG_get0_s(signature))
        }

        /// Two numbers side by side, each as long as the field.
        private func bytes(_ first: OpaquePointer?, _ second: OpaquePointer?) throws -> [UInt8] {
            guard let first, let second else { throw SignatureBackendError.failed }
            let length = Int32(fieldLength)
            return try [UInt8](unsafeUninitializedCapacity: 2 * fieldLength) { buffer, count in
                guard let address = buffer.baseAddress, BN_bn2binpad(first, address, length) == length,
                    BN_bn2binpad(second, address + fieldLength, length) == length
                else { throw SignatureBackendError.failed }
                count = 2 * fieldLength
            }
        }

        private static func withNumbers<Result>(
            _ first: [UInt8], _ second: [UInt8], _ body: (OpaquePointer, OpaquePointer) throws -> Result
        ) throws -> Result {
            guard let one = BN_bin2bn(first, Int32(first.count), nil) else { throw SignatureBackendError.failed }
            defer { BN_free(one) }
            guard let two = BN_bin2bn(second, Int32(second.count), nil) else { throw SignatureBackendError.failed }
            defer { BN_free(two) }
            return try body(one, two)
        }
    }
#endif

import Codecs

/// The floors below which a key protects nothing.
enum KeyStrength {
    /// RFC 7518 §3.2: a MAC key is at least as long as the hash. What is in truth another kind of key is no secret.
    static func check(secret: [UInt8]) throws(KeyError) {
        guard !looksLikeKey(secret) else {
            throw KeyError(.notSecret, "this is a key or a certificate, not a shared secret: everybody may know it")
        }
        guard secret.count >= 32 else {
            throw KeyError(
                .weak, "an HS256 secret must have at least 32 bytes (RFC 7518 §3.2); this one has \(secret.count)")
        }
    }

    /// At least 2048 bits (RFC 7518 §3.3), at most 8192; the exponent odd, above 1, and below 2^33.
    static func check(modulus: [UInt8], exponent: [UInt8]) throws(KeyError) {
        let size = bits(modulus)
        guard size >= 2_048, size <= 8_192 else {
            throw KeyError(.weak, "an RSA modulus must have 2048 to 8192 bits; this one has \(size)")
        }
        guard let last = exponent.last, last & 1 == 1, bits(exponent) > 1, bits(exponent) <= 33,
            modulus.last.map({ $0 & 1 == 1 }) == true
        else {
            throw KeyError(.weak, "the RSA public exponent must be odd, greater than 1 and at most 33 bits long")
        }
    }

    /// The length of a big-endian number in bits.
    static func bits(_ magnitude: [UInt8]) -> Int {
        guard let place = magnitude.firstIndex(where: { $0 != 0 }) else { return 0 }
        return (magnitude.count - place) * 8 - magnitude[place].leadingZeroBitCount
    }

    /// PEM, a JWK, an SSH key, or DER that starts like a key or certificate (CVE-2023-48223 and its relatives).
    static func looksLikeKey(_ secret: [UInt8]) -> Bool {
        if PEM.isLikely(secret) { return true }
        let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF]
        let trimmed = Array(secret.drop { blanks.contains($0) })
        for prefix in ["-----BEGIN", "ssh-", "ecdsa-sha2-"] where trimmed.starts(with: prefix.utf8) { return true }
        if trimmed.first == UInt8(ascii: "{"), let json = try? JSONReader.read(secret), let object = json.object {
            return object["kty"] != nil || object["keys"] != nil
        }
        return (try? DERKeyReader.read(secret, label: nil)) != nil
    }
}

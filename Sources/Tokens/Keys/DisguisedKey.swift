import Codecs

/// Finds a key pair's numbers where a shared secret should be, however they are wrapped. Whoever has the public key could
/// sign with such a "secret" (CVE-2016-10555, CVE-2023-48223); a private key is no shared secret either.
///
/// Only what is certain counts: random bytes, and base64 or hexadecimal of them, look like none of this in fewer than one
/// of 2^20 cases. So these stay unrecognised, for random bytes look the same: the bare modulus of an RSA key (a quarter
/// of all strings of its length are odd with the top bit set, and one in fifteen of those has no small factor), a
/// compressed point or a single coordinate (half of all numbers are one), and the public keys of Ed25519, Ed448, X25519
/// and ML-DSA without structure. Where the key itself is at hand, `KeyMaterial.isFound(in:)` knows them.
///
/// The time is linear in the length, and no more than `longest` bytes are looked at.
enum DisguisedKey {
    /// How many bytes are looked at: more than any key has, and a set of keys shows one by then.
    static let longest = 65_536
    /// How many wrappings in base64 or hexadecimal are taken off.
    private static let deepest = 3

    /// Whether a secret is, or holds, a key or a certificate.
    static func isFound(in secret: [UInt8]) -> Bool {
        layers(Array(secret.prefix(longest)), deepest).contains { layer in
            KeyShape.isFound(in: layer.bytes) || KeyShape.isPoint(layer.bytes) || isMarked(layer.text)
                || isJWK(layer.bytes)
        }
    }

    /// Whether one of these byte strings stands in a secret, bare or wrapped.
    static func isFound(_ numbers: [[UInt8]], in secret: [UInt8]) -> Bool {
        layers(Array(secret.prefix(longest)), deepest).contains { layer in
            numbers.contains { Bytes.contains(layer.bytes, $0) }
        }
    }

    /// Bytes, and what is printable in them.
    private struct Layer {
        let bytes: [UInt8]
        let text: [UInt8]
    }

    /// The bytes themselves and everything that they are an encoding of.
    private static func layers(_ bytes: [UInt8], _ depth: Int) -> [Layer] {
        let text = printable(bytes)
        var found = [Layer(bytes: bytes, text: text)]
        guard depth > 0 else { return found }
        // A key's least structure is 44 bytes; a letter in front moves all that follow, so every alignment is tried.
        for run in text.split(whereSeparator: { TolerantBase64.value($0) == nil }) where run.count >= 43 {
            for alignment in 0..<4 {
                found += layers(TolerantBase64(run.dropFirst(alignment)).bytes, depth - 1)
            }
        }
        let digits = text.filter { $0 != UInt8(ascii: ":") }
        for run in digits.split(whereSeparator: { Hex.value($0) == nil }) where run.count >= 64 {
            for alignment in 0..<2 {
                let even = Array(run.dropFirst(alignment).dropLast((run.count - alignment) % 2))
                if let bytes = try? Hex.decode(even) { found += layers(bytes, depth - 1) }
            }
        }
        return found
    }

    /// The printable characters of ASCII without blanks, quotes and escaped line breaks. So UTF-16, byte order marks,
    /// no-break and zero-width spaces, and quoting change nothing.
    private static func printable(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        var isEscape = false
        for byte in bytes where byte > 0x20 && byte < 0x7F {
            switch byte {
            case UInt8(ascii: "\\"):
                isEscape = true
                continue
            case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"): break
            case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
                if !isEscape { text.append(byte) }
            default: text.append(byte)
            }
            isEscape = false
        }
        return text
    }

    /// What stands in PEM, JWK, SSH's and PuTTY's files, XML of .NET and what OpenSSL prints, in small letters.
    private static let marks: [StaticString] = [
        "----begin", "----end", "kty:rsa", "kty:ec", "kty:okp", "kty:oct", "kty:akp", "crv:p-", "crv:ed", "crv:x25519",
        "crv:x448", "crv:secp", "aaaab3nzac1", "aaaac3nzac1", "aaaae2vjzhnh", "aaaagnnrlx", "aaaainnrlw",
        "putty-user-key-file", "<modulus>", "modulus:", "modulus=",
    ]
    /// The names of SSH's keys, which count at the start only: they are words.
    private static let starts: [StaticString] = ["ssh-rsa", "ssh-dss", "ssh-ed", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"]

    private static func isMarked(_ text: [UInt8]) -> Bool {
        let small = text.map { Bytes.lower($0) }
        if starts.contains(where: { small.starts(with: $0.bytes) }) { return true }
        return marks.contains { Bytes.contains(small, $0.bytes) }
    }

    /// A JWK, a set, or a list of them, where even its names may be written with escapes.
    private static func isJWK(_ bytes: [UInt8]) -> Bool {
        guard let start = bytes.firstIndex(where: { $0 > 0x20 && $0 < 0x7F }),
            bytes[start] == UInt8(ascii: "{") || bytes[start] == UInt8(ascii: "["),
            let json = try? JSONReader.read(Array(bytes[start...]))
        else { return false }
        func isKey(_ object: JSONObject?) -> Bool { object?["kty"] != nil || object?["keys"] != nil }
        return isKey(json.object) || (json.array ?? []).contains { isKey($0.object) }
    }
}

extension StaticString {
    fileprivate var bytes: [UInt8] { withUTF8Buffer { Array($0) } }
}

extension KeyMaterial {
    /// Whether a secret is, or holds, a public number of this very key, bare or wrapped; never for a shared secret.
    public func isFound(in secret: [UInt8]) -> Bool {
        let numbers = bareNumbers.filter { $0.count >= 32 }
        return !numbers.isEmpty && DisguisedKey.isFound(numbers, in: secret)
    }

    /// The public numbers as bytes, in every form that has no structure of its own; none of a shared secret.
    var bareNumbers: [[UInt8]] {
        switch self {
        case .secret: []
        case .rsa(let modulus, _, _): [modulus]
        case .elliptic(_, let x, let y, _): [x + y, [0x04] + x + y, [2 | (y.last ?? 0) & 1] + x, x]
        case .octetPair(_, let key, _): [key]
        case .mlDSA(_, let key, _): [key]
        }
    }
}

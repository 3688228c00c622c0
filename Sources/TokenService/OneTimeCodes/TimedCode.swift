import Codecs
import Crypto
import JOSE

/// Codes that an authenticator app shows, a new one every 30 seconds (TOTP, RFC 6238): six digits from HMAC-SHA-1 over
/// the number of the step, the one form that every app knows.
struct TimedCode: Sendable, CustomStringConvertible, CustomReflectable {
    /// The length of a step in seconds.
    static let step: Int64 = 30
    /// How many steps an app's clock may be off, to either side (RFC 6238 §5.2).
    static let tolerance: Int64 = 1
    private static let digits = 6
    private static let secretLength = 20

    private let secret: [UInt8]

    /// A new secret of 160 bits (RFC 4226 §4).
    init() {
        secret = RandomBytes.make(count: Self.secretLength)
    }

    /// A secret that was stored; nil unless it has 128 bits or more (RFC 4226 §4, R6).
    init?(secret: [UInt8]) {
        guard (16...64).contains(secret.count) else { return nil }
        self.secret = secret
    }

    /// What is stored, sealed.
    var secretBytes: [UInt8] { secret }

    /// The secret as people type it into an app: base32 without padding (RFC 4648 §6).
    var secretText: String { Base32.encode(secret) }

    /// The same in groups of four, which are easier to type.
    var secretInGroups: String {
        let letters = Array(secretText)
        return stride(from: 0, to: letters.count, by: 4)
            .map { String(letters[$0..<min($0 + 4, letters.count)]) }.joined(separator: " ")
    }

    /// The address that an app reads from a QR code.
    /// - Parameters:
    ///   - issuer: who the account is with.
    ///   - account: whose it is.
    func address(issuer: ByteString, account: ByteString) -> String {
        let label = FormURLEncoded.encodeComponent(issuer) + ":" + FormURLEncoded.encodeComponent(account)
        return "otpauth://totp/\(label)?secret=\(secretText)&issuer=\(FormURLEncoded.encodeComponent(issuer))"
            + "&algorithm=SHA1&digits=\(Self.digits)&period=\(Self.step)"
    }

    /// The step that a code is of, if it is right at this time: what has to be remembered, so that no code works twice
    /// (RFC 6238 §5.2).
    /// - Parameters:
    ///   - code: what the person typed; spaces between digits are passed over.
    ///   - now: seconds since 1970.
    ///   - lastStep: the last step whose code was accepted; that one and earlier ones are refused.
    func acceptedStep(of code: ByteString, now: Int64, after lastStep: Int64?) -> Int64? {
        let typed = code.bytes.filter { $0 != UInt8(ascii: " ") }
        guard typed.count == Self.digits, now >= 0 else { return nil }
        let present = now / Self.step
        var accepted: Int64?
        // All are looked at, whichever is right.
        for step in (present - Self.tolerance)...(present + Self.tolerance) {
            let expected = Array(self.code(step: step).utf8)
            let differs = zip(expected, typed).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) }
            if differs == 0, step > lastStep ?? -1 { accepted = step }
        }
        return accepted
    }

    /// The code of a step (RFC 4226 §5.3).
    func code(step: Int64) -> String {
        let counter = withUnsafeBytes(of: step.bigEndian) { Array($0) }
        let hash = Array(
            HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: SymmetricKey(data: secret)))
        let offset = Int(hash[hash.count - 1] & 0x0F)
        let number = hash[offset..<(offset + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let text = String(number % 1_000_000)
        return String(repeating: "0", count: Self.digits - text.utf8.count) + text
    }

    var description: String { "<redacted one-time code secret>" }
    var customMirror: Mirror { Mirror(self, children: []) }
}

/// base32 without padding (RFC 4648 §6), for people to type.
private enum Base32 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for byte in bytes {
            buffer = (buffer << 8 | UInt32(byte)) & 0xFFFF
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(alphabet[Int(buffer >> bits & 0x1F)])
            }
        }
        if bits > 0 { text.append(alphabet[Int(buffer << (5 - bits) & 0x1F)]) }
        return String(decoding: text, as: UTF8.self)
    }
}

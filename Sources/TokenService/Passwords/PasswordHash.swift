import Codecs
import Crypto
import CryptoExtras
import JOSE

/// A password's scrypt hash as self-describing text: `$scrypt$ln=15,r=8,p=3$salt$hash`, both in base64url.
struct PasswordHash: Sendable {
    private static let saltLength = 16
    private static let hashLength = 32

    private let cost: ScryptCost
    private let salt: [UInt8]
    private let hash: [UInt8]

    /// Hashes a password with a new salt. Slow on purpose; never call it on an event loop.
    init(of password: [UInt8], cost: ScryptCost) throws {
        self.cost = cost
        salt = RandomBytes.make(count: Self.saltLength)
        hash = try Self.derive(password, salt, cost).withUnsafeBytes { Array($0) }
    }

    /// The hash of no password that anybody knows: random, and so made at once. Checking against it costs what any check
    /// costs.
    init(decoyWith cost: ScryptCost) {
        self.cost = cost
        salt = RandomBytes.make(count: Self.saltLength)
        hash = RandomBytes.make(count: Self.hashLength)
    }

    /// Reads the stored text; nil when it is not exactly of this form.
    init?(text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "$"), omittingEmptySubsequences: false).map { Array($0) }
        guard parts.count == 5, parts[0].isEmpty, parts[1] == Array("scrypt".utf8),
            let cost = Self.readCost(parts[2]),
            let salt = try? Base64URL.decode(parts[3]), salt.count == Self.saltLength,
            let hash = try? Base64URL.decode(parts[4]), hash.count == Self.hashLength
        else { return nil }
        self.cost = cost
        self.salt = salt
        self.hash = hash
    }

    /// The text to store.
    var text: String {
        "$scrypt$ln=\(cost.logRounds),r=\(cost.blockSize),p=\(cost.parallelism)"
            + "$\(Base64URL.encode(salt))$\(Base64URL.encode(hash))"
    }

    /// Whether the password is the one. As slow as hashing; the comparison takes the same time wherever they differ.
    func matches(_ password: [UInt8]) throws -> Bool {
        // The equality of two symmetric keys is the crypto library's constant-time comparison.
        try Self.derive(password, salt, cost) == SymmetricKey(data: hash)
    }

    private static func derive(_ password: [UInt8], _ salt: [UInt8], _ cost: ScryptCost) throws -> SymmetricKey {
        try KDF.Scrypt.deriveKey(
            from: password, salt: salt, outputByteCount: hashLength,
            rounds: 1 << cost.logRounds, blockSize: cost.blockSize, parallelism: cost.parallelism)
    }

    private static func readCost(_ text: [UInt8]) -> ScryptCost? {
        let names = ["ln=", "r=", "p="]
        let parts = text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard parts.count == names.count else { return nil }
        var numbers: [Int] = []
        for (part, name) in zip(parts, names) {
            let digits = part.dropFirst(name.utf8.count)
            guard part.starts(with: name.utf8), (1...2).contains(digits.count) else { return nil }
            var number = 0
            for digit in digits {
                guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
                number = number * 10 + Int(digit - UInt8(ascii: "0"))
            }
            numbers.append(number)
        }
        return ScryptCost(stored: numbers[0], numbers[1], numbers[2])
    }
}

import Codecs

/// Judges shared secrets by what an attacker would try first (RFC 8725 §3.5). Pure; never repeats the secret.
public enum WeakSecret {
    /// Why a secret is weak.
    public struct Reason: Sendable, Equatable {
        /// `weak-secret` or `short-secret`.
        public let code: FindingCode
        /// Why, as a sentence that does not repeat the secret.
        public let text: String
    }

    /// The secrets tried first, as bytes: words, then what people make of them. In the order of the list, no repeats.
    public static var candidates: [[UInt8]] {
        var candidates: [[UInt8]] = []
        var seen: Set<ByteString> = []
        func add(_ bytes: [UInt8]) {
            if seen.insert(ByteString(utf8: bytes)).inserted { candidates.append(bytes) }
        }
        add([])
        for word in words { add(word) }
        for word in words {
            // Capitalised, shouted, with the endings that password rules produce, and doubled.
            if let first = word.first, Bytes.isLetter(first) {
                add([first & 0xDF] + word.dropFirst())
                add(word.map { $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") ? $0 & 0xDF : $0 })
            }
            for ending in ["1", "123", "!", "\n"] { add(word + Array(ending.utf8)) }
            // The base64 of a word is no better than the word.
            add(Array(Base64.encode(word).utf8))
        }
        for byte: UInt8 in 0x20..<0x7F {
            for count in [8, 16, 24, 32, 48, 64] { add([UInt8](repeating: byte, count: count)) }
        }
        for count in [16, 24, 32, 48, 64] {
            add([UInt8](repeating: 0, count: count))
            add([UInt8](repeating: 0xFF, count: count))
            add((0..<count).map { UInt8(truncatingIfNeeded: $0) })
            add((0..<count).map { UInt8(truncatingIfNeeded: $0 + 1) })
        }
        return candidates
    }

    /// The plain words of the list.
    public static var words: [[UInt8]] {
        var words: [[UInt8]] = []
        WeakSecretWords.text.withUTF8Buffer { buffer in
            for word in buffer.split(whereSeparator: { $0 <= 0x20 }) { words.append(Array(word)) }
        }
        return words
    }

    private static let known: Set<ByteString> = {
        var known: Set<ByteString> = []
        for word in words { known.insert(ByteString(utf8: word.map { Bytes.lower($0) })) }
        return known
    }()

    /// Why a secret is weak; nil when nothing speaks against it.
    /// - Parameter algorithm: what it is for; decides how short is too short.
    public static func judge(_ secret: [UInt8], for algorithm: SignatureAlgorithm = .hs256) -> Reason? {
        if secret.isEmpty { return Reason(code: .weakSecret, text: "The secret is empty.") }
        // Beyond a few hundred bytes a secret is a file, not a habit.
        if secret.count <= 512, let habit = habit(secret) { return Reason(code: .weakSecret, text: habit) }
        let least = algorithm.hashLength ?? 32
        if secret.count < least {
            return Reason(
                code: .shortSecret,
                text: "\(algorithm.rawValue) needs a secret of at least \(least) bytes; this one has \(secret.count).")
        }
        if secret.count <= 512, isText(secret), bits(of: secret) < 80 {
            return Reason(
                code: .weakSecret,
                text:
                    "The secret has some \(bits(of: secret)) bits of uncertainty by the variety of its characters; 128 "
                    + "are wanted.")
        }
        return nil
    }

    /// The same as a finding.
    public static func finding(_ secret: [UInt8], for algorithm: SignatureAlgorithm = .hs256) -> Finding? {
        judge(secret, for: algorithm).map { Finding($0.code, $0.text) }
    }

    /// What a search for the secret of a token computes with: nil where this is no HMAC token in three parts.
    /// - Parameter token: at most `EncodedToken.maximumSize` bytes.
    public static func target(
        _ token: [UInt8]
    ) -> (algorithm: SignatureAlgorithm, input: [UInt8], signature: [UInt8])? {
        guard let encoded = try? EncodedToken(token), let decoded = try? DecodedToken(encoded),
            let algorithm = SignatureAlgorithm(name: decoded.header.algorithm), algorithm.family == .hmac,
            let signature = try? encoded.decode(.signature), signature.count == algorithm.signatureLength
        else { return nil }
        return (algorithm, Array(encoded.signingInput), signature)
    }

    /// The finding about a token whose secret was found by trying common ones. The secret is not repeated.
    public static func finding(found secret: [UInt8]) -> Finding {
        let reason = judge(secret).map { " " + $0.text } ?? ""
        return Finding(
            .weakSecret,
            "This token was signed with a secret that is found by trying common ones: anybody can make such tokens."
                + reason)
    }

    private static func habit(_ secret: [UInt8]) -> String? {
        let trimmed = Bytes.trimming(secret)
        if isKnown(trimmed) { return "The secret stands in lists of common secrets." }
        let stemmed = stem(trimmed)
        if stemmed.count >= 3, stemmed.count < trimmed.count, isKnown(stemmed) {
            return "The secret is a common one with digits or signs at its end."
        }
        if trimmed.count >= 12, let decoded = try? Base64.decode(trimmed), isKnown(decoded) {
            return "The secret is the base64 of a common one."
        }
        if secret.allSatisfy({ $0 == secret[0] }) { return "The secret is one character over and over." }
        if let period = period(secret), period <= secret.count / 2 {
            let unit = Array(secret[..<period])
            if period <= 8 || isKnown(unit) { return "The secret is a short piece over and over." }
        }
        if isSequence(secret) { return "The secret is a sequence: each character follows from the one before." }
        if isDate(trimmed) { return "The secret is a date." }
        if trimmed.count < 39, trimmed.allSatisfy({ Bytes.isDigit($0) }) {
            return "The secret is all digits: \(trimmed.count) of them have some \(trimmed.count * 10 / 3) bits."
        }
        return nil
    }

    private static func isKnown(_ secret: [UInt8]) -> Bool {
        known.contains(ByteString(utf8: secret.map { Bytes.lower($0) }))
    }

    /// Without up to six digits and signs at the end.
    private static func stem(_ secret: [UInt8]) -> [UInt8] {
        var end = secret.count
        while end > 0, secret.count - end < 6, !Bytes.isLetter(secret[end - 1]), secret[end - 1] < 0x80 { end -= 1 }
        return Array(secret[..<end])
    }

    /// The shortest piece that repeated gives the whole, up to 32 bytes.
    private static func period(_ secret: [UInt8]) -> Int? {
        for length in 1...32 where length * 2 <= secret.count {
            if (length..<secret.count).allSatisfy({ secret[$0] == secret[$0 - length] }) { return length }
        }
        return nil
    }

    /// Steps of one, up or down, all the way; `…90`, `…9a`, `…za` and `…9A` go on.
    private static func isSequence(_ secret: [UInt8]) -> Bool {
        guard secret.count >= 4 else { return false }
        var ups = 0
        var downs = 0
        for index in 1..<secret.count {
            let step = Int(secret[index]) - Int(secret[index - 1])
            let isTurn = secret[index - 1] == UInt8(ascii: "9") || secret[index - 1] | 0x20 == UInt8(ascii: "z")
            if step == 1 || isTurn { ups += 1 }
            if step == -1 || secret[index - 1] == UInt8(ascii: "0") { downs += 1 }
        }
        return ups == secret.count - 1 || downs == secret.count - 1
    }

    /// `2024-05-31`, `31.05.2024`, `20240531`, `5/31/24` and the like.
    private static func isDate(_ secret: [UInt8]) -> Bool {
        guard secret.count >= 6, secret.count <= 10 else { return false }
        let fields = secret.split { !Bytes.isDigit($0) }
        let signs = secret.filter { !Bytes.isDigit($0) }
        guard signs.allSatisfy({ $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "/") }) else {
            return false
        }
        func number(_ digits: some Sequence<UInt8>) -> Int {
            digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        }
        if fields.count == 3, signs.count == 2 {
            let numbers = fields.map { number($0) }
            let isYearFirst = fields[0].count == 4
            return isYearFirst
                ? numbers[1] <= 12 && numbers[2] <= 31
                : numbers[0] <= 31 && numbers[1] <= 31 && (fields[2].count == 4 || fields[2].count == 2)
        }
        guard fields.count == 1, secret.count == 8 else { return false }
        let year = number(secret[..<4])
        let lastYear = number(secret[4...])
        return (1900...2100).contains(year) && number(secret[4..<6]) <= 12 && number(secret[6...]) <= 31
            || (1900...2100).contains(lastYear) && number(secret[..<2]) <= 31 && number(secret[2..<4]) <= 31
    }

    private static func isText(_ secret: [UInt8]) -> Bool { secret.allSatisfy { $0 >= 0x20 && $0 < 0x7F } }

    /// A generous estimate in bits: the entropy of the bytes' own frequencies, times their number. Real secrets of 32
    /// random bytes, as hexadecimal or base64, come out above 120.
    static func bits(of secret: [UInt8]) -> Int {
        var counts = [Int](repeating: 0, count: 256)
        for byte in secret { counts[Int(byte)] += 1 }
        // Eighths of a bit, from log2 by squaring: no floating point, which the page's module does without.
        var eighths = 0
        for count in counts where count > 0 { eighths += count * eighthsOfLog2(secret.count, over: count) }
        return eighths / 8
    }

    private static func eighthsOfLog2(_ numerator: Int, over denominator: Int) -> Int {
        var whole = 0
        // 64 bits also where Int has 32; numerator is at most 512.
        var ratio = (Int64(numerator) << 20) / Int64(denominator)
        while ratio >= 2 << 20 {
            ratio >>= 1
            whole += 1
        }
        var eighths = whole
        for _ in 0..<3 {
            ratio = (ratio * ratio) >> 20
            eighths <<= 1
            if ratio >= 2 << 20 {
                ratio >>= 1
                eighths |= 1
            }
        }
        return eighths
    }
}

import Codecs
import Tokens

/// What a careful colleague would point out about a token, key or no key.
struct Finding {
    /// How much it matters.
    enum Level: String {
        /// Whoever accepts this token now makes a mistake, or the token proves nothing.
        case danger
        /// Something to look into.
        case warning
        /// Good to know.
        case note
    }

    let level: Level
    /// A stable name.
    let code: String
    /// One or two sentences.
    let text: String

    init(_ level: Level, _ code: String, _ text: String) {
        self.level = level
        self.code = code
        self.text = text
    }

    var json: JSON {
        [
            "level": .string(ByteString(level.rawValue)), "code": .string(ByteString(code)),
            "text": .string(ByteString(text)),
        ]
    }
}

/// Looks a token over.
enum TokenFindings {
    /// Days after which a token is called long-lived.
    private static let longLife: Int64 = 30

    static func of(_ inspection: Inspection, now: Int64) -> [Finding] {
        var findings: [Finding] = []
        if let defect = inspection.formDefect {
            findings.append(
                defect.code == .tokenEncrypted
                    ? Finding(
                        .note, "encrypted",
                        "Five parts: an encrypted token (JWE). Only its header can be read without the private key.")
                    : Finding(.danger, "form", "Not a signed token: \(defect.detail)."))
        }
        let encrypted = inspection.formDefect?.code == .tokenEncrypted
        if let header = inspection[.header]?.object { findings += of(header: header, encrypted: encrypted) }
        if let claims = inspection[.payload]?.object { findings += of(claims: claims, now: now) }
        return findings
    }

    private static func of(header: JSONObject, encrypted: Bool) -> [Finding] {
        var findings: [Finding] = []
        if let algorithm = header["alg"]?.string, !encrypted {
            if isNone(algorithm) {
                findings.append(
                    Finding(.danger, "none", "\"alg\" is none: nobody signed this token, anybody can have written it."))
            } else if algorithm != "EdDSA", SignatureAlgorithm(name: algorithm) == nil {
                findings.append(
                    Finding(
                        .warning, "algorithm",
                        "\(Display.quoted(algorithm)) is not an algorithm that Signet checks yet; it checks "
                            + "HS256, RS256, ES256 and Ed25519."))
            }
        }
        for name: ByteString in ["jwk", "x5c"] where header[name] != nil {
            findings.append(
                Finding(
                    .danger, "own-key",
                    "The token brings its own key in \"\(name.text)\". A signature under it says nothing about who made "
                        + "the token; use a key that you trust for another reason."))
        }
        for name: ByteString in ["jku", "x5u"] where header[name] != nil {
            findings.append(
                Finding(
                    .warning, "key-address",
                    "\"\(name.text)\" says where to fetch a key. This page never does, and no verifier should follow an "
                        + "address that the token itself names."))
        }
        if VisibleJSON.hidesSomething(.object(header)) { findings.append(hidden("header")) }
        return findings
    }

    private static func of(claims: JSONObject, now: Int64) -> [Finding] {
        var findings: [Finding] = []
        let expiry = time("exp", in: claims)
        if let expiry, expiry.ceiling <= now {
            findings.append(Finding(.danger, "expired", "The token expired at \(expiry.utc)."))
        }
        if let notBefore = time("nbf", in: claims), notBefore.ceiling > now {
            findings.append(Finding(.danger, "not-yet-valid", "The token is not valid before \(notBefore.utc)."))
        }
        if let issuedAt = time("iat", in: claims) {
            if issuedAt.ceiling > now {
                findings.append(
                    Finding(
                        .warning, "issued-in-future", "The token says it was issued in the future, at \(issuedAt.utc).")
                )
            }
            if let expiry, (expiry.seconds - issuedAt.seconds) / 86_400 >= longLife {
                findings.append(
                    Finding(
                        .warning, "long-lived",
                        "Made to live for \((expiry.seconds - issuedAt.seconds) / 86_400) days. Until then whoever holds "
                            + "it can use it, unless the receiver asks about revocation."))
            }
        }
        if claims["exp"] == nil {
            findings.append(Finding(.warning, "no-expiry", "There is no \"exp\": the token never ends by itself."))
        }
        for name: ByteString in ["exp", "nbf", "iat"] {
            guard let value = claims[name]?.int64, value > NumericDate.maximum else { continue }
            findings.append(
                Finding(
                    .danger, "milliseconds",
                    "\"\(name.text)\" looks like milliseconds. It is counted in seconds (RFC 7519 §2), so verifiers "
                        + "refuse this value."))
        }
        if holdsLargeNumber(.object(claims)) {
            findings.append(
                Finding(
                    .note, "large-number",
                    "A number has more digits than JavaScript keeps. It is shown exactly as written; many readers would "
                        + "round it, so identifiers are better written as strings."))
        }
        if VisibleJSON.hidesSomething(.object(claims)) { findings.append(hidden("claims")) }
        return findings
    }

    private static func hidden(_ place: String) -> Finding {
        Finding(
            .warning, "hidden-characters",
            "The \(place) hold characters that do not show themselves or turn the reading direction. They are written "
                + "as \\u escapes here.")
    }

    private static func time(_ name: ByteString, in claims: JSONObject) -> NumericDate? {
        guard case .number(let number)? = claims[name] else { return nil }
        return NumericDate(number)
    }

    private static func isNone(_ algorithm: ByteString) -> Bool {
        algorithm.count == 4 && zip(algorithm.bytes, "none".utf8).allSatisfy { $0.0 | 0x20 == $0.1 }
    }

    /// More than 2^53 in a number written without fraction or exponent: what a double cannot tell apart (RFC 8259 §6).
    private static func holdsLargeNumber(_ json: JSON) -> Bool {
        switch json {
        case .number(let number):
            guard number.text.bytes.allSatisfy({ $0 == UInt8(ascii: "-") || ($0 >= 0x30 && $0 <= 0x39) }) else {
                return false
            }
            guard let value = number.int64 else { return true }
            return value.magnitude > 9_007_199_254_740_992
        case .array(let elements): return elements.contains { holdsLargeNumber($0) }
        case .object(let object): return object.members.contains { holdsLargeNumber($0.value) }
        case .null, .bool, .string: return false
        }
    }
}

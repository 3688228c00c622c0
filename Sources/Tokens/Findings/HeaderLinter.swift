import Codecs

/// Looks a token's header over.
struct HeaderLinter {
    let part: PartialToken.Part
    /// Whether the header is a JWE's, whose `alg` is another thing.
    let isEncrypted: Bool
    /// What `alg` says in headers beside the protected one, which JSON serialisations have, each once; empty in compact
    /// tokens.
    let outerAlgorithms: [ByteString]

    /// The longest key identifier that nothing is said about.
    private static let longKeyID = 128

    func findings() -> [Finding] {
        guard let header = part.object else { return [] }
        var findings: [Finding] = []
        if let algorithm = header["alg"]?.string {
            findings += isEncrypted ? encryption(algorithm) : signature(algorithm)
        } else if header["alg"] == nil, !outerAlgorithms.isEmpty {
            for algorithm in outerAlgorithms {
                findings += isEncrypted ? encryption(algorithm) : signature(algorithm)
            }
        } else {
            let text = "The header has no \"alg\"" + (header["alg"] == nil ? "." : " that is a string.")
            findings.append(Finding(.algorithmUnknown, text, at: part.place(of: "alg")))
        }
        let bringsKey = TypeExpectation(type: header["typ"]?.string).bringsKey
        for name: ByteString in ["jwk", "x5c"] where header[name] != nil {
            if bringsKey, name == "jwk" { continue }
            findings.append(
                Finding(
                    .ownKey,
                    "The token brings its own key in \"\(name.text)\". A signature under it says nothing about who made it.",
                    at: part.place(of: name)))
        }
        if let key = header["jwk"]?.object, PrivateMembers.areIn(key) {
            findings.append(
                Finding(
                    .privateKey,
                    "\"jwk\" holds the private key: whoever has seen this token can sign as its maker does.",
                    at: part.place(of: "jwk"), severity: .danger))
        }
        for name: ByteString in ["jku", "x5u"] where header[name] != nil {
            findings.append(
                Finding(
                    .keyAddress,
                    "\"\(name.text)\" says where to fetch a key. No verifier should follow an address that the token "
                        + "itself names.", at: part.place(of: name)))
        }
        if let id = header["kid"]?.string { findings += keyID(id) }
        findings += type(header)
        findings += critical(header)
        if !isEncrypted, header["zip"] != nil {
            findings.append(
                Finding(
                    .payloadCompressed,
                    "\"zip\" means nothing in a signed token; readers disagree on what to do with it.",
                    at: part.place(of: "zip")))
        }
        return findings
    }

    private func signature(_ name: ByteString) -> [Finding] {
        let place = part.place(of: "alg")
        if PartialToken.isNone(name) {
            return [
                Finding(.unsigned, "\"alg\" is none: nobody signed this token, anybody can have written it.", at: place)
            ]
        }
        if name == "EdDSA" {
            return [
                Finding(.algorithmOldName, "EdDSA is the old name for two algorithms, Ed25519 and Ed448.", at: place)
            ]
        }
        guard let algorithm = SignatureAlgorithm(name: name) else {
            for algorithm in SignatureAlgorithm.allCases where Self.sameButCase(name, algorithm.rawValue) {
                return [
                    Finding(
                        .algorithmCase,
                        "\(Display.quoted(name)) is not \(algorithm.rawValue): names of algorithms are compared byte for "
                            + "byte.", at: place)
                ]
            }
            let text =
                name == "RSA1_5" || KeyManagementAlgorithm(name: name) != nil
                ? "\(Display.quoted(name)) encrypts keys; it signs nothing."
                : "\(Display.quoted(name)) is not a signature algorithm that Signet knows."
            return [Finding(.algorithmUnknown, text, at: place)]
        }
        switch algorithm.family {
        case .hmac:
            return [
                Finding(
                    .algorithmShared,
                    "\(algorithm.rawValue): whoever can check this token can also make one.", at: place)
            ]
        case .rsaPKCS1:
            return [
                Finding(
                    .algorithmPKCS1,
                    "\(algorithm.rawValue) pads as PKCS#1 v1.5 did. It is not broken, but nothing new should need it.",
                    at: place)
            ]
        case .ecdsa where algorithm == .es256k:
            return [Finding(.algorithmRare, "ES256K signs on secp256k1, which few JWT libraries have.", at: place)]
        case .edDSA where algorithm == .ed448:
            return [Finding(.algorithmRare, "Ed448 is a curve that few JWT libraries have.", at: place)]
        default: return []
        }
    }

    private func encryption(_ name: ByteString) -> [Finding] {
        let place = part.place(of: "alg")
        if name == "RSA1_5" {
            return [
                Finding(
                    .algorithmRSA15, "RSA1_5 tells secrets to whoever can ask often enough (Bleichenbacher's attack).",
                    at: place)
            ]
        }
        guard KeyManagementAlgorithm(name: name) == nil else { return [] }
        for algorithm in KeyManagementAlgorithm.allCases where Self.sameButCase(name, algorithm.rawValue) {
            return [Finding(.algorithmCase, "\(Display.quoted(name)) is not \(algorithm.rawValue).", at: place)]
        }
        return [
            Finding(
                .algorithmUnknown, "\(Display.quoted(name)) is not a key management algorithm that Signet knows.",
                at: place)
        ]
    }

    private func keyID(_ id: ByteString) -> [Finding] {
        var findings: [Finding] = []
        if let what = Self.suspicion(id) {
            findings.append(
                Finding(
                    .keyIDSuspicious, "\"kid\" looks like \(what): \(Display.quoted(id)).", at: part.place(of: "kid")))
        }
        if id.count > Self.longKeyID {
            findings.append(Finding(.keyIDLong, "\"kid\" has \(id.count) bytes.", at: part.place(of: "kid")))
        }
        return findings
    }

    /// What a key identifier would do to a program that uses it for more than a look into memory.
    static func suspicion(_ id: ByteString) -> String? {
        let text = id.bytes.prefix(4_096).map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 | 0x20 : $0 }
        func holds(_ word: String) -> Bool { Bytes.contains(text, Array(word.utf8)) }
        if holds("../") || holds("..\\") || holds("/dev/") || holds("/etc/") || holds("/proc/")
            || text.first == UInt8(ascii: "/") || holds(":\\")
        {
            return "a path"
        }
        if holds("://") || text.starts(with: "file:".utf8) || text.starts(with: "data:".utf8) { return "an address" }
        if holds("' or ") || holds("\" or ") || holds("union select") || holds("' union") || holds("';")
            || holds("--")
                && holds("'")
            || holds("select ") && holds(" from ") || holds("drop table")
        {
            return "SQL"
        }
        if holds("$(") || holds("`") || holds("| ") || holds("|/") || holds("; ") || holds("&&") || holds("${") {
            return "a shell command"
        }
        if holds("*)(") || holds(")(|") { return "an LDAP filter" }
        if id.hasControlCharacter { return "text with control characters" }
        return nil
    }

    private func type(_ header: JSONObject) -> [Finding] {
        guard !isEncrypted else { return [] }
        guard let value = header["typ"] else {
            return [Finding(.typeMissing, "The header has no \"typ\": one kind of token can be taken for another.")]
        }
        guard let type = value.string, Self.sameButCase(type, "JWT") || Self.sameButCase(type, "application/jwt") else {
            return []
        }
        return [
            Finding(
                .typeGeneric, "\"typ\" is \(Display.quoted(type)), which every kind of token may say.",
                at: part.place(of: "typ"))
        ]
    }

    private func critical(_ header: JSONObject) -> [Finding] {
        var findings: [Finding] = []
        let place = part.place(of: "crit")
        func odd(_ text: String) { findings.append(Finding(.criticalOdd, text, at: place)) }
        var names: [ByteString] = []
        if let critical = header["crit"] {
            names = critical.array?.compactMap { $0.string } ?? []
            let registered: [ByteString] = [
                "alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty", "crit", "enc", "zip", "epk",
                "apu", "apv", "iv", "tag", "p2s", "p2c",
            ]
            if critical.array == nil || names.isEmpty || names.count != critical.array?.count {
                odd("\"crit\" must be an array of names, at least one.")
            } else {
                for (index, name) in names.prefix(32).enumerated() {
                    if header[name] == nil {
                        odd("\"crit\" names \(Display.quoted(name)), which the header does not have.")
                    } else if registered.contains(name) {
                        odd("\"crit\" names \(Display.quoted(name)), which every reader must understand anyhow.")
                    } else if names[..<index].contains(name) {
                        odd("\"crit\" names \(Display.quoted(name)) twice.")
                    } else if name != "b64" {
                        findings.append(
                            Finding(
                                .criticalOdd,
                                "\"crit\" demands \(Display.quoted(name)): a verifier that does not know it must refuse.",
                                at: place, severity: .warning))
                    }
                }
            }
        }
        if let unencoded = header["b64"] {
            findings.append(
                Finding(
                    .payloadUnencoded,
                    unencoded.bool == nil
                        ? "\"b64\" must be true or false and is \(unencoded.kind)."
                        : "\"b64\" is an option for payloads that are not claims"
                            + (names.contains("b64") ? "." : ", and it must be named in \"crit\"."),
                    at: part.place(of: "b64")))
        }
        return findings
    }

    static func sameButCase(_ name: ByteString, _ registered: String) -> Bool {
        let known = Array(registered.utf8)
        guard name.count == known.count else { return false }
        return zip(name.bytes, known).allSatisfy { Bytes.lower($0.0) == Bytes.lower($0.1) }
    }
}

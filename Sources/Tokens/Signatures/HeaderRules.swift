import Codecs

/// The rules for a protected header that are the same for whatever is signed.
struct HeaderRules {
    let steps: StepReporter

    /// The algorithm that the header names, if the list allows it; asked before any key is touched (RFC 8725 §3.1).
    func algorithm(
        _ name: ByteString, allowed: [SignatureAlgorithm], acceptsEdDSA: Bool
    ) throws(TokenRejection) -> SignatureAlgorithm {
        let isNone = name.count == 4 && zip(name.bytes, "none".utf8).allSatisfy { $0.0 | 0x20 == $0.1 }
        guard !isNone else {
            throw steps.refused(
                .algorithm, .algorithmNone, part: .header, "\"alg\" is \(Display.quoted(name)): nobody signed this")
        }
        let isOldName = name.equals("EdDSA")
        guard let algorithm = isOldName ? .ed25519 : SignatureAlgorithm(name: name) else {
            throw steps.refused(
                .algorithm, .algorithmUnsupported, part: .header,
                "\"alg\" is \(Display.quoted(name)), which is not supported")
        }
        guard allowed.contains(algorithm), acceptsEdDSA || !isOldName else {
            throw steps.refused(
                .algorithm, .algorithmNotAllowed, part: .header,
                "\"alg\" is \(Display.quoted(name)); allowed is "
                    + Display.list(allowed.map { ByteString($0.rawValue) }))
        }
        steps.passed(.algorithm, part: .header, "\(algorithm.rawValue) is allowed")
        return algorithm
    }

    /// RFC 7515 §4.1.11, with `b64` (RFC 7797) as the one extension that may be understood.
    /// - Returns: whether the payload is signed as base64url: false only for a good `b64` of false.
    func critical(_ header: JSONObject, understandsB64: Bool) throws(TokenRejection) -> Bool {
        let flag = header.value(named: "b64")
        guard let value = header.value(named: "crit") else {
            guard flag == nil else { throw invalid("\"b64\" stands in the header but not in \"crit\"") }
            steps.passed(.critical, part: .header, "no extension is marked critical")
            return true
        }
        let names = value.array?.compactMap { $0.string } ?? []
        guard !names.isEmpty, names.count == value.array?.count else {
            throw invalid("\"crit\" must be a non-empty array of names")
        }
        guard Set(names).count == names.count, !names.contains(where: { Self.registered.contains($0) }) else {
            throw invalid("\"crit\" repeats a name, or names a parameter that is no extension")
        }
        guard names.allSatisfy({ header[$0] != nil }) else {
            throw invalid("\"crit\" names a parameter that is not in the header")
        }
        for name in names where !(understandsB64 && name.equals("b64")) {
            throw steps.refused(
                .critical, .criticalUnknown, part: .header,
                "\"crit\" demands the extension \(Display.quoted(name)), which is not supported")
        }
        guard let isEncoded = flag?.bool else { throw invalid("\"b64\" must be true or false") }
        steps.passed(.critical, part: .header, "the payload is signed \(isEncoded ? "as base64url" : "as it is")")
        return isEncoded
    }

    private func invalid(_ detail: String) -> TokenRejection {
        steps.refused(.critical, .criticalInvalid, part: .header, detail)
    }

    /// The parameters of RFC 7515 §4.1, which §4.1.11 forbids inside `crit`.
    private static let registered: Set<ByteString> = [
        "alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty", "crit",
    ]
}

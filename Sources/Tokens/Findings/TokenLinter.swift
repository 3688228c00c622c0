import Codecs

/// Looks a token over and says what a careful colleague would: the form, the header, the claims, what the text gives
/// away. Pure; linear in the token's length.
public enum TokenLinter {
    /// The most findings about one token; what comes after them is left out.
    public static let maximumFindings = 100

    /// The findings about a compact token, in the order: form, header, claims, what is carried, what readers disagree on.
    /// - Parameters:
    ///   - token: the text, cleaned of what was around it.
    ///   - now: seconds since 1970; nil leaves out what needs a clock.
    public static func findings(in token: [UInt8], now: Int64?) -> [Finding] {
        findings(in: PartialToken(compact: token), now: now)
    }

    /// The findings about a token that has been taken apart already.
    public static func findings(in token: PartialToken, now: Int64?) -> [Finding] {
        guard !token.parts.isEmpty else { return [] }
        var findings = form(of: token)
        let header = token[.header]?.object
        if let part = token[.header] {
            findings +=
                HeaderLinter(
                    part: part, isEncrypted: token.kind == .jwe || token.kind == .jweJSON,
                    outerAlgorithms: token.outerAlgorithms
                ).findings()
        }
        if let part = token[.payload] {
            let type = header?["typ"]?.string
            findings += ClaimLinter(part: part, type: type, now: now).findings()
            findings += CarriedDataLinter(part: part).findings()
        }
        if token[.signature] != nil { findings += signature(of: token) }
        for (name, place) in [(PartialToken.Name.header, TokenPart.header), (.payload, .payload)] {
            if let document = token[name]?.document {
                findings += TextLinter(document: document, part: place).findings()
            }
        }
        return Array(findings.prefix(maximumFindings))
    }

    private static func form(of token: PartialToken) -> [Finding] {
        var findings: [Finding] = []
        let isCompact = token.kind != .jwsJSON && token.kind != .jweJSON
        if token.kind == .jwe || token.kind == .jweJSON {
            findings.append(
                Finding(.encrypted, "An encrypted token (JWE). Only its header can be read without the private key."))
        } else if isCompact, token.parts.count != 3 {
            findings.append(
                Finding(
                    .malformedToken,
                    "Not a signed token: it has \(token.parts.count == 6 ? "more than five" : "\(token.parts.count)") "
                        + "part\(token.parts.count == 1 ? "" : "s"); a signed token has three."))
        }
        for part in token.parts where part.name != .surplus {
            guard let problem = part.problem else { continue }
            // An unsecured token rightly ends in nothing.
            if part.name == .signature, part.range.isEmpty, token.kind == .unsecured { continue }
            findings.append(Finding(.malformedPart, problem, at: .token(part.range)))
        }
        guard isCompact else { return findings }
        // A cookie is limited to 4096 bytes with name and attributes (RFC 6265 §6.1); 64 are taken for those.
        if token.text.count > 8_192 - 64 {
            findings.append(
                Finding(
                    .tooBigForHeader,
                    "\(token.text.count) bytes: common proxies, nginx among them, refuse a header line of more than 8 KiB."
                ))
        } else if token.text.count > 4_096 - 64 {
            findings.append(
                Finding(
                    .tooBigForCookie,
                    "\(token.text.count) bytes: browsers drop a cookie of more than 4096 bytes with its name and attributes."
                ))
        }
        return findings
    }

    /// Form only: whether a signature of this length can be one of this algorithm.
    private static func signature(of token: PartialToken) -> [Finding] {
        guard let part = token[.signature], !part.range.isEmpty, part.isDecoded, token.kind != .jwsJSON,
            let name = token[.header]?.object?["alg"]?.string
        else { return [] }
        let count = part.bytes.count
        let place = Finding.Place.token(part.range)
        let algorithm = name == "EdDSA" ? nil : SignatureAlgorithm(name: name)
        if name == "EdDSA", count != 64, count != 114 {
            return [
                Finding(.signatureSize, "An EdDSA signature has 64 or 114 bytes; this one has \(count).", at: place)
            ]
        }
        if token.kind == .unsecured {
            return [
                Finding(.signatureSize, "\"alg\" is none, and yet a signature of \(count) bytes follows.", at: place)
            ]
        }
        guard let algorithm else { return [] }
        if let length = algorithm.signatureLength {
            guard count != length else { return [] }
            let isDER = algorithm.family == .ecdsa && part.bytes.first == 0x30
            return [
                Finding(
                    .signatureSize,
                    "\(algorithm.rawValue) signatures have \(length) bytes; this one has \(count)"
                        + (isDER ? " and starts like DER." : "."), at: place)
            ]
        }
        // RSA: as long as the modulus, and no modulus below 1024 bits or above 16384 is met in practice.
        guard count < 128 || count > 2_048 || !count.isMultiple(of: 8) else { return [] }
        return [
            Finding(
                .signatureSize, "No RSA signature has \(count) bytes: it is as long as the modulus, 256 bytes or more.",
                at: place)
        ]
    }
}

extension PartialToken.Part {
    /// Where the member of this name stands in the decoded part, value and all.
    func place(of name: ByteString) -> Finding.Place? {
        guard let document, let part = tokenPart else { return nil }
        for index in document.members where document.nodes[index].name == name {
            return .decoded(part, document.nodes[index].range, path: document.path(of: index))
        }
        return nil
    }

    /// The part's name where findings are placed.
    var tokenPart: TokenPart? {
        switch name {
        case .header: .header
        case .payload: .payload
        case .signature: .signature
        default: nil
        }
    }
}

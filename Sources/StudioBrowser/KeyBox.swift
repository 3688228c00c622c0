import Codecs
import Tokens

/// The key box of the page: what was typed into it, read as a key.
struct KeyBox {
    /// What the box holds.
    enum Content {
        /// Nothing.
        case empty
        /// Keys, in the order of their document; one, unless it is a set.
        case keys([DecodedKey])
        /// Text that is no usable key.
        case unusable(KeyError)
    }

    /// What the box holds.
    let content: Content
    /// How the text was taken: none, secret, pem, jwk, jwks, unusable.
    let kind: String
    /// One sentence on what was found.
    let sentence: String
    /// What to think about.
    let findings: [Finding]

    /// - Parameters:
    ///   - text: what was typed or pasted.
    ///   - form: auto, utf8, base64, base64url or hex.
    ///   - purpose: what the key is for where the text does not say so; nil takes what keys of its kind are for.
    init(_ text: [UInt8], form: ByteString, purpose: KeyPurpose? = nil) {
        let trimmed = Self.trimmed(text)
        guard !trimmed.isEmpty else {
            content = .empty
            kind = "none"
            sentence = "No key given: the signature is not checked."
            findings = []
            return
        }
        let isDocument = form == "auto" && KeyReader.isDocument(trimmed)
        do throws(KeyError) {
            let keys: [DecodedKey]
            if isDocument {
                keys = try KeyReader.read(trimmed, purpose: purpose)
                guard keys.contains(where: { $0.material != nil }) else { throw Self.nothingSupported(keys) }
            } else {
                guard let how = form == "auto" ? .utf8 : KeyReader.Form(rawValue: form.text), how != .document else {
                    throw KeyError(.unreadable, "the form \(Display.quoted(form)) is not known")
                }
                keys = try KeyReader.read(how == .utf8 ? text : trimmed, as: how, purpose: purpose)
            }
            content = .keys(keys)
            kind = isDocument ? Self.documentKind(trimmed) : "secret"
            sentence = Self.describe(keys, kind: kind)
            findings = Self.findings(keys, text, isText: !isDocument && (form == "auto" || form == "utf8"))
        } catch {
            content = .unusable(error)
            kind = "unusable"
            sentence = Readable.sentence(error.detail)
            findings = []
        }
    }

    /// The keys that a verifier would use; those of an unsupported type are left out (RFC 7517 §5).
    var usable: [DecodedKey] {
        guard case .keys(let keys) = content else { return [] }
        return keys.filter { $0.material != nil }
    }

    private static func nothingSupported(_ keys: [DecodedKey]) -> KeyError {
        guard let only = keys.first, keys.count == 1 else {
            let reasons = keys.compactMap { $0.complaint }.prefix(4).map { "; " + $0.detail }
            return KeyError(
                .unsupported, "none of the \(keys.count) keys is of a supported type" + reasons.joined())
        }
        return only.complaint ?? KeyError(.unsupported, "this is \(only.description.summary)")
    }

    private static func documentKind(_ text: [UInt8]) -> String {
        guard text.first == UInt8(ascii: "{") else { return "pem" }
        let json = try? JSONReader.read(text, depth: DecodedToken.headerDepth)
        return json?.object?["keys"] == nil ? "jwk" : "jwks"
    }

    private static func describe(_ keys: [DecodedKey], kind: String) -> String {
        func summary(_ key: DecodedKey) -> String {
            let bound = key.description.algorithm?.rawValue ?? key.description.keyManagement?.rawValue
            let purpose = bound.map { ", for \($0)" } ?? ""
            let name = key.description.id.map { ", named \(Display.quoted($0))" } ?? ""
            var half = key.description.isPrivate ? ", private" : ", public"
            if case .secret = key.material { half = "" }
            return key.description.summary + half + purpose + name
        }
        if kind == "jwks" {
            let shown = keys.prefix(4).map { summary($0) }
            var list = ""
            for (index, item) in shown.enumerated() { list += (index == 0 ? "" : "; ") + item }
            let rest = keys.count > shown.count ? "; and \(keys.count - shown.count) more" : ""
            return "JWK set with \(keys.count) key\(keys.count == 1 ? "" : "s"): \(list)\(rest)."
        }
        guard let key = keys.first else { return "" }
        switch kind {
        case "pem": return "PEM: \(summary(key))."
        case "jwk": return "JWK: \(summary(key))."
        default: return Readable.sentence(summary(key))
        }
    }

    private static func findings(_ keys: [DecodedKey], _ text: [UInt8], isText: Bool) -> [Finding] {
        var findings: [Finding] = []
        let isPrivate = keys.contains { key in
            if case .secret = key.material { return false }
            return key.material?.isPrivate ?? false
        }
        if isPrivate {
            findings.append(
                Finding(
                    .privateKey,
                    "This text holds a private key. Checking a token needs only the public one; whoever sees the private "
                        + "one can make tokens."))
        }
        if let key = keys.first, keys.count == 1, case .secret(let secret)? = key.material,
            let weak = Self.weakness(secret, key.description)
        {
            findings.append(weak)
        }
        guard isText else { return findings }
        if let last = text.last, last <= 0x20 {
            findings.append(
                Finding(.trailingBlank, "The secret ends with a space or line break, and that byte counts.")
            )
        } else if let bytes = try? Base64URL.decode(text), bytes.count >= 32 {
            findings.append(
                Finding(
                    .maybeBase64URL,
                    "Taken as text. If it is base64url for \(bytes.count) bytes, choose base64url."))
        } else if let bytes = try? Base64.decode(text), bytes.count >= 32 {
            findings.append(
                Finding(
                    .maybeBase64, "Taken as text. If it is base64 for \(bytes.count) bytes, choose base64."))
        }
        return findings
    }

    /// How long a secret for encryption must be is for its algorithm to say, and has been checked by now.
    private static func weakness(_ secret: [UInt8], _ description: KeyDescription) -> Finding? {
        let finding = WeakSecret.finding(secret, for: description.algorithm ?? .hs256)
        return description.algorithm == nil && finding?.code == .shortSecret ? nil : finding
    }

    static func trimmed(_ text: [UInt8]) -> [UInt8] {
        guard let first = text.firstIndex(where: { $0 > 0x20 }), let last = text.lastIndex(where: { $0 > 0x20 }) else {
            return []
        }
        return Array(text[first...last])
    }
}

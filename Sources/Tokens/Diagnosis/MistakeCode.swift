/// The mistakes that keep a good signature from verifying, as stable public names; `Documentation/PROBLEMS.md` has an
/// entry for each.
public enum MistakeCode: String, Sendable, CaseIterable {
    // The secret.
    case secretIsBase64 = "secret-is-base64"
    case secretIsBase64URL = "secret-is-base64url"
    case secretIsHex = "secret-is-hex"
    case secretIsText = "secret-is-text"
    case secretEncodedTwice = "secret-encoded-twice"
    case secretSignedAsBase64 = "secret-signed-as-base64"
    case secretSignedAsBase64URL = "secret-signed-as-base64url"
    case secretSignedAsHex = "secret-signed-as-hex"
    case secretBlankAround = "secret-blank-around"
    case secretBlankMissing = "secret-blank-missing"
    case secretQuoted = "secret-quoted"
    case secretAssignment = "secret-assignment"
    case secretLetterCase = "secret-letter-case"
    case secretUTF16 = "secret-utf16"
    case secretEmpty = "secret-empty"
    // The key.
    case publicKeyAsSecret = "public-key-as-secret"
    case wrongKeyOfSet = "wrong-key-of-set"
    case keyIDMisleads = "key-id-misleads"
    case keyDamaged = "key-damaged"
    case keyUnusable = "key-unusable"
    case keyTypeMismatch = "key-type-mismatch"
    case keyMissing = "key-missing"
    // The algorithm.
    case hashMismatch = "hash-mismatch"
    case paddingMismatch = "padding-mismatch"
    case algorithmUntrue = "algorithm-untrue"
    case algorithmSpelling = "algorithm-spelling"
    case tokenUnsigned = "token-unsigned"
    // The token.
    case tokenUnreadable = "token-unreadable"
    case tokenBlanks = "token-blanks"
    case tokenStandardBase64 = "token-standard-base64"
    case tokenTruncated = "token-truncated"
    case signatureDER = "signature-der"
    case signatureEncodedTwice = "signature-encoded-twice"
    case partReserialized = "part-reserialized"
    case signedDecoded = "signed-decoded"
    case contentDetached = "content-detached"
}

extension MistakeCode {
    /// What happened, as a sentence.
    public var sentence: String {
        switch self {
        case .secretIsBase64: "The secret is base64: its decoded bytes are the key."
        case .secretIsBase64URL: "The secret is base64url: its decoded bytes are the key."
        case .secretIsHex: "The secret is hexadecimal: its decoded bytes are the key."
        case .secretIsText: "The secret is the text itself, not what it decodes to."
        case .secretEncodedTwice: "The secret was encoded twice."
        case .secretSignedAsBase64: "The token was signed with the secret's base64 text, not with the secret's bytes."
        case .secretSignedAsBase64URL:
            "The token was signed with the secret's base64url text, not with the secret's bytes."
        case .secretSignedAsHex: "The token was signed with the secret's hexadecimal text, not with the secret's bytes."
        case .secretBlankAround: "A space or line break before or behind the secret was taken for a part of it."
        case .secretBlankMissing: "The token was signed with a line break behind the secret."
        case .secretQuoted: "The quotation marks around the secret were taken for a part of it."
        case .secretAssignment: "The name in front of the secret, as in NAME=value, was taken for a part of it."
        case .secretLetterCase: "The token was signed with the secret in capital or in small letters."
        case .secretUTF16: "The token was signed with the secret in UTF-16."
        case .secretEmpty: "The token was signed with an empty secret: a setting was not found."
        case .publicKeyAsSecret: "The token was signed with the public key's text as if it were a shared secret."
        case .wrongKeyOfSet: "Another key of the set than the chosen one made the signature."
        case .keyIDMisleads: "The token's kid does not name the key that made the signature."
        case .keyDamaged: "The key's text had lost its line breaks or gained blanks."
        case .keyUnusable: "The key cannot be used."
        case .keyTypeMismatch: "The key is of another kind than the token's algorithm needs."
        case .keyMissing: "There is no key."
        case .hashMismatch: "The signature was made with another hash of the same family."
        case .paddingMismatch:
            "The signature was made with the other RSA padding: PSS in place of PKCS#1, or the reverse."
        case .algorithmUntrue: "The header names another algorithm than the one that signed."
        case .algorithmSpelling: "The algorithm's name is not spelled as it is registered."
        case .tokenUnsigned: "The token is not signed: alg is none, or there is no signature."
        case .tokenUnreadable: "The text is not a signed token in three parts whose header can be read."
        case .tokenBlanks: "Blanks or line breaks stand inside the token."
        case .tokenStandardBase64: "The token is written in base64 with + and /, or padded with =."
        case .tokenTruncated: "The signature is shorter than its algorithm makes it: the token was cut off."
        case .signatureDER: "The signature is in DER; a token carries r and s side by side."
        case .signatureEncodedTwice: "The signature was written as hexadecimal or base64 text before it was encoded."
        case .partReserialized: "Header or payload was written anew after signing: same values, other bytes."
        case .signedDecoded: "The signature is over the decoded header or payload, not over the encoded ones."
        case .contentDetached: "The payload is empty: it was detached, and the signature needs it."
        }
    }

    /// What to do, as a sentence.
    public var advice: String {
        switch self {
        case .secretIsBase64: "Give the secret in the form base64."
        case .secretIsBase64URL: "Give the secret in the form base64url."
        case .secretIsHex: "Give the secret in the form hex."
        case .secretIsText: "Give the secret as text (utf8)."
        case .secretEncodedTwice: "Decode it twice, and mend what encodes it."
        case .secretSignedAsBase64, .secretSignedAsBase64URL, .secretSignedAsHex:
            "Mend the signer: it must decode the secret first. Until then, give that text as the secret (utf8)."
        case .secretBlankAround: "Remove the blank; echo -n and printf write none."
        case .secretBlankMissing: "Mend the signer: it read the line break with the secret."
        case .secretQuoted: "Remove the quotation marks."
        case .secretAssignment: "Give only what stands behind the sign."
        case .secretLetterCase: "Write the secret in one way on both sides."
        case .secretUTF16: "Mend the signer: secrets are bytes, and text becomes bytes by UTF-8."
        case .secretEmpty: "Refuse such tokens; mend the signer's configuration."
        case .publicKeyAsSecret: "Refuse this token: everybody has that text. It is an attack, or a broken signer."
        case .wrongKeyOfSet: "Let the issuer name the key in kid."
        case .keyIDMisleads: "Mend the issuer: two keys may have changed places, or a set is out of date."
        case .keyDamaged: "Store the key with its line breaks; this is a usual loss in environment variables."
        case .keyUnusable: "Mend the key, or take it anew from its source."
        case .keyTypeMismatch: "Take the key that belongs to the algorithm."
        case .keyMissing: "Give a key."
        case .hashMismatch, .paddingMismatch, .algorithmUntrue: "Let the signer write into alg what it really does."
        case .algorithmSpelling: "Write the name exactly as it is registered."
        case .tokenUnsigned: "Refuse it."
        case .tokenUnreadable, .tokenTruncated: "Copy the whole token again."
        case .tokenBlanks: "Use the token without them."
        case .tokenStandardBase64: "Mend the issuer's encoder: base64url without padding."
        case .signatureDER: "Mend the signer: convert to r and s of fixed length (RFC 7518 §3.4)."
        case .signatureEncodedTwice: "Mend the signer: encode the signature's bytes."
        case .partReserialized: "Pass tokens on byte for byte; never decode and encode again."
        case .signedDecoded: "Mend the signer: it signs the two encoded parts with a dot between (RFC 7515 §5.1)."
        case .contentDetached: "Give the content, encoded, as the second part (RFC 7515 Appendix F)."
        }
    }
}

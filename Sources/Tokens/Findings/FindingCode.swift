/// Everything that the findings can say, as stable public names; `Documentation/PROBLEMS.md` has an entry for each.
public enum FindingCode: String, Sendable, CaseIterable {
    // The form.
    case malformedToken = "malformed-token"
    case malformedPart = "malformed-part"
    case encrypted = "encrypted"
    case tooBigForCookie = "too-big-for-cookie"
    case tooBigForHeader = "too-big-for-header"
    case signatureSize = "signature-size"
    // The header.
    case unsigned = "unsigned"
    case algorithmCase = "algorithm-case"
    case algorithmUnknown = "algorithm-unknown"
    case algorithmShared = "algorithm-shared"
    case algorithmPKCS1 = "algorithm-pkcs1"
    case algorithmOldName = "algorithm-old-name"
    case algorithmRSA15 = "algorithm-rsa1-5"
    case algorithmRare = "algorithm-rare"
    case ownKey = "own-key"
    case keyAddress = "key-address"
    case keyIDSuspicious = "key-id-suspicious"
    case keyIDLong = "key-id-long"
    case typeMissing = "type-missing"
    case typeGeneric = "type-generic"
    case criticalOdd = "critical-odd"
    case payloadUnencoded = "payload-unencoded"
    case payloadCompressed = "payload-compressed"
    // Times and registered claims.
    case noExpiry = "no-expiry"
    case noAudience = "no-audience"
    case noIssuer = "no-issuer"
    case noIssuedAt = "no-issued-at"
    case longLived = "long-lived"
    case endless = "endless"
    case milliseconds = "milliseconds"
    case timesContradict = "times-contradict"
    case expired = "expired"
    case notYetValid = "not-yet-valid"
    case issuedInFuture = "issued-in-future"
    case claimType = "claim-type"
    case scopeArray = "scope-array"
    case nullClaim = "null-claim"
    case emptyString = "empty-string"
    case subjectIsEmail = "subject-is-email"
    case audienceAny = "audience-any"
    // What a token should not carry.
    case emailAddress = "email-address"
    case phoneNumber = "phone-number"
    case personalData = "personal-data"
    case paymentCard = "payment-card"
    case bankAccount = "bank-account"
    case nationalID = "national-id"
    case secretInClaims = "secret-in-claims"
    case tokenInClaims = "token-in-claims"
    // What readers disagree about.
    case duplicateName = "duplicate-name"
    case largeNumber = "large-number"
    case hiddenCharacters = "hidden-characters"
    case mixedScript = "mixed-script"
    case notNormalized = "not-normalized"
    // Keys.
    case weakSecret = "weak-secret"
    case shortSecret = "short-secret"
    case privateKey = "private-key"
    case trailingBlank = "trailing-blank"
    case maybeBase64URL = "maybe-base64url"
    case maybeBase64 = "maybe-base64"

    /// What is the same wherever a code is said.
    public struct Entry: Sendable {
        /// How much it matters, unless the circumstances change it.
        public let severity: Finding.Severity
        /// What to do, in one sentence.
        public let advice: String
        /// Where it is written.
        public let reference: String

        init(_ severity: Finding.Severity, _ advice: String, _ reference: String) {
            self.severity = severity
            self.advice = advice
            self.reference = reference
        }
    }

    /// What is the same wherever this code is said.
    public var entry: Entry {
        switch self {
        case .malformedToken, .malformedPart, .encrypted, .tooBigForCookie, .tooBigForHeader, .signatureSize,
            .unsigned, .algorithmCase, .algorithmUnknown, .algorithmShared, .algorithmPKCS1, .algorithmOldName,
            .algorithmRSA15, .algorithmRare, .ownKey, .keyAddress, .keyIDSuspicious, .keyIDLong, .typeMissing,
            .typeGeneric, .criticalOdd, .payloadUnencoded, .payloadCompressed:
            headerEntry
        default: claimsEntry
        }
    }

    /// The form and the header.
    private var headerEntry: Entry {
        switch self {
        case .malformedToken: Entry(.danger, "Copy the whole token again.", "RFC 7515 §7.1")
        case .malformedPart: Entry(.danger, "Copy the token again, or mend the issuer's encoder.", "RFC 7515 §2")
        case .encrypted: Entry(.note, "Give it to whoever holds the private key.", "RFC 7516 §3.1")
        case .tooBigForCookie:
            Entry(.warning, "Put less into it, or keep it on the server and send a reference.", "RFC 6265 §6.1")
        case .tooBigForHeader: Entry(.warning, "Put less into it, or raise the proxies' limits.", "RFC 9110 §5.4")
        case .signatureSize:
            Entry(.danger, "Look for a cut copy, or for DER where the raw signature belongs.", "RFC 7518 §3")
        case .unsigned: Entry(.danger, "Refuse it; let the issuer sign.", "RFC 8725 §3.2; CVE-2015-9235")
        case .algorithmCase: Entry(.warning, "Write the name exactly as it is registered.", "RFC 7515 §4.1.1")
        case .algorithmUnknown: Entry(.warning, "Use a registered signature algorithm.", "RFC 7518 §3.1")
        case .algorithmShared:
            Entry(.note, "Where more than one party verifies, sign with a private key instead.", "RFC 8725 §3.5")
        case .algorithmPKCS1: Entry(.note, "For new systems prefer PS256, ES256 or Ed25519.", "RFC 8017 §8")
        case .algorithmOldName: Entry(.note, "Name the curve: Ed25519 or Ed448.", "RFC 9864 §2.2")
        case .algorithmRSA15: Entry(.danger, "Use RSA-OAEP-256 or ECDH-ES.", "RFC 8725 §3.2; CVE-2017-11424")
        case .algorithmRare:
            Entry(.note, "Check that every reader has it: browsers and many libraries do not.", "RFC 8812 §3.2")
        case .ownKey:
            Entry(.danger, "Verify with a key that you trust for another reason.", "RFC 8725 §3.10; CVE-2018-0114")
        case .keyAddress:
            Entry(.warning, "Take keys from the issuer's configured address only.", "RFC 8725 §3.10")
        case .keyIDSuspicious:
            Entry(.danger, "Use the identifier to pick from keys in memory, for nothing else.", "RFC 8725 §3.10")
        case .keyIDLong: Entry(.note, "A thumbprint of 43 characters is long enough.", "RFC 7638 §1")
        case .typeMissing: Entry(.note, "Let the issuer write an explicit type, such as at+jwt.", "RFC 8725 §3.11")
        case .typeGeneric: Entry(.note, "An explicit type, such as at+jwt, tells more.", "RFC 8725 §3.11")
        case .criticalOdd: Entry(.danger, "Name in it only extensions that the header uses.", "RFC 7515 §4.1.11")
        case .payloadUnencoded: Entry(.warning, "In a JWT the payload is always encoded.", "RFC 7797 §7")
        case .payloadCompressed:
            Entry(.warning, "Leave it out: only what is encrypted may be compressed.", "RFC 7516 §4.1.3")
        default: Entry(.note, "", "")
        }
    }

    /// Claims and keys.
    private var claimsEntry: Entry {
        switch self {
        case .noExpiry: Entry(.warning, "Let every token end: set exp.", "RFC 7519 §4.1.4")
        case .noAudience: Entry(.note, "Say whom it is for, and let every receiver check it.", "RFC 8725 §3.9")
        case .noIssuer: Entry(.note, "Say who made it, and bind keys to that name.", "RFC 8725 §3.8")
        case .noIssuedAt: Entry(.note, "Say when it was made; age cannot be judged otherwise.", "RFC 7519 §4.1.6")
        case .longLived: Entry(.warning, "Shorten it and use refresh tokens.", "RFC 9700 §2.2.1")
        case .endless: Entry(.danger, "Shorten it: such a token outlives its keys.", "RFC 9700 §2.2.1")
        case .milliseconds: Entry(.danger, "Divide by 1000 where the token is made.", "RFC 7519 §2")
        case .timesContradict: Entry(.danger, "Mend the issuer's clock or its sums.", "RFC 7519 §4.1")
        case .expired: Entry(.danger, "Get a new token.", "RFC 7519 §4.1.4")
        case .notYetValid: Entry(.danger, "Wait, or compare the clocks.", "RFC 7519 §4.1.5")
        case .issuedInFuture: Entry(.warning, "Compare the clocks.", "RFC 7519 §4.1.6")
        case .claimType: Entry(.danger, "Write it with the type that its definition gives.", "RFC 7519 §4.1")
        case .scopeArray: Entry(.warning, "Write one string with spaces between.", "RFC 8693 §4.2")
        case .nullClaim: Entry(.note, "Leave the claim out.", "RFC 7519 §4")
        case .emptyString: Entry(.note, "Leave the claim out, or fill it.", "RFC 7519 §4")
        case .subjectIsEmail:
            Entry(.warning, "Use an identifier that is never given to somebody else.", "OpenID Connect Core §5.7")
        case .audienceAny:
            Entry(.warning, "Name who is to accept it; no verifier should read a star as anybody.", "RFC 7519 §4.1.3")
        case .emailAddress, .phoneNumber, .personalData:
            Entry(.note, "Whoever sees the token reads it: carry an identifier instead.", "RFC 7519 §12")
        case .paymentCard: Entry(.danger, "Remove it; a token is encoded, not hidden.", "RFC 7519 §12")
        case .bankAccount, .nationalID:
            Entry(.warning, "Remove it; a token is encoded, not hidden.", "RFC 7519 §12")
        case .secretInClaims:
            Entry(.danger, "Remove it and replace what was given away.", "RFC 7519 §12")
        case .tokenInClaims:
            Entry(.warning, "Whoever sees this token can use that one; pass it another way.", "RFC 8725 §2.3")
        case .duplicateName: Entry(.danger, "Refuse it: two readers take two values.", "RFC 7515 §4; RFC 8259 §4")
        case .largeNumber: Entry(.note, "Write identifiers as strings.", "RFC 8259 §6")
        case .hiddenCharacters: Entry(.warning, "Look at the escapes before trusting a name.", "CVE-2021-42574")
        case .mixedScript: Entry(.warning, "Compare by bytes, never by looks.", "UTS 39 §5")
        case .notNormalized: Entry(.note, "Issue names in form NFC, and compare by bytes.", "RFC 8264 §5.2; UAX 15")
        case .weakSecret:
            Entry(.danger, "Replace it with 32 random bytes: signet keygen HS256.", "RFC 8725 §3.5")
        case .shortSecret:
            Entry(.danger, "Use at least as many bytes as the hash has.", "RFC 7518 §3.2")
        case .privateKey: Entry(.warning, "Give only the public key away.", "RFC 7517 §9.2")
        case .trailingBlank: Entry(.warning, "Remove the last byte if it was not meant.", "RFC 7518 §3.2")
        case .maybeBase64URL, .maybeBase64:
            Entry(.note, "Choose the form in which the secret was handed over.", "RFC 4648 §4, §5")
        default: Entry(.note, "", "")
        }
    }
}

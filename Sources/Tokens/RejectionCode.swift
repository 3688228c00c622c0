/// The public names of the reasons to refuse a token. They are stable: clients and dashboards may rely on them, and
/// each has an entry in `Documentation/PROBLEMS.md`.
public enum RejectionCode: String, Sendable, CaseIterable {
    /// There is no token.
    case tokenEmpty = "token-empty"
    /// The token, or its header, is larger than allowed.
    case tokenTooLarge = "token-too-large"
    /// The text is not three parts with a dot between each.
    case tokenNotCompact = "token-not-compact"
    /// Five parts: an encrypted token (JWE) where a signed one is expected.
    case tokenEncrypted = "token-encrypted"
    /// Three parts: a signed token (JWS) where an encrypted one is expected.
    case tokenNotEncrypted = "token-not-encrypted"
    /// The text is not an encrypted token in one of the JSON forms.
    case tokenJSONInvalid = "token-json-invalid"
    /// The header is not strict base64url.
    case headerEncoding = "header-encoding"
    /// The header is not strict JSON.
    case headerJSON = "header-json"
    /// The header is JSON but no object.
    case headerNotObject = "header-not-object"
    /// A header parameter is missing, has the wrong type, or is too long.
    case headerParameter = "header-parameter"
    /// The header brings its own key (`jwk`): the token would vouch for itself.
    case headerEmbeddedKey = "header-embedded-key"
    /// `alg` is `none`, in any spelling: nobody signed this.
    case algorithmNone = "algorithm-none"
    /// `alg` names an algorithm that is unknown here.
    case algorithmUnsupported = "algorithm-unsupported"
    /// `alg` names an algorithm that the policy does not list.
    case algorithmNotAllowed = "algorithm-not-allowed"
    /// `enc` names an algorithm that is unknown here.
    case encryptionUnsupported = "encryption-unsupported"
    /// `enc` names an algorithm that the policy does not list.
    case encryptionNotAllowed = "encryption-not-allowed"
    /// `zip` is there and the policy does not accept compressed content, or it is not `DEF`.
    case compressionNotAllowed = "compression-not-allowed"
    /// `crit` is not what RFC 7515 §4.1.11 allows.
    case criticalInvalid = "critical-invalid"
    /// `crit` names an extension that is not understood.
    case criticalUnknown = "critical-unknown"
    /// No key of the trusted set has this identifier and algorithm.
    case keyUnknown = "key-unknown"
    /// The key is for another algorithm: one key, one algorithm.
    case keyAlgorithmMismatch = "key-algorithm-mismatch"
    /// The certificate chain in the header is missing, not valid, or leads to no certificate that is trusted.
    case certificateUntrusted = "certificate-untrusted"
    /// The key's own `use` or `key_ops` forbid verifying.
    case keyUsage = "key-usage"
    /// The token names no key and too many could be meant.
    case keyAmbiguous = "key-ambiguous"
    /// The signature is not strict base64url.
    case signatureEncoding = "signature-encoding"
    /// The signature has not the length that its algorithm gives every signature.
    case signatureLength = "signature-length"
    /// The signature does not belong to these bytes and this key.
    case signatureMismatch = "signature-mismatch"
    /// The token could not be decrypted. Whether key, padding or tag was wrong is said to nobody (RFC 7516 §11.5).
    case decryptionFailed = "decryption-failed"
    /// The compressed content is damaged or becomes too large.
    case compressionInvalid = "compression-invalid"
    /// What was decrypted is no signed token: nobody vouches for it.
    case contentNotSigned = "content-not-signed"
    /// More than one token inside another.
    case nestingTooDeep = "nesting-too-deep"
    /// The payload is not strict base64url.
    case claimsEncoding = "claims-encoding"
    /// The payload is not strict JSON.
    case claimsJSON = "claims-json"
    /// The payload is JSON but no object.
    case claimsNotObject = "claims-not-object"
    /// A registered claim has the wrong type or an impossible value.
    case claimInvalid = "claim-invalid"
    /// `typ` is not a type that is accepted here.
    case typeMismatch = "type-mismatch"
    /// `iss` is missing or not a trusted issuer.
    case issuerMismatch = "issuer-mismatch"
    /// `aud` is missing or does not contain an audience that is served here.
    case audienceMismatch = "audience-mismatch"
    /// `exp` is missing although required.
    case expiryMissing = "expiry-missing"
    /// The time in `exp` has come.
    case tokenExpired = "token-expired"
    /// The time in `nbf` has not come.
    case tokenNotYetValid = "token-not-yet-valid"
    /// `iat` lies in the future.
    case tokenIssuedInFuture = "token-issued-in-future"
    /// `iat` or `auth_time` lies further back than the policy's maximum age.
    case tokenTooOld = "token-too-old"
    /// More time lies between `iat` and `exp` than the policy allows.
    case lifetimeTooLong = "lifetime-too-long"
    /// The token is bound to a key (`cnf`), and its sender did not prove to hold it.
    case tokenBound = "token-bound"
    /// The token is bound to no key, and is wanted with a proof of its key.
    case tokenNotBound = "token-not-bound"
    /// A required claim is missing.
    case claimMissing = "claim-missing"
    /// A required claim has another value.
    case claimMismatch = "claim-mismatch"
    /// A claim is there that this kind of token must not have.
    case claimForbidden = "claim-forbidden"
    /// A required scope is missing.
    case scopeMissing = "scope-missing"
    /// The token, or its session, has been revoked.
    case tokenRevoked = "token-revoked"
    /// A DPoP proof's `jwk` is missing, private, symmetric, or no key for its algorithm.
    case proofKeyInvalid = "proof-key-invalid"
    /// A DPoP proof lacks the nonce that the server gave, or has another.
    case proofNonceMismatch = "proof-nonce-mismatch"
    /// A JWS in JSON is not what RFC 7515 §7.2 describes, or has too many signatures.
    case serializationInvalid = "serialization-invalid"
    /// A name stands in both the protected and the unprotected header.
    case headerDuplicate = "header-duplicate"
    /// The content is detached and was not given.
    case payloadMissing = "payload-missing"
    /// The content was given although the JWS holds one.
    case payloadUnexpected = "payload-unexpected"
    /// The payload is not strict base64url.
    case payloadEncoding = "payload-encoding"
    /// The signer that was asked for did not sign.
    case signerMissing = "signer-missing"
}

import Tokens

extension VerificationStep.Check {
    /// The checks of a token that is signed and not encrypted.
    static let ofSignedTokens = allCases.filter { $0 != .decryption }
}

extension RejectionCode {
    /// The codes that a token which is signed and not encrypted can earn.
    static let ofSignedTokens: [RejectionCode] = {
        let ofEncrypted: Set<RejectionCode> = [
            .tokenNotEncrypted, .tokenJSONInvalid, .encryptionUnsupported, .encryptionNotAllowed,
            .compressionNotAllowed,
            .decryptionFailed, .compressionInvalid, .contentNotSigned, .nestingTooDeep,
        ]
        // ContentTable and the tests of proofs and of certificates earn these.
        let ofOtherForms: Set<RejectionCode> = [
            .proofKeyInvalid, .proofNonceMismatch, .serializationInvalid, .headerDuplicate, .payloadMissing,
            .payloadUnexpected, .payloadEncoding, .signerMissing, .certificateUntrusted,
        ]
        return allCases.filter { !ofEncrypted.contains($0) && !ofOtherForms.contains($0) }
    }()
}

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
        return allCases.filter { !ofEncrypted.contains($0) }
    }()
}

/// Says whether the content of an encrypted token is a signed token that a verifier may be asked about.
public enum NestedContent {
    /// Refuses content that is not announced as a token, that is no signed one, or that is encrypted once more.
    public static func check(
        _ content: [UInt8], header: EncryptionHeader, report: ((VerificationStep) -> Void)? = nil
    ) throws(TokenRejection) {
        let steps = StepReporter(listener: report)
        guard header.announcesToken else {
            throw steps.refused(
                .decryption, .contentNotSigned, part: .header,
                "\"cty\" does not say JWT: the content is not a signed token, and decryption authenticates nobody")
        }
        var dots = 0
        for byte in content where byte == UInt8(ascii: ".") {
            dots += 1
            if dots > 4 { break }
        }
        guard dots != 4 else {
            throw steps.refused(
                .decryption, .nestingTooDeep, "inside the encrypted token is another encrypted one; one is the most")
        }
        guard dots == 2 else {
            throw steps.refused(
                .decryption, .contentNotSigned,
                "the content has not the three parts of a signed token, and decryption authenticates nobody")
        }
    }
}

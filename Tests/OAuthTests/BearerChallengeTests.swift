import OAuth
import Testing

@Suite struct BearerChallengeTests {
    @Test func `a request without a token hears no error`() {
        #expect(BearerChallenge().headerValue == #"Bearer realm="signet""#)
    }

    @Test func `an error stands with its description and scope`() {
        let challenge = BearerChallenge(
            failure: .insufficientScope, description: "The scope \"orders:write\" is missing", scope: "orders:write a")
        #expect(
            challenge.headerValue == #"Bearer realm="signet", error="insufficient_scope", "#
                + #"error_description="The scope orders:write is missing", scope="orders:write a""#)
    }

    @Test(arguments: [
        (BearerChallenge.Failure.invalidRequest, "invalid_request", 400), (.invalidToken, "invalid_token", 401),
        (.insufficientScope, "insufficient_scope", 403),
    ])
    func `each error has its name and status of RFC 6750`(
        failure: BearerChallenge.Failure, name: String, status: Int
    ) {
        #expect(failure.rawValue == name)
        #expect(failure.status == status)
    }

    @Test func `nothing leaves the quotation marks`() {
        let hostile = "a\"b\\c\r\nX-Injected: 1\0\u{7F}\u{E9}\u{202E}d"
        let value = BearerChallenge(failure: .invalidToken, description: hostile, scope: hostile).headerValue
        #expect(value.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
        #expect(value.utf8.filter { $0 == UInt8(ascii: "\"") }.count == 8)
        #expect(!value.utf8.contains(UInt8(ascii: "\\")))
        #expect(value.contains(#"error_description="abcX-Injected: 1d""#))
    }
}

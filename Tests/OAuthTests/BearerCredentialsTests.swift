import Codecs
import OAuth
import Testing

@Suite struct BearerCredentialsTests {
    @Test(arguments: [
        ("Bearer abc.def.ghi", "abc.def.ghi"), ("bearer abc", "abc"), ("BEARER abc", "abc"), ("bEaReR abc", "abc"),
        ("Bearer   abc", "abc"), ("Bearer abc  ", "abc"), ("Bearer abc\t", "abc"), ("Bearer", ""), ("Bearer ", ""),
        ("Bearer a b", "a b"), ("Bearer a, Bearer b", "a, Bearer b"), ("Bearer \u{E9}", "\u{E9}"),
    ])
    func `the token is what follows the scheme, as it stands`(value: String, token: String) {
        #expect(BearerCredentials.read(authorization: Array(value.utf8)) == .token(Array(token.utf8)))
    }

    @Test(arguments: [("DPoP abc", "abc"), ("dpop  abc ", "abc"), ("DPOP", "")])
    func `a bound token is told from a bearer token`(value: String, token: String) {
        #expect(BearerCredentials.read(authorization: Array(value.utf8)) == .boundToken(Array(token.utf8)))
    }

    @Test func `addresses have one slash, whether or not the issuer ends in one`() {
        for (issuer, address): (ByteString, ByteString) in [
            ("https://id.example", "https://id.example/token"), ("https://id.example/", "https://id.example/token"),
            ("https://id.example/a/", "https://id.example/a/token"), ("", "/token"),
        ] {
            #expect(ServerMetadata.address(of: "/token", at: issuer) == address)
        }
    }

    @Test(arguments: [
        "", " ", "Basic YTpi", "Bearertoken", "Bearer\tabc", "Beare abc", "Bearers abc", " Bearer abc", "abc.def.ghi",
        "\u{212A}earer abc", "BE\u{C1}RER abc", "Bear\u{0}r abc", "\"Bearer\" abc", "DPo abc", "DPoPs abc", "DPoP\tabc",
    ])
    func `another scheme is another scheme`(value: String) {
        #expect(BearerCredentials.read(authorization: Array(value.utf8)) == .otherScheme)
    }
}

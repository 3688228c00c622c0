import Codecs
import OAuth
import Testing

@Suite struct TokenResponseTests {
    @Test func `the body is that of RFC 6749 section 5.1`() {
        let response = TokenResponse(accessToken: "a.b.c", expiresIn: 900, refreshToken: "r\"1")
        #expect(
            JSONWriter.text(response.json)
                == #"{"access_token":"a.b.c","token_type":"Bearer","expires_in":900,"refresh_token":"r\"1"}"#)
    }
}

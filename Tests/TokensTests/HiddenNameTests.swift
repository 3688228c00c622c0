import Codecs
import Testing
import Tokens

/// A name that only resembles a registered one is another name, whatever is invisible in it.
struct HiddenNameTests {
    @Test(arguments: [#"\u0000alg"#, #"\u0000\u0000alg"#, #"alg\u0000"#, #"ALG"#, #"\u200balg"#])
    func `a header parameter of nearly this name is none`(name: String) throws {
        let header = Array(#"{"\#(name)":"HS256"}"#.utf8)
        let token = Base64URL.encodeBytes(header) + Array(".e30.AAAA".utf8)
        let encoded = try EncodedToken(token)
        #expect(throws: HeaderDefect.self) { try DecodedToken(encoded) }
    }

    @Test(arguments: [
        "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "sid", "scope", "client_id",
    ]) func `a claim of nearly this name is none`(name: String) throws {
        for hidden in [#"\u0000"#, #"\u0000\u0000\u0000"#] {
            // Wrong as any of them, and nothing to complain of under another name.
            let json = try JSONReader.read(Array(#"{"\#(hidden)\#(name)":{}}"#.utf8))
            let claims = try Claims(try #require(json.object))
            #expect(claims.issuer == nil && claims.expiry == nil && claims.audience == nil)
        }
    }
}

import Codecs
import OAuth
import Testing

/// The way from an issuer to its keys.
@Suite("Issuer metadata") struct IssuerMetadataTests {
    @Test func `metadata is behind the issuer's path, or before it`() {
        func texts(_ issuer: ByteString) -> [String]? { IssuerMetadata.addresses(of: issuer)?.map(\.text) }
        #expect(
            texts("https://login.example") == [
                "https://login.example/.well-known/openid-configuration",
                "https://login.example/.well-known/oauth-authorization-server",
            ])
        #expect(
            texts("https://login.example/tenant/a/") == [
                "https://login.example/tenant/a/.well-known/openid-configuration",
                "https://login.example/.well-known/oauth-authorization-server/tenant/a",
            ])
        for wrong: ByteString in [
            "", "login.example", "https://", "https:///a", "https://a?b", "https://a#b", "ftp://a",
        ] {
            #expect(texts(wrong) == nil, "\(wrong.text)")
        }
    }

    @Test func `metadata must be the issuer's own`() throws {
        func keys(_ document: String) -> Result<ByteString, IssuerMetadata.Defect> {
            do throws(IssuerMetadata.Defect) {
                return .success(try IssuerMetadata.keySetAddress(in: Array(document.utf8), issuer: "https://a.example"))
            } catch {
                return .failure(error)
            }
        }
        #expect(
            keys(#"{"issuer":"https://a.example","jwks_uri":"https://a.example/k"}"#) == .success("https://a.example/k")
        )
        #expect(
            keys(#"{"issuer":"https://b.example","jwks_uri":"https://a.example/k"}"#)
                == .failure(.foreign("https://b.example")))
        #expect(keys(#"{"jwks_uri":"https://a.example/k"}"#) == .failure(.foreign(nil)))
        #expect(keys(#"{"issuer":"https://a.example"}"#) == .failure(.noKeySet))
        #expect(keys("[]") == .failure(.unreadable))
        #expect(keys(#"{"issuer":"https://a.example","issuer":"https://a.example"}"#) == .failure(.unreadable))
    }
}

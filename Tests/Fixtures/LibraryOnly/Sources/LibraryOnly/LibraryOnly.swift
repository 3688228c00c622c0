import Codecs
import JOSE
import Tokens

@main struct LibraryOnly {
    static func main() throws {
        let key = try SigningKey.generate(.es256)
        let token = try TokenSigner(key: key).sign(claims: ["sub": "ada", "exp": 1_700_000_300])
        let verifier = TokenVerifier(
            keys: try KeySet([key.verificationKey]), policy: ClaimPolicy(algorithms: [.es256]))
        let verified = try verifier.verify(Array(token.utf8), now: 1_700_000_000)
        print(verified.claims.subject == "ada" ? "ok" : "not ok")
    }
}

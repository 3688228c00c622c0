import Codecs
import Hummingbird
import HummingbirdJOSE
import JOSE
import Tokens

/// The code of the guide about servers, compiled; `BearerTokenMiddlewareTests` runs it.
enum GuideSnippets {
    // snippet: hummingbird
    static func router(keys: KeySet) -> Router<BasicTokenRequestContext> {
        let policy = ClaimPolicy(
            algorithms: [.es256], issuers: ["https://issuer.example"], audiences: ["orders"],
            requiredClaims: [ClaimRequirement("exp")])
        let router = Router(context: BasicTokenRequestContext.self)
        router.add(middleware: BearerTokenMiddleware(keys: keys, policy: policy))
        router.get("me") { _, context in context.token?.claims.subject?.text ?? "nobody" }
        return router
    }
    // end
}

import Codecs
import ControlPlane
import HTTPTypes
import Hummingbird
import OAuth

/// The short way in for pages of our own origin: `"mode":"cookie"` keeps both tokens where no script can read them.
///
/// Cookies go along by themselves, so whatever acts by them must come from a page of this very origin: they are
/// `SameSite=Strict`, and `Sec-Fetch-Site` or `Origin` has to say so, too.
struct CookieSession: Sendable {
    static let access = "__Host-signet-access"
    static let refresh = "__Host-signet-refresh"

    let sameOrigin: SameOrigin
    /// How long the refresh cookie lives, in seconds.
    let lifetime: Int64

    init(_ configuration: AuthorizationConfiguration) {
        sameOrigin = SameOrigin(issuer: configuration.issuer)
        lifetime = configuration.refreshTokenLifetime
    }

    /// Whether a body asks for cookies.
    /// - Throws: 400 for a mode that does not exist, 403 when no page of ours asks.
    func isAsked(_ body: JSONRequestBody, _ request: Request) throws(ProblemBody) -> Bool {
        guard body.object["mode"] != nil else { return false }
        guard try body.string("mode", atMost: 16) == "cookie" else { throw ProblemOf.badMode }
        try sameOrigin.require(request)
        return true
    }

    /// The refresh token that a browser brings.
    func refreshToken(of request: Request) -> OpaqueToken? {
        BrowserCookies.read(Self.refresh, .refresh, from: request)
    }

    /// Hands tokens out as cookies; the body tells when to come again.
    func answer(_ tokens: TokenResponse) -> Response {
        var response = Response.json(
            ["token_type": "cookie", "expires_in": .number(JSONNumber(tokens.expiresIn))],
            headers: [.cacheControl: "no-store"])
        for (name, value, lifetime) in [
            (Self.access, tokens.accessToken, tokens.expiresIn), (Self.refresh, tokens.refreshToken ?? "", lifetime),
        ] {
            response.headers.append(
                HTTPField(name: .setCookie, value: BrowserCookies.set(name, value, lifetime: lifetime, isStrict: true)))
        }
        return response
    }

    /// Fields that make the browser forget both.
    static var forgotten: HTTPFields {
        var headers: HTTPFields = [.cacheControl: "no-store"]
        for name in [access, refresh] {
            headers.append(
                HTTPField(name: .setCookie, value: BrowserCookies.set(name, "", lifetime: 0, isStrict: true)))
        }
        return headers
    }
}

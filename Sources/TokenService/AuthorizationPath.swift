/// The paths of the addresses that others learn from our metadata, and that tokens and proofs name.
enum AuthorizationPath {
    static let authorize = "/authorize"
    static let pushedRequest = "/par"
    static let registration = "/register"
    static let deviceAuthorization = "/device_authorization"
    static let token = "/token"
    static let userInfo = "/userinfo"
    static let introspection = "/introspect"
    static let revocation = "/revoke"
    static let endSession = "/end-session"
    static let keySet = "/.well-known/jwks.json"
    static let openIDConfiguration = "/.well-known/openid-configuration"
    static let serverMetadata = "/.well-known/oauth-authorization-server"
}

import HTTPTypes
public import Hummingbird

/// Puts the security header fields on every answer, also on errors and on addresses where nothing is. A field that the
/// answer set itself stays.
public struct SecurityHeadersMiddleware<Context: RequestContext>: RouterMiddleware {
    /// The middleware; put it first, outside everything that may answer.
    public init() {}

    /// Answers through the rest of the chain.
    public func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        for (name, value) in securityHeaders where response.headers[name] == nil {
            response.headers[name] = value
        }
        return response
    }
}

// Every name is a valid field name, so none is lost; a test counts them.
private let securityHeaders: [(HTTPField.Name, String)] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
    ("content-security-policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    ("cache-control", "no-store"),
].compactMap { name, value in HTTPField.Name(name).map { ($0, value) } }

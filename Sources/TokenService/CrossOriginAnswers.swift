import Codecs
import ControlPlane
import HTTPTypes
import Hummingbird
import OAuth

/// Lets pages of registered clients ask what clients ask: their origins are those of their redirect URIs. What is public
/// anyway (metadata, keys) anybody's page may read. No cookie ever goes along, and no page of our own answers.
struct CrossOriginAnswers<Context: RequestContext>: RouterMiddleware {
    private static var forClients: Set<String> {
        [
            AuthorizationPath.token, AuthorizationPath.userInfo, AuthorizationPath.revocation,
            AuthorizationPath.pushedRequest, AuthorizationPath.deviceAuthorization,
        ]
    }
    private static var forEverybody: Set<String> {
        [AuthorizationPath.keySet, AuthorizationPath.openIDConfiguration, AuthorizationPath.serverMetadata]
    }

    let clients: ClientDirectory

    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        let path = request.uri.path
        let isPublic = Self.forEverybody.contains(path)
        guard isPublic || Self.forClients.contains(path) else { return try await next(request, context) }
        let origin = request.headers[.origin]
        let allowed = isPublic ? "*" : origin.flatMap { clients.isOrigin(ByteString($0)) ? $0 : nil }
        if request.method == .options, origin != nil, request.headers[.accessControlRequestMethod] != nil {
            return answer(Response(status: .noContent), allowed, isPublic: isPublic, isPreflight: true)
        }
        do {
            return answer(try await next(request, context), allowed, isPublic: isPublic, isPreflight: false)
        } catch let error as any AnswerConvertible {
            // The page must be able to read why not.
            return answer(error.answer, allowed, isPublic: isPublic, isPreflight: false)
        } catch let problem as ProblemBody {
            return answer(
                problem.response(from: request, context: context), allowed, isPublic: isPublic, isPreflight: false)
        }
    }

    private func answer(_ response: Response, _ allowed: String?, isPublic: Bool, isPreflight: Bool) -> Response {
        var response = response
        if !isPublic { response.headers[.vary] = "Origin" }
        guard let allowed else { return response }
        response.headers[.accessControlAllowOrigin] = allowed
        if let name = HTTPField.Name("Cross-Origin-Resource-Policy") { response.headers[name] = "cross-origin" }
        if isPreflight {
            response.headers[.accessControlAllowMethods] = isPublic ? "GET" : "GET, POST"
            response.headers[.accessControlAllowHeaders] = "Authorization, Content-Type, DPoP"
            response.headers[.accessControlMaxAge] = "600"
        } else {
            response.headers[.accessControlExposeHeaders] = "WWW-Authenticate, Retry-After"
        }
        return response
    }
}

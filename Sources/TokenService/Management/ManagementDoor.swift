import CWebAssets
import Codecs
import ControlPlane
import HTTPTypes
import Hummingbird
import NIOCore

/// Lets admins manage over HTTP: every request needs a management token of theirs. Cookies count for nothing here, so no
/// page of anybody's can act in an admin's name.
struct ManagementDoor: RouterMiddleware {
    static let path = "/manage"

    let authentication: ManagementAuthentication

    func handle(
        _ request: Request, context: ControlPlaneContext,
        next: @concurrent (Request, ControlPlaneContext) async throws -> Response
    ) async throws -> Response {
        let caller = try await authentication.authenticate(request)
        var context = context
        context.actor = AuditActor(.person(caller.subject.text, client: caller.client), context)
        return try await next(request, context)
    }

    /// `GET /manage/openapi.json`: what there is (OpenAPI 3.1).
    static func addDescription(to router: some RouterMethods<ControlPlaneContext>) {
        let file = web_manage_openapi_json()
        let bytes = Array(UnsafeBufferPointer(start: file.bytes, count: file.count))
        router.endpoint(
            "/manage/openapi.json",
            [
                .get: { _, _ in
                    Response(
                        status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-cache"],
                        body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
                }
            ])
    }
}

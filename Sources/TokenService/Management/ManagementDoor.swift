import Codecs
public import ControlPlane
public import Hummingbird

/// Lets people manage over HTTP: every request needs a management token of somebody with a role on this server. Cookies count for nothing here, so no
/// page of anybody's can act in an admin's name.
public struct ManagementDoor: RouterMiddleware {
    let authentication: ManagementAuthentication

    /// Says who asks, and what they may.
    public func handle(
        _ request: Request, context: ControlPlaneContext,
        next: @concurrent (Request, ControlPlaneContext) async throws -> Response
    ) async throws -> Response {
        let (caller, role) = try await authentication.authenticate(request)
        var context = context
        context.role = role
        context.actor = AuditActor(.person(caller.subject.text, client: caller.client), context)
        return try await next(request, context)
    }
}

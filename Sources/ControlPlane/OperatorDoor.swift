public import Hummingbird

/// The door that only the operator can open: whoever gets here is the operator.
public struct OperatorDoor: RouterMiddleware {
    /// A door.
    public init() {}

    /// Says who acts.
    public func handle(
        _ request: Request, context: ControlPlaneContext,
        next: @concurrent (Request, ControlPlaneContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.actor = AuditActor(.operator, context)
        context.role = .owner
        return try await next(request, context)
    }
}

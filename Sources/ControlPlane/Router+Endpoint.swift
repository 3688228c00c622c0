public import HTTPTypes
public import Hummingbird

/// What answers a request at one address.
public typealias EndpointHandler<Context> = @Sendable (Request, Context) async throws -> Response

extension RouterMethods {
    /// Adds everything that one address answers. GET answers HEAD too; every other known method gets 405 with an
    /// `Allow` field (RFC 9110 §15.5.6).
    public func endpoint(_ path: RouterPath, _ handlers: [HTTPRequest.Method: EndpointHandler<Context>]) {
        var handlers = handlers
        if let get = handlers[.get] {
            handlers[.head] = { request, context in
                try await get(request, context).createHeadResponse()
            }
        }
        let allowed = handlers.keys.map(\.rawValue).sorted().joined(separator: ", ")
        for method in knownMethods {
            let handler = handlers[method] ?? { _, _ in throw ProblemBody.methodNotAllowed(allowed) }
            on(path, method: method) { request, context in try await handler(request, context) }
        }
    }
}

private let knownMethods: [HTTPRequest.Method] = [
    .get, .head, .post, .put, .patch, .delete, .options, .trace, .connect,
]

extension ProblemBody {
    static func methodNotAllowed(_ allowed: String) -> ProblemBody {
        ProblemBody(
            .methodNotAllowed, code: "method-not-allowed", title: "Method not allowed",
            detail: "This address answers \(allowed) only.", headers: [.allow: allowed])
    }
}

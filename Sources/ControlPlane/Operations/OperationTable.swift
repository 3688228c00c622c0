public import Codecs
import HTTPTypes
public import Hummingbird
import NIOCore

/// Every operation of this server: one table, mounted at `/api` and at the operator's socket, and described from itself.
public struct OperationTable: Sendable {
    /// Where operations are, over HTTP as at the socket.
    public static let path = "/api"

    /// The operations, in the order in which the features registered them.
    public let operations: [Operation]

    private let kept: KeptAnswers?
    /// Schemas that the operations' own name by reference.
    let shared: JSONObject

    /// A table.
    /// - Parameters:
    ///   - shared: schemas that the operations' own name by reference, `#/components/schemas/NAME`.
    ///   - kept: where answers to idempotency keys are kept; nil takes no such keys.
    public init(_ operations: [Operation], shared: JSONObject = [:], kept: KeptAnswers? = nil) {
        self.operations = operations
        self.shared = shared
        self.kept = kept
    }

    /// Adds every operation to a router whose door says who asks and what role they have.
    public func addRoutes(to router: some RouterMethods<ControlPlaneContext>) {
        for (path, operations) in Dictionary(grouping: operations, by: \.path) {
            var handlers: [HTTPRequest.Method: EndpointHandler<ControlPlaneContext>] = [:]
            for operation in operations {
                handlers[operation.method] = { [kept] request, context in
                    try await operation.answer(request, context, kept)
                }
            }
            router.endpoint(RouterPath(Self.path + path), handlers)
        }
    }

    /// Adds `/api/openapi.json`, for everybody: what there is, not what is in it.
    public func addDescription(to router: some RouterMethods<ControlPlaneContext>, version: String) {
        let bytes = JSONWriter.write(openAPI(version: version))
        let tag = EntityTag(of: .string(ByteString(utf8: bytes)))
        router.endpoint(
            RouterPath(Self.path + "/openapi.json"),
            [
                .get: { _, _ in
                    Response(
                        status: .ok,
                        headers: [.contentType: "application/json", .cacheControl: "no-cache", .eTag: tag.text],
                        body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
                }
            ])
    }
}

extension Operation {
    /// Answers one request: may they, what is asked, do it, tell it.
    func answer(_ request: Request, _ context: ControlPlaneContext, _ kept: KeptAnswers?) async throws -> Response {
        guard let role = context.role, role >= self.role else { throw ProblemBody.roleInsufficient(needed: self.role) }
        let call = try OperationCall(request, context, role: role, parameters: parameters)
        let body = try await body(of: request)
        guard method == .post, !isStream, let kept, let key = try IdempotencyKey(request.headers) else {
            return try response(try await run(call, body), call, request)
        }
        let question = KeptAnswers.Question(
            key: key, actor: call.actor, method: method.rawValue, target: request.uri.string, body: body)
        return try response(try await kept.answer(question) { try await run(call, body) }, call, request)
    }

    private func body(of request: Request) async throws(ProblemBody) -> JSONObject {
        guard input != nil else { return JSONObject() }
        return try await JSONRequestBody(of: request, atMost: bodyLimit).object
    }

    private func response(
        _ answer: OperationAnswer, _ call: OperationCall, _ request: Request
    ) throws(ProblemBody) -> Response {
        if let (events, isWhole) = answer.events { return EventStream.response(events, isWhole: isWhole) }
        var fields: HTTPFields = [:]
        if let tag = answer.tag { fields[.eTag] = tag.text }
        if method == .get, let tag = answer.tag {
            if case .isNone(let seen) = call.precondition, seen.contains(tag) {
                return Response(status: .notModified, headers: fields)
            }
            try call.precondition.require(tag)
        }
        if let next = answer.next, let name = HTTPField.Name("Link") { fields[name] = Self.link(to: next, request) }
        if answer.isReplayed, let name = HTTPField.Name("Idempotent-Replayed") { fields[name] = "true" }
        return .json(.object(answer.json), headers: fields)
    }

    /// Where the next page is (RFC 8288).
    private static func link(to next: String, _ request: Request) -> String {
        let query = request.uri.query.flatMap { try? FormURLEncoded.decode(Array($0.utf8)) } ?? []
        let others = query.filter { $0.name != "after" }
        let target = FormURLEncoded.encode(others + [FormURLEncoded.Pair("after", ByteString(next))])
        return "<\(request.uri.path)?\(target)>; rel=\"next\""
    }
}

extension ProblemBody {
    static func roleInsufficient(needed role: Role) -> ProblemBody {
        ProblemBody(
            .forbidden, code: "role-insufficient", title: "Your role does not allow this",
            detail: "This needs the role \(role.rawValue). An owner of this server gives roles.",
            oauthError: "insufficient_scope")
    }
}

import HTTPTypes
public import Hummingbird
import Logging
import NIOCore

/// A request that the control plane refused.
public struct ControlPlaneRefusal: Sendable {
    /// What was answered.
    public let problem: ProblemBody
    /// The method.
    public let method: String
    /// The path without its query.
    public let path: String
    /// Whether it brought a credential.
    public let hasCredential: Bool
    /// The trace that the request came with from the gateway; nil of one that came to the control plane's own listener.
    public let trace: String?
}

/// Takes note of a refusal; returns the trace under which it is explained.
public typealias RefusalExplaining = @Sendable (ControlPlaneRefusal) -> String

/// Turns every thrown error into a problem body. What it does not know becomes a bare 500: the log names the error's
/// type, and neither the log nor the answer repeats its text, which may hold anything.
public struct ProblemMiddleware: RouterMiddleware {
    private let explain: RefusalExplaining?

    /// The middleware; put it inside the one that sets the security headers.
    /// - Parameter explain: takes note of each refusal; nil gives it no trace.
    public init(explain: RefusalExplaining? = nil) { self.explain = explain }

    /// Answers through the rest of the chain.
    public func handle(
        _ request: Request, context: ControlPlaneContext,
        next: @concurrent (Request, ControlPlaneContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as any AnswerConvertible {
            return request.method == .head ? error.answer.createHeadResponse() : error.answer
        } catch {
            var problem = problem(for: error, context)
            if let explain {
                problem.trace = explain(
                    ControlPlaneRefusal(
                        problem: problem, method: request.method.rawValue, path: request.uri.path,
                        hasCredential: request.headers[.authorization] != nil, trace: context.trace))
            }
            return problem.response(from: request, context: context)
        }
    }

    private func problem(for error: any Error, _ context: ControlPlaneContext) -> ProblemBody {
        switch error {
        case let problem as ProblemBody:
            return problem
        case let error as any ProblemConvertible:
            let problem = error.problem
            if problem.status.kind == .serverError {
                context.logger.error("request failed", metadata: ["code": "\(problem.code)", "error": "\(error)"])
            }
            return problem
        case is NIOTooManyBytesError:
            return .bodyTooLarge(JSONRequestBody.maximumBytes)
        case let error as any HTTPResponseError:
            return .plain(error.status)
        default:
            context.logger.error("request failed unexpectedly", metadata: ["type": "\(type(of: error))"])
            return .plain(.internalServerError)
        }
    }
}

extension ProblemBody {
    /// The body of a request is longer than this server reads.
    static func bodyTooLarge(_ limit: Int) -> ProblemBody {
        ProblemBody(
            .contentTooLarge, code: "body-too-large", title: "The body is too large",
            detail: "This address reads at most \(limit) bytes.")
    }

    /// A status that says enough by itself.
    static func plain(_ status: HTTPResponse.Status) -> ProblemBody {
        switch status {
        case .notFound:
            ProblemBody(
                .notFound, code: "not-found", title: "Not found", detail: "There is nothing at this address.")
        case .contentTooLarge:
            .bodyTooLarge(JSONRequestBody.maximumBytes)
        case .internalServerError:
            ProblemBody(
                .internalServerError, code: "internal-error", title: "Internal error",
                detail: "The server failed; its log says more. Trying again later may help.")
        default:
            ProblemBody(
                status, code: "http-\(status.code)", title: status.reasonPhrase,
                detail: "The request cannot be answered.")
        }
    }
}

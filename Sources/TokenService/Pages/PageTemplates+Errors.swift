import ControlPlane
import Hummingbird
import Logging
import OAuth

extension PageTemplates {
    /// Answers a browser: whatever goes wrong becomes a page.
    func answering(_ body: () async throws -> Response) async throws -> Response {
        do {
            return try await body()
        } catch let error as OAuthError {
            return page(error)
        } catch let problem as ProblemBody {
            return page(problem)
        } catch let error as any ProblemConvertible {
            let problem = error.problem
            if problem.status.kind == .serverError {
                logger.error("request failed", metadata: ["code": "\(problem.code)", "error": "\(error)"])
            }
            return page(problem)
        }
    }

    /// What cannot be answered at the client's address (RFC 6749 §4.1.2.1).
    func page(_ error: OAuthError) -> Response {
        let heading = "This link does not work"
        return answer(
            .message,
            [
                "title": heading, "heading": heading,
                "text": "The application that sent you here asked in a way that cannot be answered. Go back to it and "
                    + "try again; if that does not help, tell the people who run it.",
                "code": error.code.rawValue, "detail": error.detail,
            ], status: .badRequest)
    }

    /// A problem as people read it.
    func page(_ problem: ProblemBody) -> Response {
        answer(
            .message,
            [
                "title": problem.title, "heading": problem.title, "text": problem.detail, "code": problem.code,
                "detail": "",
            ], status: problem.status)
    }
}

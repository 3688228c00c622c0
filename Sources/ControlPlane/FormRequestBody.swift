import HTTPTypes
public import Hummingbird
import NIOCore

/// The body of a request as the bytes of one form (`application/x-www-form-urlencoded`). What is in them is for the
/// caller to judge.
public enum FormRequestBody {
    /// Reads the body.
    /// - Throws: 415 when the content type is another, 413 when the body is too long, 400 when it ends early.
    public static func bytes(of request: Request) async throws(ProblemBody) -> [UInt8] {
        guard isForm(request.headers[.contentType]) else {
            throw ProblemBody(
                .unsupportedMediaType, code: "content-type-unsupported", title: "Unsupported content type",
                detail: "Send the body as a form with `Content-Type: application/x-www-form-urlencoded`.",
                oauthError: "invalid_request")
        }
        return try await JSONRequestBody.collect(request)
    }

    /// Whether a request says that its body is a form.
    public static func isForm(_ request: Request) -> Bool { isForm(request.headers[.contentType]) }

    /// The media type, with any parameters; its letters may have any case (RFC 9110 §8.3.1).
    private static func isForm(_ contentType: String?) -> Bool {
        guard let contentType else { return false }
        let type = contentType.utf8.prefix { $0 != UInt8(ascii: ";") }
            .filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
            .map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 | 0x20 : $0 }
        return type == Array("application/x-www-form-urlencoded".utf8)
    }
}

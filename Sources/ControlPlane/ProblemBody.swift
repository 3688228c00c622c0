public import Codecs
public import HTTPTypes
public import Hummingbird
import NIOCore

/// A refusal or a failure as the outside sees it: an RFC 9457 problem body with a stable code.
///
/// Throw it from an endpoint. Nothing in it may be secret or internal: all of it is sent.
public struct ProblemBody: HTTPResponseError, Equatable {
    /// The HTTP status.
    public let status: HTTPResponse.Status

    /// The stable, kebab-case name of the problem; `type` is `/problems/` and this name.
    public let code: String

    /// The problem in a few words, the same for every occurrence.
    public let title: String

    /// What happened this time, whose fault it is, and what to do.
    public let detail: String

    /// The `error` member for answers that OAuth shapes (RFC 6749 §5.2, RFC 6750 §3.1).
    public let oauthError: String?

    /// Header fields that belong to the problem, such as `Retry-After`, `Allow` or `WWW-Authenticate`.
    public var headers: HTTPFields

    /// What is wrong with a document, each with its place: the member `errors`.
    public var complaints: [Complaint] = []

    /// Under which trace the refusal can be explained.
    public internal(set) var trace: String?

    /// Something that is wrong with a document that was sent.
    public struct Complaint: Sendable, Equatable {
        /// Where, as a JSON pointer (RFC 6901).
        public let pointer: String
        /// What is wrong and what to do.
        public let message: String
        /// The line, from 1, where the document has lines.
        public let line: Int?

        /// A complaint.
        public init(pointer: String, message: String, line: Int? = nil) {
            self.pointer = pointer
            self.message = message
            self.line = line
        }
    }

    /// A problem.
    public init(
        _ status: HTTPResponse.Status,
        code: String,
        title: String,
        detail: String,
        oauthError: String? = nil,
        headers: HTTPFields = [:]
    ) {
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.oauthError = oauthError
        self.headers = headers
    }

    /// The body's members.
    public var json: JSON {
        var object: JSONObject = [
            "type": .string(ByteString("/problems/\(code)")),
            "title": .string(ByteString(title)),
            "status": .number(JSONNumber(Int64(status.code))),
            "detail": .string(ByteString(detail)),
            "code": .string(ByteString(code)),
        ]
        if let oauthError { object["error"] = .string(ByteString(oauthError)) }
        if let trace { object["trace"] = .string(ByteString(trace)) }
        if !complaints.isEmpty { object["errors"] = .array(complaints.map(\.json)) }
        return .object(object)
    }

    /// The answer, for any request.
    public var response: Response {
        .json(json, status: status, headers: headers, mediaType: "application/problem+json")
    }

    /// The answer to one request: a HEAD gets the fields without the body.
    public func response(from request: Request, context: some RequestContext) -> Response {
        request.method == .head ? response.createHeadResponse() : response
    }
}

extension ProblemBody.Complaint {
    fileprivate var json: JSON {
        var object: JSONObject = [
            "pointer": .string(ByteString(pointer)), "message": .string(ByteString(message)),
        ]
        if let line { object["line"] = .number(JSONNumber(Int64(line))) }
        return .object(object)
    }
}

/// An error that knows how it looks from outside.
public protocol ProblemConvertible: Error {
    /// The problem to send. It tells nothing internal.
    var problem: ProblemBody { get }
}

/// An error whose answer another protocol shapes whole, as OAuth does (RFC 6749 §5.2).
public protocol AnswerConvertible: Error {
    /// The answer to send. It tells nothing internal.
    var answer: Response { get }
}

extension Response {
    /// An answer with a JSON body.
    public static func json(
        _ json: JSON,
        status: HTTPResponse.Status = .ok,
        headers: HTTPFields = [:],
        mediaType: String = "application/json"
    ) -> Response {
        var headers = headers
        headers[.contentType] = mediaType
        return Response(
            status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: JSONWriter.write(json))))
    }
}

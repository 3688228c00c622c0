import HTTPTypes
public import Hummingbird
import NIOCore
import OAuth

/// A request that goes no further: what its sender is told, and nothing else.
public struct TokenRefusal: HTTPResponseError {
    /// 400, 401, 403 or 503.
    public let status: HTTPResponse.Status
    private let headers: HTTPFields
    private let title: String

    /// An issuer's keys cannot be had, so that nobody can say whether the token is good.
    static let keysUnavailable = TokenRefusal(
        .serviceUnavailable, "The keys to check tokens with cannot be had now", [.retryAfter: "5"])

    /// More proofs are in use than can be remembered.
    static let proofsExhausted = TokenRefusal(
        .serviceUnavailable, "Too many proofs are in use", [.retryAfter: "5"])

    init(_ challenge: DPoPChallenge) {
        let title =
            challenge.failure == .invalidProof
            ? "A good proof of the token's key is needed" : "The token is not accepted"
        self.init(.unauthorized, title, [.wwwAuthenticate: challenge.headerValue])
    }

    init(_ challenge: BearerChallenge) {
        let title =
            switch challenge.failure {
            case nil: "A token is needed"
            case .invalidRequest: "There must be one Authorization field"
            case .invalidToken: "The token is not accepted"
            case .insufficientScope: "The token grants too little"
            }
        self.init(
            .init(code: challenge.failure?.status ?? 401), title, [.wwwAuthenticate: challenge.headerValue])
    }

    private init(_ status: HTTPResponse.Status, _ title: String, _ headers: HTTPFields) {
        self.status = status
        self.title = title
        self.headers = headers
    }

    /// The answer: a problem (RFC 9457) with `status` and `title`.
    public func response(from request: Request, context: some RequestContext) throws -> Response {
        var headers = headers
        headers[.contentType] = "application/problem+json"
        headers[.cacheControl] = "no-store"
        let body = #"{"status":\#(status.code),"title":"\#(title)"}"#
        return Response(
            status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
    }
}

import Codecs
public import ControlPlane
import HTTPTypes
public import Hummingbird
public import OAuth

extension OAuthError: AnswerConvertible {
    /// The JSON form (RFC 6749 §5.2). Whoever failed to authenticate is told how it could (RFC 9110 §15.5.2).
    public var answer: Response {
        var headers: HTTPFields = [.cacheControl: "no-store"]
        if code == .invalidClient { headers[.wwwAuthenticate] = "Basic realm=\"signet\", charset=\"UTF-8\"" }
        return .json(.object(json), status: HTTPResponse.Status(code: status), headers: headers)
    }
}

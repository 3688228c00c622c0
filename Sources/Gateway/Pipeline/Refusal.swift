import Codecs
import Edge
import JOSE
import OAuth
import Telemetry
import Tokens

/// A request that goes no further: what the client is told, and where it ended.
struct Refusal {
    /// The stable names of the gateway's own reasons; a token's reasons are `RejectionCode`, framing's are `HTTPWire`'s
    /// and an upstream's are `UpstreamFailure`'s.
    enum Code: String, CaseIterable {
        /// No route serves this path.
        case routeNotFound = "route-not-found"
        /// The path is served, but not with this method.
        case methodNotAllowed = "method-not-allowed"
        /// The route wants a token and the request brings none.
        case tokenMissing = "token-missing"
        /// The request brings more than one `Authorization` field.
        case tokenAmbiguous = "token-ambiguous"
        /// The token came as `DPoP`, and the proof with it is missing, not good, or not new.
        case proofRefused = "proof-refused"
        /// More proofs are in use than can be remembered.
        case proofsExhausted = "proofs-exhausted"
        /// The keys that tokens are verified with cannot be fetched.
        case keysUnavailable = "keys-unavailable"
        /// A cookie brought the token, and another site's page may have sent the request.
        case pageForeign = "page-foreign"
        /// The route wants an API key and the request brings none.
        case keyMissing = "key-missing"
        /// The request brings more than one API key.
        case keyAmbiguous = "key-ambiguous"
        /// The API key opens nothing.
        case keyRefused = "key-refused"
        /// The route wants a name and a password and the request brings none.
        case passwordMissing = "password-missing"
        /// The name and the password do not go together.
        case passwordRefused = "password-refused"
        /// The consumer may not call.
        case consumerDisabled = "consumer-disabled"
        /// No plan of the caller opens the API.
        case subscriptionMissing = "subscription-missing"
        /// The version of the API is not served any more.
        case versionGone = "version-gone"
        /// The request body is larger than the API takes.
        case bodyTooLarge = "body-too-large"
        /// The caller has called as often as it may.
        case limitExceeded = "limit-exceeded"
        /// The destination of the route failed before it answered.
        case destinationFailed = "destination-failed"
        /// The destination of the route did not answer in time.
        case destinationLate = "destination-late"
    }

    let phase: Phase
    var status: Int
    let code: String
    /// One sentence, fit for the outside.
    let detail: String
    /// Further fields of the answer.
    var fields: [(String, [UInt8])] = []
    /// The verification's steps, when it came to that.
    var steps: [VerificationStep] = []
    /// What the operator is told and the client is not.
    var inside: String?

    static func notFound() -> Refusal {
        Refusal(
            phase: .match, status: 404, code: Code.routeNotFound.rawValue, detail: "No route serves this path.")
    }

    static func otherMethods(_ methods: [[UInt8]]) -> Refusal {
        let allow = methods.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ", ")
        return Refusal(
            phase: .match, status: 405, code: Code.methodNotAllowed.rawValue,
            detail: "This path is served with \(allow) only.", fields: [("Allow", Array(allow.utf8))])
    }

    static func tokenMissing(_ requirement: TokenRequirement) -> Refusal {
        Refusal(
            phase: .authenticate, status: 401, code: Code.tokenMissing.rawValue,
            detail: "This route wants a token: send Authorization: Bearer and the token.",
            fields: [challenge(BearerChallenge(scope: requirement.scope)), challenge(nil)])
    }

    static func tokenAmbiguous(
        _ detail: String = "The request has more than one Authorization field."
    ) -> Refusal {
        Refusal(
            phase: .authenticate, status: 400, code: Code.tokenAmbiguous.rawValue, detail: detail,
            fields: [challenge(BearerChallenge(failure: .invalidRequest, description: detail))])
    }

    /// RFC 9449 §7.1.
    static func proofRefused(_ refusal: ProofRefusal) -> Refusal {
        Refusal(
            phase: .authenticate, status: 401, code: Code.proofRefused.rawValue, detail: refusal.detail,
            fields: [challenge(.invalidProof)], steps: refusal.steps)
    }

    static func proofsExhausted() -> Refusal {
        Refusal(
            phase: .authenticate, status: 503, code: Code.proofsExhausted.rawValue,
            detail: "Too many DPoP proofs are in use; try again later.",
            fields: [("Retry-After", Array("5".utf8))])
    }

    /// The client learns which kind of reason it was, and nothing that the token says (RFC 6750 §3.1).
    static func rejected(
        _ rejection: TokenRejection, scope: String?, steps: [VerificationStep], cameBound: Bool
    ) -> Refusal {
        let grantsTooLittle = rejection.check == .scopes || rejection.check == .requiredClaims
        let failure: BearerChallenge.Failure = grantsTooLittle ? .insufficientScope : .invalidToken
        let detail =
            grantsTooLittle ? "The token does not grant this." : "The token was refused: \(rejection.code.rawValue)."
        // Whoever came with a proof, or should have, is told how to come.
        let wantsProof =
            !grantsTooLittle && rejection.code != .tokenNotBound
            && (cameBound || rejection.code == .tokenBound)
        let bearer = BearerChallenge(
            failure: failure, description: detail, scope: rejection.check == .scopes ? scope : nil)
        return Refusal(
            phase: grantsTooLittle ? .authorize : .authenticate, status: failure.status,
            code: rejection.code.rawValue, detail: detail,
            fields: [wantsProof ? challenge(.invalidToken) : challenge(bearer)], steps: steps)
    }

    static func challenge(_ challenge: BearerChallenge) -> (String, [UInt8]) {
        ("WWW-Authenticate", Array(challenge.headerValue.utf8))
    }

    private static func challenge(_ failure: DPoPChallenge.Failure?) -> (String, [UInt8]) {
        let challenge = DPoPChallenge(failure: failure, algorithms: RequestProofs.verifier.algorithmNames)
        return ("WWW-Authenticate", Array(challenge.headerValue.utf8))
    }

    /// The answer: a problem body (RFC 9457) with the trace that `signet explain` takes.
    /// - Parameter problems: below which address each code has a page.
    func answer(trace: TraceID, problems: String, closes: Bool = false) -> LocalAnswer {
        let problem: JSON = [
            "type": .string(ByteString(problems + code)),
            "title": .string(ByteString(Self.title(of: status))),
            "status": .number(JSONNumber(Int64(status))),
            "detail": .string(ByteString(detail)),
            "code": .string(ByteString(code)),
            "trace": .string(ByteString(trace.description)),
        ]
        return LocalAnswer(
            status: status, contentType: "application/problem+json",
            fields: [("Cache-Control", Array("no-store".utf8))] + fields, body: JSONWriter.write(problem),
            closes: closes)
    }

    private static func title(of status: Int) -> String {
        switch status {
        case 303: "See Other"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 410: "Gone"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 417: "Expectation Failed"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: "Refused"
        }
    }
}

extension Refusal {
    /// What the operator is told.
    func explanation(_ record: borrowing ExchangeRecord) -> Explanation? {
        Explanation(
            record, detail: inside ?? steps.last?.detail ?? detail,
            steps: steps.map { step in
                Explanation.Step(
                    check: step.check.rawValue, outcome: step.outcome.rawValue, code: step.code?.rawValue,
                    detail: step.detail)
            })
    }
}

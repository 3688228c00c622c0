public import Codecs
import JOSE
public import Tokens

/// What one route says to a token, found out without a request: by the same policy and the same revocations.
public struct RouteVerdict: Sendable {
    /// The route's name.
    public let route: String
    /// What it serves, as its document writes it.
    public let path: String
    /// The methods it serves; nil is all.
    public let methods: [String]?
    /// Whether it asks for a token at all.
    public let asksForToken: Bool
    /// Why it would refuse the token; nil when it would pass.
    public let refusal: RejectionCode?
    /// The checks, up to the one that said no.
    public let steps: [VerificationStep]

    init(of route: Route, on token: [UInt8], now: Int64, revocations: RevocationSnapshot) {
        self.route = route.name
        let path = String(decoding: route.path, as: UTF8.self)
        self.path = route.coversBelow ? (path.hasSuffix("/") ? path : path + "/") + "*" : path
        methods = route.methods?.map { String(decoding: $0, as: UTF8.self) }
        asksForToken = route.bearer != nil
        var steps: [VerificationStep] = []
        var refusal: RejectionCode?
        do throws(TokenRejection) {
            _ = try route.bearer?.verifier.verify(token, now: now, revocations: revocations) { steps.append($0) }
        } catch {
            refusal = error.code
        }
        self.refusal = refusal
        self.steps = steps
    }

    /// {route, path, methods?, asks, passes, code?, steps}.
    public var json: JSON {
        var json: JSONObject = [
            "route": .string(ByteString(route)), "path": .string(ByteString(path)),
            "asks": .bool(asksForToken), "passes": .bool(refusal == nil),
            "steps": .array(steps.map { .object($0.json) }),
        ]
        if let methods { json["methods"] = .array(methods.map { .string(ByteString($0)) }) }
        if let refusal { json["code"] = .string(ByteString(refusal.rawValue)) }
        return .object(json)
    }
}

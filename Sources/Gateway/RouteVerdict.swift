public import Codecs
import JOSE
public import Tokens

/// What one route says to a token, found out without a request: by the same rules and the same revocations.
public struct RouteVerdict: Sendable {
    /// The route's title.
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
        self.route = route.title
        path = route.pattern
        methods = route.methods?.map { String(decoding: $0, as: UTF8.self) }
        let rules = route.access?.tokens ?? []
        asksForToken = !rules.isEmpty
        var steps: [VerificationStep] = []
        var refusal: RejectionCode?
        // Of several rules the first that takes it, else what the first one says.
        for (index, rule) in rules.enumerated() {
            var made: [VerificationStep] = []
            let said = rule.refusal(of: token, now: now, revocations: revocations) { made.append($0) }
            if index == 0 || said == nil { (steps, refusal) = (made, said) }
            if said == nil { break }
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

extension TokenRequirement {
    /// Why the rule would refuse a token that came by itself; nil when it would take it.
    func refusal(
        of token: [UInt8], now: Int64, revocations: RevocationSnapshot, report: (VerificationStep) -> Void
    ) -> RejectionCode? {
        // Published keys that have never come are no keys.
        let issuer = trusted(for: token)
        guard let verifier = issuer.verifier else { return .keyUnknown }
        let revocations = issuer.isOwn ? revocations : nil
        return withoutActuallyEscaping(report) { report in
            do throws(TokenRejection) {
                _ = try verifier.verify(token, now: now, revocations: revocations, report: report)
                return nil
            } catch {
                return error.code
            }
        }
    }
}

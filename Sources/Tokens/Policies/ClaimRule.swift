public import Codecs

/// What one claim must say.
public struct ClaimRule: Sendable, Equatable {
    /// What is asked of the value. Values are compared as `JSON` compares: strings by bytes, numbers by their digits,
    /// objects by their members in order.
    public indirect enum Condition: Sendable, Equatable {
        /// It is there and says something: not null, no empty string, array or object.
        case present
        /// It is not there at all.
        case absent
        /// It is this value.
        case equals(JSON)
        /// It is one of these values.
        case oneOf([JSON])
        /// It is an array that contains each of these; a single value counts as an array of one.
        case containsAll([JSON])
        /// It is an array that contains one of these; a single value counts as an array of one.
        case containsAny([JSON])
        /// It is a string that matches.
        case matches(ClaimPattern)
        /// It is an object.
        case isObject
        /// It is an object with a member of one of these names.
        case hasMember([ByteString])
        /// It is the same string as another claim.
        case equalsClaim(ClaimPath)
        /// It is not the same value as another claim.
        case differsFromClaim(ClaimPath)
    }

    /// When the claim may be missing.
    public enum Presence: String, Sendable {
        /// Never.
        case required
        /// Always; when it is there, the condition must hold.
        case optional
        /// While the token has at most one audience, as `azp` may (OpenID Connect Core §3.1.3.7).
        case requiredForSeveralAudiences
    }

    /// Where the claim stands.
    public let path: ClaimPath
    /// What is asked of it.
    public let condition: Condition
    /// When it may be missing.
    public let presence: Presence
    /// Another claim that may stand in for this one when this one is missing, as `sid` may for `sub`.
    public let alternative: ClaimPath?

    /// A rule.
    public init(
        _ path: ClaimPath, _ condition: Condition, presence: Presence = .required, alternative: ClaimPath? = nil
    ) {
        self.path = path
        self.condition = condition
        self.presence = presence
        self.alternative = alternative
    }

    /// Why claims do not satisfy this; nil when they do.
    func complaint(_ claims: Claims) -> ClaimDefect? {
        let name = Display.quoted(path.name)
        guard let value = path.value(in: claims) else {
            if mayBeMissing(claims) { return nil }
            return ClaimDefect(code: .claimMissing, detail: "the claim \(name) is missing")
        }
        if condition == .absent {
            return ClaimDefect(code: .claimForbidden, detail: "the claim \(name) does not belong into this token")
        }
        guard !holds(value, claims) else { return nil }
        return ClaimDefect(code: .claimMismatch, detail: "the claim \(name) \(complaint(about: value))")
    }

    private func mayBeMissing(_ claims: Claims) -> Bool {
        if condition == .absent { return true }
        if let alternative, let other = alternative.value(in: claims), Self.saysSomething(other) { return true }
        switch presence {
        case .required: return false
        case .optional: return true
        case .requiredForSeveralAudiences: return (claims.audience?.count ?? 0) <= 1
        }
    }

    private func holds(_ value: JSON, _ claims: Claims) -> Bool {
        switch condition {
        case .present: return Self.saysSomething(value)
        case .absent: return false
        case .equals(let wanted): return value == wanted
        case .oneOf(let wanted): return wanted.contains(value)
        case .containsAll(let wanted):
            let elements = value.array ?? [value]
            return wanted.allSatisfy { elements.contains($0) }
        case .containsAny(let wanted):
            let elements = value.array ?? [value]
            return wanted.contains { elements.contains($0) }
        case .matches(let pattern): return value.string.map { pattern.matches($0) } ?? false
        case .isObject: return value.object != nil
        case .hasMember(let names):
            guard let object = value.object else { return false }
            return names.contains { object[$0] != nil }
        case .equalsClaim(let other):
            guard let text = value.string else { return false }
            return other.value(in: claims)?.string == text
        case .differsFromClaim(let other): return other.value(in: claims) != value
        }
    }

    private static func saysSomething(_ value: JSON) -> Bool {
        switch value {
        case .null: false
        case .string(let text): !text.isEmpty
        case .array(let elements): !elements.isEmpty
        case .object(let object): !object.members.isEmpty
        case .bool, .number: true
        }
    }
}

extension ClaimPolicy {
    /// The first rule that claims break, in words; nil when all hold.
    func ruleComplaint(_ claims: Claims) -> ClaimDefect? {
        for rule in claimRules {
            if let complaint = rule.complaint(claims) { return complaint }
        }
        return nil
    }

    /// Why claims are too old or live too long; nil when they are not.
    func ageComplaint(_ claims: Claims, now: Int64) -> ClaimDefect? {
        if let maximumAge, let complaint = tooOld("iat", claims.issuedAt, maximumAge, now) { return complaint }
        if let maximumAuthenticationAge {
            var time: NumericDate?
            if let value = claims.value(named: "auth_time") {
                guard case .number(let number) = value, let date = NumericDate(number) else {
                    return ClaimDefect(code: .claimInvalid, detail: "\"auth_time\" is not a number of seconds")
                }
                time = date
            }
            if let complaint = tooOld("auth_time", time, maximumAuthenticationAge, now) { return complaint }
        }
        guard let maximumLifetime else { return nil }
        guard let issuedAt = claims.issuedAt, let expiry = claims.expiry else {
            return ClaimDefect(
                code: .claimMissing, detail: "\"iat\" and \"exp\" are both needed to know how long the token lives")
        }
        // Both lie between the years 1970 and 9999, so the difference cannot overflow.
        guard expiry.ceiling - issuedAt.seconds <= maximumLifetime else {
            return ClaimDefect(
                code: .lifetimeTooLong,
                detail:
                    "lives \(expiry.ceiling - issuedAt.seconds) seconds; the most that is allowed is \(maximumLifetime)"
            )
        }
        return nil
    }

    private func tooOld(
        _ name: StaticString, _ time: NumericDate?, _ maximum: Int64, _ now: Int64
    ) -> ClaimDefect? {
        guard let time else {
            return ClaimDefect(code: .claimMissing, detail: "\"\(name)\" is missing, so the age is not known")
        }
        let (allowed, overflow) = maximum.addingReportingOverflow(leeway)
        let (age, ageOverflow) = now.subtractingReportingOverflow(time.ceiling)
        guard !ageOverflow, overflow || age <= allowed else {
            return ClaimDefect(
                code: .tokenTooOld, detail: "\"\(name)\" is \(time.utc), more than \(maximum) seconds ago")
        }
        return nil
    }
}

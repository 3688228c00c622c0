import Codecs

/// Looks a token's registered claims over: times, names, types.
struct ClaimLinter {
    let part: PartialToken.Part
    /// The header's `typ`.
    let type: ByteString?
    /// Seconds since 1970, or nil.
    let now: Int64?

    private static let day: Int64 = 86_400
    private static let year: Int64 = 31_557_600
    private static let texts: [ByteString] = ["iss", "sub", "jti", "sid", "client_id", "azp", "nonce", "email", "name"]
    private static let times: [ByteString] = ["exp", "nbf", "iat", "auth_time", "updated_at"]

    func findings() -> [Finding] {
        guard let claims = part.object else { return [] }
        return missing(claims) + times(claims) + types(claims) + values(claims)
    }

    private func missing(_ claims: JSONObject) -> [Finding] {
        var findings: [Finding] = []
        let expectation = TypeExpectation(type: type)
        if claims["exp"] == nil, !expectation.needsNoExpiry {
            findings.append(Finding(.noExpiry, "There is no \"exp\": the token never ends by itself."))
        }
        if claims["aud"] == nil, !expectation.needsNoAudience {
            findings.append(Finding(.noAudience, "There is no \"aud\": any receiver can take it as meant for itself."))
        }
        if claims["iss"] == nil, !expectation.needsNoIssuer {
            findings.append(Finding(.noIssuer, "There is no \"iss\": it does not say who made it."))
        }
        if claims["iat"] == nil {
            findings.append(Finding(.noIssuedAt, "There is no \"iat\": it does not say when it was made."))
        }
        return findings
    }

    private func times(_ claims: JSONObject) -> [Finding] {
        var findings: [Finding] = []
        for name in Self.times {
            guard case .number(let number)? = claims[name], let value = number.int64, value > NumericDate.maximum else {
                continue
            }
            findings.append(
                Finding(
                    .milliseconds,
                    "\"\(name.text)\" looks like milliseconds. It is counted in seconds, so verifiers refuse this value.",
                    at: part.place(of: name)))
        }
        let expiry = time("exp", claims)
        let notBefore = time("nbf", claims)
        let issuedAt = time("iat", claims)
        if let now {
            if let expiry, expiry.ceiling <= now {
                findings.append(Finding(.expired, "The token expired at \(expiry.utc).", at: part.place(of: "exp")))
            }
            if let notBefore, notBefore.ceiling > now {
                findings.append(
                    Finding(.notYetValid, "The token is not valid before \(notBefore.utc).", at: part.place(of: "nbf")))
            }
            if let issuedAt, issuedAt.ceiling > now {
                findings.append(
                    Finding(
                        .issuedInFuture, "The token says it was issued in the future, at \(issuedAt.utc).",
                        at: part.place(of: "iat")))
            }
        }
        guard let expiry else { return findings }
        for (name, earlier) in [(ByteString("iat"), issuedAt), ("nbf", notBefore)] {
            if let earlier, expiry.seconds <= earlier.seconds {
                findings.append(
                    Finding(
                        .timesContradict, "\"exp\" is not after \"\(name.text)\": this token is never valid.",
                        at: part.place(of: "exp"), and: part.place(of: name)))
            }
        }
        if let start = issuedAt?.seconds ?? notBefore?.seconds ?? now {
            let (length, overflow) = expiry.seconds.subtractingReportingOverflow(start)
            findings += life(overflow ? .max : length, claims)
        }
        return findings
    }

    /// - Parameter life: seconds from the beginning to `exp`.
    private func life(_ life: Int64, _ claims: JSONObject) -> [Finding] {
        let place = part.place(of: "exp")
        if life > 10 * Self.year {
            return [Finding(.endless, "Made to live for \(life / Self.year) years.", at: place)]
        }
        let grants = ["scope", "scp", "client_id", "azp", "roles", "permissions"].contains { claims[$0] != nil }
        let isAccess = grants || type.map { HeaderLinter.sameButCase($0, "at+jwt") } == true
        guard life > (isAccess ? Self.day : 30 * Self.day) || life >= 30 * Self.day else { return [] }
        let length = life >= 2 * Self.day ? "\(life / Self.day) days" : "\(life / 3_600) hours"
        return [
            Finding(
                .longLived,
                "Made to live for \(length). Until then whoever holds it can use it, unless the receiver asks about "
                    + "revocation.", at: place)
        ]
    }

    private func time(_ name: ByteString, _ claims: JSONObject) -> NumericDate? {
        guard case .number(let number)? = claims[name] else { return nil }
        return NumericDate(number)
    }

    private func types(_ claims: JSONObject) -> [Finding] {
        var findings: [Finding] = []
        func wrong(_ name: ByteString, _ complaint: String, _ code: FindingCode = .claimType) {
            findings.append(Finding(code, "\"\(name.text)\" \(complaint)", at: part.place(of: name)))
        }
        for name in Self.times {
            guard let value = claims[name], value != .null else { continue }
            guard case .number(let number) = value else {
                wrong(name, "must be a number of seconds and is \(value.kind).")
                continue
            }
            let isMilliseconds = number.int64.map { $0 > NumericDate.maximum } ?? false
            if NumericDate(number) == nil, !isMilliseconds { wrong(name, "is no time between 1970 and 9999.") }
        }
        for name in Self.texts {
            guard let value = claims[name], value != .null, value.string == nil else { continue }
            wrong(name, "must be a string and is \(value.kind).")
        }
        if let audience = claims["aud"], audience != .null, audience.string == nil {
            if let elements = audience.array {
                if let other = elements.first(where: { $0.string == nil }) {
                    wrong("aud", "must hold only strings and holds \(other.kind).")
                } else if elements.isEmpty {
                    wrong("aud", "is an empty array: the token is for nobody.")
                }
            } else {
                wrong("aud", "must be a string or an array of strings and is \(audience.kind).")
            }
        }
        if let scope = claims["scope"], scope != .null, scope.string == nil {
            if scope.array != nil {
                wrong("scope", "is an array; OAuth writes one string with spaces between.", .scopeArray)
            } else {
                wrong("scope", "must be a string and is \(scope.kind).")
            }
        }
        for name: ByteString in ["email_verified", "phone_number_verified"] {
            if let value = claims[name], value != .null, value.bool == nil {
                wrong(name, "must be true or false and is \(value.kind).")
            }
        }
        return findings
    }

    private func values(_ claims: JSONObject) -> [Finding] {
        var findings: [Finding] = []
        for member in claims.members where findings.count < 32 {
            if member.value == .null {
                findings.append(
                    Finding(
                        .nullClaim,
                        "The claim \(Display.quoted(member.name)) is null, which some readers take for absent "
                            + "and some do not.", at: part.place(of: member.name)))
            } else if member.value.string?.isEmpty == true {
                findings.append(
                    Finding(
                        .emptyString, "The claim \(Display.quoted(member.name)) is an empty string.",
                        at: part.place(of: member.name)))
            }
        }
        if claims["aud"]?.string == "*" || claims["aud"]?.array?.contains(.string("*")) == true {
            findings.append(
                Finding(
                    .audienceAny,
                    "\"aud\" is \"*\": audiences are compared, so this is either a name that nobody has or an invitation "
                        + "to everybody.", at: part.place(of: "aud")))
        }
        if let subject = claims["sub"]?.string,
            subject == claims["email"]?.string || PersonalData.isEmail(subject.bytes)
        {
            findings.append(
                Finding(
                    .subjectIsEmail,
                    "\"sub\" is an e-mail address: addresses change hands, and then the account does.",
                    at: part.place(of: "sub")))
        }
        return findings
    }
}

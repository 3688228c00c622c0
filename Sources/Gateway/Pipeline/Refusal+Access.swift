import OAuth

/// What is said to callers who may not call.
extension Refusal {
    /// Whether the request brought something that was looked at, and not nothing.
    var isOfCredential: Bool {
        switch Code(rawValue: code) {
        case .tokenMissing, .keyMissing, .passwordMissing: false
        default: true
        }
    }

    /// Of several requirements that one of would have been enough, the refusal of a credential that came; where none came,
    /// one that names every way in.
    static func mostTelling(_ refusals: [Refusal]) -> Refusal {
        let leading = refusals.first { $0.status == 303 }
        guard var first = leading ?? refusals.first(where: \.isOfCredential) ?? refusals.first else {
            return .tokenAmbiguous()
        }
        if first.status == 303 { return first }
        guard !first.isOfCredential else { return first }
        first.fields = refusals.flatMap(\.fields)
        return first
    }

    /// The same for a browser that wants to show a page: it is sent to where people log in.
    func leading(to address: [UInt8]) -> Refusal {
        var leading = self
        leading.status = 303
        leading.fields = [("Location", address)]
        return leading
    }

    static func keysUnavailable() -> Refusal {
        Refusal(
            phase: .authenticate, status: 503, code: Code.keysUnavailable.rawValue,
            detail: "The keys of the token's issuer cannot be fetched at the moment.",
            fields: [("Retry-After", Array("5".utf8))])
    }

    static func foreignPage() -> Refusal {
        Refusal(
            phase: .authenticate, status: 403, code: Code.pageForeign.rawValue,
            detail: "A cookie brought the token, and another site's page may have sent this request.")
    }

    static func keyMissing(_ header: [UInt8]) -> Refusal {
        Refusal(
            phase: .authenticate, status: 401, code: Code.keyMissing.rawValue,
            detail: "This route wants an API key: send it in the field \(String(decoding: header, as: UTF8.self)).",
            fields: [keyChallenge])
    }

    static func keyAmbiguous(_ header: [UInt8]) -> Refusal {
        Refusal(
            phase: .authenticate, status: 400, code: Code.keyAmbiguous.rawValue,
            detail: "The request has more than one field \(String(decoding: header, as: UTF8.self)).")
    }

    static func keyRefused() -> Refusal {
        Refusal(
            phase: .authenticate, status: 401, code: Code.keyRefused.rawValue,
            detail: "The API key is not known, or not valid any more.", fields: [keyChallenge])
    }

    static func passwordMissing() -> Refusal {
        Refusal(
            phase: .authenticate, status: 401, code: Code.passwordMissing.rawValue,
            detail: "This route wants a name and a password (RFC 7617).", fields: [passwordChallenge])
    }

    static func passwordRefused() -> Refusal {
        Refusal(
            phase: .authenticate, status: 401, code: Code.passwordRefused.rawValue,
            detail: "The name and the password do not go together.", fields: [passwordChallenge])
    }

    static func consumerDisabled() -> Refusal {
        Refusal(
            phase: .authorize, status: 403, code: Code.consumerDisabled.rawValue,
            detail: "This consumer may not call at the moment.")
    }

    static func subscriptionMissing() -> Refusal {
        Refusal(
            phase: .authorize, status: 403, code: Code.subscriptionMissing.rawValue,
            detail: "This API needs a subscription to one of its plans.")
    }

    static func versionGone() -> Refusal {
        Refusal(
            phase: .admit, status: 410, code: Code.versionGone.rawValue,
            detail: "This version of the API is not served any more.")
    }

    static func bodyTooLarge(_ most: Int64) -> Refusal {
        Refusal(
            phase: .admit, status: 413, code: Code.bodyTooLarge.rawValue,
            detail: "The request body may have \(most) bytes.")
    }

    static func limitExceeded(_ fields: [(String, [UInt8])], seconds: Int64, phase: Phase) -> Refusal {
        Refusal(
            phase: phase, status: 429, code: Code.limitExceeded.rawValue,
            detail: "The limit of requests is reached; try again in \(seconds) s.", fields: fields)
    }

    /// No scheme is registered for API keys; a 401 must bring one all the same (RFC 9110 §11.6.1).
    private static var keyChallenge: (String, [UInt8]) {
        ("WWW-Authenticate", Array("ApiKey realm=\"signet\"".utf8))
    }

    private static var passwordChallenge: (String, [UInt8]) {
        ("WWW-Authenticate", Array("Basic realm=\"signet\", charset=\"UTF-8\"".utf8))
    }
}

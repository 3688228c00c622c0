import Blueprint
import Codecs
import OAuth

/// A token with which clients register themselves.
struct RegistrationTokenDocument: Described {
    var token = ""
    var expires: Int64 = 0

    static let schema = Schema<RegistrationTokenDocument>(
        "a registration token", "A token with which clients register themselves (RFC 7591 section 3)."
    ) {
        Field(
            "registration_token", \.token, .text(), example: "srt_…", isRequired: true,
            "The token, shown this once.")
        Field(
            "expires", \.expires, .integer(0...Int64.max), example: "1767225600", isRequired: true,
            "Until when, in seconds since 1970.")
    }
}

/// Whose claims, and by which rules.
struct ClaimsQuestion: Described {
    var user = ""
    var scope: String?
    var rules: JSON?

    static let schema = Schema<ClaimsQuestion>("a question for claims", "Whose claims, and by which rules.") {
        Field("user", \.user, .text(1...64), example: "ada", isRequired: true, "The user, by name.")
        Field(
            "scope", optional: \.scope, .text(1...1_024), example: "openid profile",
            "For which scope. Without it, all that the client may ask for.")
        Field(
            "claims", optional: \.rules,
            .value("rules for claims", schema: ["type": "array", "items": .object(ClaimRule.jsonSchema)]),
            example: "[{claim: tenant, value: acme}]", "Rules to try in the place of the client's.")
    }
}

/// What tokens would say.
struct ClaimsPreview: Described {
    var accessToken = JSONObject()
    var idToken = JSONObject()

    static let schema = Schema<ClaimsPreview>("claims", "What tokens would say of a user.") {
        Field(
            "access_token", \.accessToken, .document("claims"), example: "{tenant: acme}", isRequired: true,
            "The access token's claims.")
        Field(
            "id_token", \.idToken, .document("claims"), example: "{tenant: acme}", isRequired: true,
            "The ID token's claims.")
    }
}

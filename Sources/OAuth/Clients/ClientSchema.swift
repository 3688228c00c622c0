public import Codecs
import Tokens

extension Client {
    /// What a client's document may hold, as JSON Schema.
    public static var jsonSchema: JSONObject {
        [
            "type": "object", "description": "A client (RFC 7591 section 2, and members of this server).",
            "required": ["client_id"], "additionalProperties": false, "properties": .object(jsonProperties),
        ]
    }

    /// Each member of a client's document.
    public static var jsonProperties: JSONObject {
        let algorithm: JSON = ["type": "string", "enum": ["ES256", "Ed25519", "RS256", "PS256", "ML-DSA-65"]]
        return [
            "client_id": member("string", "1 to 128 printable characters without space, \" \\ :"),
            "client_name": member("string", "What people are shown."),
            "token_endpoint_auth_method": [
                "type": "string", "enum": names(Authentication.allCases.map(\.rawValue)),
                "default": "client_secret_basic",
            ],
            "grant_types": [
                "type": "array", "items": ["type": "string", "enum": names(Grant.allCases.map(\.rawValue))],
            ],
            "response_types": ["type": "array", "items": ["type": "string", "enum": ["code"]]],
            "redirect_uris": texts("Where answers may go."),
            "post_logout_redirect_uris": texts("Where people may be sent after logging out."),
            "scope": member("string", "Names with single spaces between them."),
            "audiences": texts("`aud` of its access tokens."),
            "first_party": member("boolean", "People are not asked for their consent."),
            "management": member(
                "boolean", "Its tokens manage this server, for users with a role on it. Needs first_party."),
            "jwks": member("object", "Its public keys, for private_key_jwt."),
            "backchannel_logout_uri": member("string", "Where it is told that a session is over."),
            "require_pushed_authorization_requests": member("boolean", "It must push its requests (RFC 9126)."),
            "dpop_bound_access_tokens": member("boolean", "Its tokens must be bound to a key (RFC 9449)."),
            "access_token_lifetime": [
                "type": "integer", "minimum": 10, "maximum": 86_400, "description": "Seconds.",
            ],
            "id_token_signed_response_alg": algorithm, "access_token_signing_alg": algorithm,
            "claims": [
                "type": "array", "description": "What its tokens say of users beside the usual.",
                "items": .object(ClaimRule.jsonSchema),
            ],
        ]
    }

    private static func member(_ type: ByteString, _ help: ByteString) -> JSON {
        ["type": .string(type), "description": .string(help)]
    }

    private static func texts(_ help: ByteString) -> JSON {
        ["type": "array", "items": ["type": "string"], "description": .string(help)]
    }

    private static func names(_ names: [String]) -> JSON { .array(names.map { .string(ByteString($0)) }) }
}

extension ClaimRule {
    /// What a rule's document may hold, as JSON Schema.
    public static var jsonSchema: JSONObject {
        let names: JSON = ["type": "array", "items": ["type": "string"]]
        return [
            "type": "object", "required": ["claim"], "additionalProperties": false,
            "properties": [
                "claim": ["type": "string"],
                "from": ["type": "string", "description": "name, roles, groups or profile.MEMBER"],
                "value": ["description": "A fixed value, in place of from."],
                "only": ["type": "array", "items": ["type": "string"], "description": "Of roles or groups, these."],
                "map": [
                    "type": "object",
                    "description": "Replaces roles or groups, each by one name or several; others are dropped.",
                    "additionalProperties": ["oneOf": [["type": "string"], names]],
                ],
                "first": ["type": "boolean", "description": "The first that is left, instead of all."],
                "in": ["type": "array", "items": ["type": "string", "enum": ["access_token", "id_token"]]],
            ],
        ]
    }
}

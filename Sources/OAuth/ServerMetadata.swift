public import Codecs

/// What an authorization server says of itself (RFC 8414 §2, OpenID Connect Discovery §3).
public struct ServerMetadata: Sendable {
    /// The exact `iss`.
    public var issuer: ByteString
    /// The algorithms that ID tokens may be signed with.
    public var idTokenAlgorithms: [ByteString]
    /// Every scope that is known.
    public var scopes: Scope
    /// Claims that a client may meet.
    public var claims: [ByteString]
    /// The algorithms that client assertions may be signed with.
    public var assertionAlgorithms: [ByteString]
    /// The algorithms that DPoP proofs may be signed with (RFC 9449 §5.1).
    public var proofAlgorithms: [ByteString]
    /// Paths of what is served, by metadata name, as `token_endpoint` and `/token`.
    public var endpoints: [(name: ByteString, path: ByteString)]

    /// Metadata.
    public init(
        issuer: ByteString, idTokenAlgorithms: [ByteString], scopes: Scope, claims: [ByteString],
        assertionAlgorithms: [ByteString], proofAlgorithms: [ByteString],
        endpoints: [(name: ByteString, path: ByteString)]
    ) {
        self.issuer = issuer
        self.idTokenAlgorithms = idTokenAlgorithms
        self.scopes = scopes
        self.claims = claims
        self.assertionAlgorithms = assertionAlgorithms
        self.proofAlgorithms = proofAlgorithms
        self.endpoints = endpoints
    }

    /// The address of a path: the issuer's, without the `/` at its end that a path brings along
    /// (RFC 8414 §3.1), and the path.
    public static func address(of path: ByteString, at issuer: ByteString) -> ByteString {
        let base = issuer.bytes.last == UInt8(ascii: "/") ? issuer.bytes.dropLast() : issuer.bytes[...]
        return ByteString(utf8: base + path.bytes)
    }

    /// The document. Every address is the issuer and a path, never what a `Host` header said.
    public var json: JSON {
        let authentications = Client.Authentication.allCases
        let methods = Self.strings(authentications.map { ByteString($0.rawValue) })
        let checked = Self.strings(authentications.filter { $0 != .none }.map { ByteString($0.rawValue) })
        let names = Set(endpoints.map(\.name))
        var json: JSONObject = ["issuer": .string(issuer)]
        for endpoint in endpoints {
            json[endpoint.name] = .string(Self.address(of: endpoint.path, at: issuer))
        }
        json["response_types_supported"] = ["code"]
        json["response_modes_supported"] = ["query", "form_post"]
        json["grant_types_supported"] = Self.strings(
            Client.Grant.allCases.map { ByteString($0.rawValue) })
        json["subject_types_supported"] = ["public"]
        json["id_token_signing_alg_values_supported"] = Self.strings(idTokenAlgorithms)
        json["token_endpoint_auth_methods_supported"] = methods
        json["token_endpoint_auth_signing_alg_values_supported"] = Self.strings(assertionAlgorithms)
        json["dpop_signing_alg_values_supported"] = Self.strings(proofAlgorithms)
        for name: ByteString in ["introspection_endpoint", "revocation_endpoint"] where names.contains(name) {
            let member = ByteString(utf8: name.bytes + Array("_auth_methods_supported".utf8))
            json[member] = name == "introspection_endpoint" ? checked : methods
        }
        json["code_challenge_methods_supported"] = ["S256"]
        json["scopes_supported"] = Self.strings(scopes.names)
        json["claims_supported"] = Self.strings(claims)
        json["prompt_values_supported"] = ["none", "login", "consent", "select_account"]
        json["authorization_response_iss_parameter_supported"] = true
        json["backchannel_logout_supported"] = true
        json["backchannel_logout_session_supported"] = true
        json["claims_parameter_supported"] = false
        json["request_parameter_supported"] = false
        json["request_uri_parameter_supported"] = false
        json["require_pushed_authorization_requests"] = false
        return .object(json)
    }

    private static func strings(_ names: [ByteString]) -> JSON { .array(names.map { .string($0) }) }
}

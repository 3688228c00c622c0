import Codecs
import Testing
import Tokens

/// For every reason to refuse a token at least one token that is refused for it.
enum RejectionTable {
    struct Row: Sendable, CustomTestStringConvertible {
        let judging: Judging
        let check: VerificationStep.Check
        let code: RejectionCode
        var testDescription: String { "\(code.rawValue): \(judging.name)" }
    }

    static let rows: [Row] =
        form + header + algorithm + critical + key + signature + claims + policy + rules + confirmation
        + revocation

    private static func row(
        _ check: VerificationStep.Check, _ code: RejectionCode, _ name: String, _ change: (inout Judging) -> Void
    ) -> Row {
        var judging = Judging(name: name)
        change(&judging)
        return Row(judging: judging, check: check, code: code)
    }

    private static func text(_ code: RejectionCode, _ text: String) -> Row {
        row(.form, code, String(text.prefix(20))) { $0.token = Array(text.utf8) }
    }

    static let form: [Row] = [
        text(.tokenEmpty, ""), text(.tokenNotCompact, "abc"), text(.tokenNotCompact, "a.b"),
        text(.tokenNotCompact, "a.b.c.d"), text(.tokenNotCompact, "a.b.c.d.e.f"), text(.tokenEncrypted, "a.b.c.d.e"),
        text(.tokenNotCompact, String(repeating: ".", count: 16_384)),
        text(.tokenNotCompact, #"{"payload":"e30","protected":"e30","signature":"e30"}"#),
        text(.tokenTooLarge, String(repeating: ".", count: 16_385)),
        text(.tokenTooLarge, String(repeating: "a", count: 4_097) + ".e30.AA"),
    ]

    private static func header(_ code: RejectionCode, _ header: String) -> Row {
        row(.header, code, String(header.prefix(40))) { $0.token = Sample.token(header: header) }
    }

    private static func encodedHeader(_ code: RejectionCode, _ encoded: String) -> Row {
        row(.header, code, encoded) { $0.token = Array("\(encoded).e30.AA".utf8) }
    }

    static let header: [Row] = [
        encodedHeader(.headerEncoding, " eyJhbGciOiJFUzI1NiJ9"),
        encodedHeader(.headerEncoding, "eyJhbGciOiJFUzI1NiJ9="),
        encodedHeader(.headerEncoding, "e31"), encodedHeader(.headerEncoding, "e30+"), encodedHeader(.headerJSON, ""),
        header(.headerJSON, "{"), header(.headerJSON, #"{"alg":"ES256","alg":"none"}"#),
        header(.headerJSON, #"{"alg":"ES256","\u0061lg":"HS256"}"#), header(.headerJSON, #"{"alg":"ES256",}"#),
        header(.headerJSON, #"{"alg":"ES256"} {}"#), header(.headerJSON, "\u{FEFF}{\"alg\":\"ES256\"}"),
        header(.headerJSON, #"{"alg":"ES256","x":{"y":1,"y":2}}"#),
        header(
            .headerJSON,
            #"{"alg":"ES256","x":"# + String(repeating: "[", count: 32) + String(repeating: "]", count: 32) + "}"),
        header(.headerNotObject, "[]"), header(.headerNotObject, "null"), header(.headerNotObject, #""ES256""#),
        header(.headerParameter, "{}"), header(.headerParameter, #"{"kid":"k1"}"#),
        header(.headerParameter, #"{"ALG":"ES256"}"#),
        header(.headerParameter, #"{"alg":""}"#), header(.headerParameter, #"{"alg":null}"#),
        header(.headerParameter, #"{"alg":256}"#), header(.headerParameter, #"{"alg":["ES256"]}"#),
        header(.headerParameter, #"{"alg":"ES256","kid":1}"#),
        header(.headerParameter, #"{"alg":"ES256","kid":["k1"]}"#),
        header(.headerParameter, #"{"alg":"ES256","kid":{"a":1}}"#),
        header(.headerParameter, #"{"alg":"ES256","kid":null}"#),
        header(.headerParameter, #"{"alg":"ES256","kid":""}"#),
        header(.headerParameter, #"{"alg":"ES256","kid":"k1\u0000"}"#),
        header(.headerParameter, #"{"alg":"ES256","kid":"k1\r\n"}"#),
        header(.headerParameter, #"{"alg":"ES256","kid":""# + String(repeating: "k", count: 257) + #""}"#),
        header(.headerParameter, #"{"alg":"ES256","typ":["at+jwt"]}"#),
        header(.headerParameter, #"{"alg":"ES256","cty":1}"#),
        header(.headerEmbeddedKey, #"{"alg":"ES256","jwk":{"kty":"EC"}}"#),
        header(.headerEmbeddedKey, #"{"alg":"ES256","jwk":null}"#),
    ]

    private static func algorithm(_ code: RejectionCode, _ name: String) -> Row {
        row(.algorithm, code, name) {
            $0.token = Sample.token(header: "{\"alg\":\(JSONWriter.text(.string(ByteString(name))))}", signature: [])
        }
    }

    static let algorithm: [Row] = [
        algorithm(.algorithmNone, "none"), algorithm(.algorithmNone, "None"), algorithm(.algorithmNone, "NONE"),
        algorithm(.algorithmNone, "nOnE"), algorithm(.algorithmUnsupported, "none "),
        algorithm(.algorithmUnsupported, "es256"),
        algorithm(.algorithmUnsupported, "ES256\0"), algorithm(.algorithmNotAllowed, "ES256K"),
        algorithm(.algorithmNotAllowed, "ES384"), algorithm(.algorithmUnsupported, "ES521"),
        algorithm(.algorithmNotAllowed, "PS256"),
        algorithm(.algorithmNotAllowed, "Ed448"), algorithm(.algorithmUnsupported, "ML-DSA-44"),
        algorithm(.algorithmUnsupported, "RSA-OAEP"), algorithm(.algorithmUnsupported, "HS1"),
        algorithm(.algorithmUnsupported, "eddsa"), algorithm(.algorithmUnsupported, "\u{202E}ES256"),
        algorithm(.algorithmNotAllowed, "HS256"), algorithm(.algorithmNotAllowed, "RS256"),
        algorithm(.algorithmNotAllowed, "Ed25519"), algorithm(.algorithmNotAllowed, "EdDSA"),
        row(.algorithm, .algorithmNotAllowed, "a policy that allows nothing") { $0.policy.algorithms = [] },
    ]

    private static func critical(_ code: RejectionCode, _ members: String) -> Row {
        row(.critical, code, members) { $0.token = Sample.token(header: #"{"alg":"ES256","kid":"k1",\#(members)}"#) }
    }

    static let critical: [Row] = [
        critical(.criticalInvalid, #""crit":[]"#), critical(.criticalInvalid, #""crit":null"#),
        critical(.criticalInvalid, #""crit":"exp""#), critical(.criticalInvalid, #""crit":{"exp":true}"#),
        critical(.criticalInvalid, #""crit":[1],"1":1"#), critical(.criticalInvalid, #""crit":["x",null],"x":1"#),
        critical(.criticalInvalid, #""crit":["x","x"],"x":1"#), critical(.criticalInvalid, #""crit":["absent"]"#),
        critical(.criticalInvalid, #""crit":["alg"]"#), critical(.criticalInvalid, #""crit":["kid"]"#),
        critical(.criticalInvalid, #""crit":["crit"]"#), critical(.criticalInvalid, #""b64":false"#),
        critical(.criticalInvalid, #""b64":true"#), critical(.criticalUnknown, #""crit":["x"],"x":1"#),
        critical(.criticalUnknown, #""crit":["b64"],"b64":false"#),
        critical(.criticalUnknown, #""crit":["exp"],"exp":1"#),
    ]

    private static func key(_ code: RejectionCode, _ name: String, kid: String? = "k1", _ keys: [KeyDescription]) -> Row
    {
        row(.key, code, name) {
            let kid = kid.map { #","kid":"\#($0)""# } ?? ""
            $0.token = Sample.token(header: #"{"alg":"ES256"\#(kid)}"#)
            $0.keys = keys
        }
    }

    private static let otherKinds = [Sample.description("r", .rs256), Sample.description("h", .hs256)]

    static let key: [Row] = [
        key(.keyUnknown, "an empty set", []), key(.keyUnknown, "an empty set, no kid", kid: nil, []),
        key(.keyUnknown, "another name", kid: "k2", [Sample.key]),
        key(.keyUnknown, "another case", kid: "K1", [Sample.key]),
        key(.keyUnknown, "a prefix", kid: "k", [Sample.key]), key(.keyUnknown, "a path", kid: "../../k1", [Sample.key]),
        key(.keyUnknown, "an SQL tautology", kid: "k1' OR '1'='1", [Sample.key]),
        key(.keyUnknown, "NFD for NFC", kid: "e\u{301}", [Sample.description("\u{E9}", .es256)]),
        key(
            .keyAlgorithmMismatch, "the named key is for RS256",
            [Sample.description("k1", .rs256), Sample.description("k2", .es256)]),
        key(.keyAlgorithmMismatch, "the named key is for something unsupported", [Sample.description("k1", nil)]),
        key(.keyAlgorithmMismatch, "no key is for ES256", kid: nil, otherKinds),
        key(.keyUsage, "the named key may not verify", [Sample.description("k1", .es256, mayVerify: false)]),
        key(.keyUsage, "no key may verify", kid: nil, [Sample.description("k1", .es256, mayVerify: false)]),
        key(
            .keyAmbiguous, "nine keys could be meant", kid: nil,
            (0..<9).map { Sample.description(ByteString("k\($0)"), .es256) }),
        key(.keyAmbiguous, "nine keys have no name", (0..<9).map { _ in Sample.description(nil, .es256) }),
    ]

    static let signature: [Row] = [
        row(.signature, .signatureEncoding, "padding") { $0.token += Array("==".utf8) },
        row(.signature, .signatureEncoding, "white space") { $0.token += Array("\n".utf8) },
        row(.signature, .signatureEncoding, "stray bits") { $0.token[$0.token.count - 1] = UInt8(ascii: "B") },
        row(.signature, .signatureLength, "none") { $0.token = Sample.token(signature: []) },
        row(.signature, .signatureLength, "63 bytes") {
            $0.token = Sample.token(signature: .init(repeating: 0, count: 63))
        },
        row(.signature, .signatureLength, "65 bytes") {
            $0.token = Sample.token(signature: .init(repeating: 0, count: 65))
        },
        row(.signature, .signatureLength, "DER") {
            $0.token = Sample.token(signature: .init(repeating: 0x30, count: 70))
        },
        row(.signature, .signatureMismatch, "it does not hold") { $0.signatureHolds = false },
    ]

    private static func claims(_ code: RejectionCode, _ claims: String) -> Row {
        row(.claims, code, String(claims.prefix(40))) { $0.token = Sample.token(claims: claims) }
    }

    private static func claim(_ name: ByteString, _ values: [JSON]) -> [Row] {
        values.map { claims(.claimInvalid, JSONWriter.text(.object([name: $0]))) }
    }

    static let claims: [Row] =
        [
            row(.claims, .claimsEncoding, "padding") { judging in
                let header = Base64URL.encode(Array(Sample.header.utf8))
                judging.token = Array("\(header).e30=.\(String(repeating: "A", count: 86))".utf8)
            },
            claims(.claimsJSON, ""), claims(.claimsJSON, "{"), claims(.claimsJSON, #"{"exp":1,"exp":9999999999}"#),
            claims(.claimsJSON, #"{"exp":1,"\u0065xp":2}"#), claims(.claimsJSON, #"{"a":{"b":1,"b":1}}"#),
            claims(.claimsJSON, #"{"exp":1e400}"#), claims(.claimsJSON, #"{"exp":NaN}"#),
            claims(.claimsJSON, "{} " + "x"),
            claims(.claimsJSON, String(repeating: "[", count: 65) + String(repeating: "]", count: 65)),
            claims(.claimsNotObject, "[]"), claims(.claimsNotObject, "1"), claims(.claimsNotObject, "null"),
            claims(.claimsNotObject, #""eyJhbGciOiJub25lIn0.e30.""#),
        ] + claim("iss", [1, ["https://issuer.example"], .null, true, "a\0b"]) + claim("sub", [1, .null, [:], "a\nb"])
        + claim("jti", [1, [], "a\u{7F}"]) + claim("sid", [1]) + claim("client_id", [1, "a\0"])
        + claim("aud", [1, .null, [:], ["orders", 1], ["orders", .null], [["orders"]], ["orders", "a\0"], "a\r\n"])
        + claim("scope", [1, ["read"], "read\twrite"])
        + claim("exp", ["1700000600", true, .null, [1_700_000_600], [:], -1, 253_402_300_800, 1_700_000_600_000])
        + claim("nbf", ["0", false, -1]) + claim("iat", ["0", .null, 253_402_300_800])

    private static func policy(
        _ check: VerificationStep.Check, _ code: RejectionCode, _ changes: [ByteString: JSON?]
    ) -> Row {
        let name = changes.map { "\($0.key) = \($0.value.map { JSONWriter.text($0) } ?? "absent")" }.joined(
            separator: ", ")
        return row(check, code, name) { $0.token = Sample.token(claims: Sample.claims(changes)) }
    }

    private static func type(_ members: String) -> Row {
        row(.type, .typeMismatch, members) {
            $0.token = Sample.token(header: #"{"alg":"ES256","kid":"k1"\#(members)}"#)
        }
    }

    static let policy: [Row] = [
        type(""), type(#","typ":"JWT""#), type(#","typ":"jwt""#), type(#","typ":"logout+jwt""#),
        type(#","typ":"at+jwt ""#),
        type(#","typ":"text/at+jwt""#), type(#","typ":"\u0430t+jwt""#), type(#","typ":"application/at+jwt;a=b""#),
        policy(.issuer, .issuerMismatch, ["iss": nil]), policy(.issuer, .issuerMismatch, ["iss": ""]),
        policy(.issuer, .issuerMismatch, ["iss": "https://issuer.example/"]),
        policy(.issuer, .issuerMismatch, ["iss": "https://Issuer.example"]),
        policy(.issuer, .issuerMismatch, ["iss": "https://issuer.example.evil.example"]),
        policy(.issuer, .issuerMismatch, ["iss": "http://issuer.example"]),
        policy(.audience, .audienceMismatch, ["aud": nil]), policy(.audience, .audienceMismatch, ["aud": []]),
        policy(.audience, .audienceMismatch, ["aud": "bills"]),
        policy(.audience, .audienceMismatch, ["aud": "orders bills"]),
        policy(.audience, .audienceMismatch, ["aud": "myorders"]),
        policy(.audience, .audienceMismatch, ["aud": "ordersx"]),
        policy(.audience, .audienceMismatch, ["aud": ["Orders", "order", ""]]),
        policy(.expiry, .expiryMissing, ["exp": nil]), policy(.expiry, .tokenExpired, ["exp": 1_699_999_000]),
        policy(.expiry, .tokenExpired, ["exp": 0]), policy(.notBefore, .tokenNotYetValid, ["nbf": 1_700_000_031]),
        policy(.notBefore, .tokenNotYetValid, ["nbf": 253_402_300_799]),
        policy(.issuedAt, .tokenIssuedInFuture, ["iat": 1_700_000_031]),
        policy(.requiredClaims, .claimMissing, ["sub": nil]), policy(.requiredClaims, .claimMissing, ["roles": nil]),
        policy(.requiredClaims, .claimMismatch, ["roles": .null]),
        policy(.requiredClaims, .claimMismatch, ["roles": []]),
        policy(.requiredClaims, .claimMismatch, ["roles": "users"]),
        policy(.requiredClaims, .claimMismatch, ["roles": [["user"]]]),
        policy(.requiredClaims, .claimMismatch, ["roles": ["User"]]),
        policy(.requiredClaims, .claimMismatch, ["roles": ["user": true]]),
        policy(.scopes, .scopeMissing, ["scope": nil]), policy(.scopes, .scopeMissing, ["scope": ""]),
        policy(.scopes, .scopeMissing, ["scope": "nonread readwrite"]),
        policy(.scopes, .scopeMissing, ["scope": "READ"]),
    ]

    private static func rule(
        _ check: VerificationStep.Check, _ code: RejectionCode, _ name: String, _ change: (inout ClaimPolicy) -> Void
    ) -> Row {
        row(check, code, name) { $0.policy = Sample.policy(change) }
    }

    static let rules: [Row] = [
        rule(.issuedAt, .tokenTooOld, "older than allowed") { $0.maximumAge = 900 },
        rule(.issuedAt, .claimMissing, "no auth_time") { $0.maximumAuthenticationAge = 900 },
        rule(.issuedAt, .lifetimeTooLong, "lives too long") { $0.maximumLifetime = 1_599 },
        rule(.audience, .audienceMismatch, "for others too") { $0.audienceMatch = .only },
        rule(.requiredClaims, .claimMissing, "a rule for a claim that is not there") {
            $0.claimRules = [ClaimRule(ClaimPath("realm_access", "roles"), .present)]
        },
        rule(.requiredClaims, .claimMismatch, "a rule that does not hold") {
            $0.claimRules = [ClaimRule("sub", .equals("bob"))]
        },
        rule(.requiredClaims, .claimForbidden, "a claim that must not be there") {
            $0.claimRules = [ClaimRule("sid", .absent)]
        },
    ]

    static let confirmation: [Row] = [
        row(.confirmation, .tokenBound, "a bearer") { $0.token = Sample.token(claims: Sample.claims(Sample.bound)) },
        row(.confirmation, .tokenBound, "another key") {
            $0.token = Sample.token(claims: Sample.claims(Sample.bound))
            $0.confirmation = .key(thumbprint: "other")
        },
        row(.confirmation, .tokenNotBound, "bound to nothing and sent with a proof") {
            $0.confirmation = .key(thumbprint: "k")
        },
        row(.confirmation, .tokenNotBound, "a policy that wants a binding") {
            $0.policy = Sample.policy { $0.confirmation = .required }
        },
    ]

    private static let issuer: ByteString = "https://issuer.example"

    /// A token that was given in exchange for `t9`, and that for `t8`.
    private static func exchanged(_ name: String, _ revocations: RevocationSnapshot) -> Row {
        row(.revocation, .tokenRevoked, name) {
            $0.token = Sample.token(
                claims: Sample.claims([
                    "exchanged_from": [
                        ["jti": "t8", "client_id": "web", "iat": 1_699_998_000, "kid": "k9"],
                        ["jti": "t9", "client_id": "api", "iat": 1_699_998_500, "kid": "k1"],
                    ]
                ]))
            $0.revocations = revocations
        }
    }

    static let revocation: [Row] = [
        row(.revocation, .tokenRevoked, "the token") {
            $0.revocations = RevocationSnapshot(tokens: [TokenIdentity(issuer: issuer, id: "t1")])
        },
        row(.revocation, .tokenRevoked, "its session") {
            $0.revocations = RevocationSnapshot(sessions: [TokenIdentity(issuer: issuer, id: "s1")])
        },
        row(.revocation, .tokenRevoked, "whom it speaks for") {
            $0.revocations = RevocationSnapshot(
                subjects: [TokenIdentity(issuer: issuer, id: "anna"): 1_699_999_000])
        },
        row(.revocation, .tokenRevoked, "who holds it") {
            $0.token = Sample.token(claims: Sample.claims(["client_id": "web"]))
            $0.revocations = RevocationSnapshot(clients: [TokenIdentity(issuer: issuer, id: "web"): 1_699_999_001])
        },
        row(.revocation, .tokenRevoked, "what signed it") {
            $0.revocations = RevocationSnapshot(keys: [TokenIdentity(issuer: issuer, id: "k1")])
        },
        row(.revocation, .tokenRevoked, "what signed it, which it does not name") {
            $0.token = Sample.token(header: #"{"alg":"ES256","typ":"at+jwt"}"#)
            $0.revocations = RevocationSnapshot(keys: [TokenIdentity(issuer: issuer, id: "k1")])
        },
        exchanged(
            "a token it was exchanged for", RevocationSnapshot(tokens: [TokenIdentity(issuer: issuer, id: "t9")])),
        exchanged(
            "the first of the tokens it was exchanged for",
            RevocationSnapshot(tokens: [TokenIdentity(issuer: issuer, id: "t8")])),
        exchanged(
            "who held what it was exchanged for",
            RevocationSnapshot(clients: [TokenIdentity(issuer: issuer, id: "web"): 1_699_998_000])),
        exchanged(
            "when that was issued",
            RevocationSnapshot(subjects: [TokenIdentity(issuer: issuer, id: "anna"): 1_699_998_000])),
        exchanged("what signed that", RevocationSnapshot(keys: [TokenIdentity(issuer: issuer, id: "k9")])),
        row(.revocation, .tokenRevoked, "without iat it is as old as can be") {
            $0.token = Sample.token(claims: Sample.claims(["iat": nil as JSON?]))
            $0.revocations = RevocationSnapshot(subjects: [TokenIdentity(issuer: issuer, id: "anna"): 0])
        },
    ]
}

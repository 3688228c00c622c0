import Codecs
import TestSupport
import Testing
import Tokens

/// One token for each thing that the findings can say, and ordinary tokens of which they say nothing.
@Suite struct TokenLinterTests {
    static let now: Int64 = 1_800_000_000
    static let header = #"{"alg":"ES256","typ":"at+jwt","kid":"k1"}"#
    static let claims = #"{"iss":"https://i.example","aud":"a","iat":1799999999,"exp":1800003600}"#

    private func codes(_ token: [UInt8], now: Int64? = now) -> [FindingCode] {
        TokenLinter.findings(in: token, now: now).map(\.code)
    }

    private func token(_ header: String = header, _ claims: String = claims, signature: Int = 64) -> [UInt8] {
        Sample.token(header: header, claims: claims, signature: [UInt8](repeating: 7, count: signature))
    }

    /// The ordinary claims with one more.
    private func with(_ member: String) -> [UInt8] {
        token(Self.header, Self.claims.dropLast() + "," + member + "}")
    }

    @Test func `an ordinary token gives no findings`() {
        #expect(codes(token()).isEmpty)
        #expect(codes(with(#""sub":"u-1","scope":"read write","amount":1.50,"id":9007199254740992"#)).isEmpty)
        #expect(codes(with(#""team":"Zoë Ångström","город":"Москва","sub":"名前""#)).isEmpty)
        #expect(codes([]).isEmpty)
    }

    @Test(arguments: [
        (#"{"alg":"none","typ":"at+jwt"}"#, FindingCode.unsigned), (#"{"alg":"nOnE","typ":"at+jwt"}"#, .unsigned),
        (#"{"alg":"es256","typ":"at+jwt"}"#, .algorithmCase), (#"{"alg":"ED25519","typ":"at+jwt"}"#, .algorithmCase),
        (#"{"alg":"ES257"}"#, .algorithmUnknown), (#"{"typ":"at+jwt"}"#, .algorithmUnknown),
        (#"{"alg":"RSA1_5"}"#, .algorithmUnknown), (#"{"alg":"HS384"}"#, .algorithmShared),
        (#"{"alg":"RS256"}"#, .algorithmPKCS1), (#"{"alg":"EdDSA"}"#, .algorithmOldName),
        (#"{"alg":"ES256K"}"#, .algorithmRare), (#"{"alg":"ES256","jwk":{}}"#, .ownKey),
        (#"{"alg":"ES256","x5c":[]}"#, .ownKey), (#"{"alg":"ES256","jku":"https://a"}"#, .keyAddress),
        (#"{"alg":"ES256","x5u":"https://a"}"#, .keyAddress), (#"{"alg":"ES256"}"#, .typeMissing),
        (#"{"alg":"ES256","typ":"JWT"}"#, .typeGeneric), (#"{"alg":"ES256","typ":"jwt"}"#, .typeGeneric),
        (#"{"alg":"ES256","kid":"../../dev/null"}"#, .keyIDSuspicious),
        (#"{"alg":"ES256","kid":"x' UNION SELECT 'k"}"#, .keyIDSuspicious),
        (#"{"alg":"ES256","kid":"' or 1=1"}"#, .keyIDSuspicious),
        (#"{"alg":"ES256","kid":"https://evil.example/k"}"#, .keyIDSuspicious),
        (#"{"alg":"ES256","kid":"k;$(id)"}"#, .keyIDSuspicious),
        (#"{"alg":"ES256","kid":"k|/bin/sh"}"#, .keyIDSuspicious),
        (#"{"alg":"ES256","crit":[]}"#, .criticalOdd), (#"{"alg":"ES256","crit":"exp"}"#, .criticalOdd),
        (#"{"alg":"ES256","crit":["exp"]}"#, .criticalOdd), (#"{"alg":"ES256","crit":["alg"]}"#, .criticalOdd),
        (#"{"alg":"ES256","crit":["a"],"a":1}"#, .criticalOdd), (#"{"alg":"ES256","b64":false}"#, .payloadUnencoded),
        (#"{"alg":"ES256","alg":"none"}"#, .duplicateName), (#"{"alg":"ES256","zip":"DEF"}"#, .payloadCompressed),
        (#"{"alg":"ES256","jwk":{"kty":"EC","d":"AA"}}"#, .privateKey),
        (#"{"alg":"ES256","typ":"dpop+jwt","jwk":{"kty":"EC","d":"AA"}}"#, .privateKey),
        (#"{"alg":"ES256","typ":"dpop+jwt","x5c":[]}"#, .ownKey),
    ])
    func `the header is looked over`(header: String, code: FindingCode) {
        #expect(codes(token(header)).contains(code))
    }

    @Test(arguments: [
        (
            #"{"alg":"ES256","typ":"dpop+jwt","jwk":{"kty":"EC"}}"#,
            #"{"jti":"a","htm":"GET","htu":"u","iat":1799999999}"#
        ),
        (#"{"alg":"ES256","typ":"application/DPoP+JWT","jwk":{}}"#, #"{"iat":1799999999}"#),
        (#"{"alg":"ES256","typ":"secevent+jwt"}"#, #"{"iss":"i","iat":1799999999,"jti":"a","events":{}}"#),
        (#"{"alg":"ES256","typ":"logout+jwt"}"#, #"{"iss":"i","aud":"a","iat":1799999999,"events":{}}"#),
        (#"{"alg":"ES256","typ":"kb+jwt"}"#, #"{"aud":"a","iat":1799999999,"nonce":"n","sd_hash":"h"}"#),
        (#"{"alg":"ES256","typ":"openid4vci-proof+jwt","jwk":{}}"#, #"{"aud":"a","iat":1799999999}"#),
    ])
    func `what a kind of token rightly lacks or brings raises no alarm`(header: String, claims: String) {
        #expect(codes(token(header, claims)).isEmpty)
        // The same under another type is another matter.
        let other = header.replacing(/"typ":"[^"]*"/, with: #""typ":"at+jwt""#)
        #expect(!codes(token(other, claims)).isEmpty)
    }

    @Test func `a private key in the header is a danger`() throws {
        let findings = TokenLinter.findings(in: token(#"{"alg":"ES256","jwk":{"d":"AA"}}"#), now: Self.now)
        #expect(findings.first { $0.code == .privateKey }?.severity == .danger)
    }

    @Test func `ordinary key identifiers raise no suspicion`() {
        for id in [
            "k1", "2024-05-01T10:00:00Z", "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", "a/b", "key:1", "user@host",
        ] {
            #expect(codes(token(#"{"alg":"ES256","typ":"at+jwt","kid":"\#(id)"}"#)).isEmpty, "\(id)")
        }
        let long = String(repeating: "k", count: 200)
        #expect(codes(token(#"{"alg":"ES256","typ":"at+jwt","kid":"\#(long)"}"#)) == [.keyIDLong])
    }

    @Test(arguments: [
        ("{}", [FindingCode.noExpiry, .noAudience, .noIssuer, .noIssuedAt]),
        (#"{"exp":1800000000}"#, [.expired]), (#"{"nbf":1800000001}"#, [.notYetValid]),
        (#"{"iat":1800000001}"#, [.issuedInFuture]), (#"{"iat":1,"exp":1900000000}"#, [.endless]),
        (#"{"iat":1800000000,"exp":1803000000}"#, [.longLived]),
        (#"{"iat":1800000000,"exp":1800090000,"scope":"a"}"#, [.longLived]),
        (#"{"exp":1800003600000}"#, [.milliseconds]), (#"{"iat":1800003600,"exp":1800003600}"#, [.timesContradict]),
        (#"{"nbf":1800003601,"exp":1800003600}"#, [.timesContradict]), (#"{"exp":"1800003600"}"#, [.claimType]),
        (#"{"exp":-1}"#, [.claimType]), (#"{"aud":["a",1]}"#, [.claimType]), (#"{"aud":{}}"#, [.claimType]),
        (#"{"aud":[]}"#, [.claimType]), (#"{"iss":1}"#, [.claimType]), (#"{"email_verified":"true"}"#, [.claimType]),
        (#"{"aud":"*"}"#, [.audienceAny]), (#"{"aud":["a","*"]}"#, [.audienceAny]),
        (#"{"scope":["a"]}"#, [.scopeArray]), (#"{"x":null}"#, [.nullClaim]), (#"{"x":""}"#, [.emptyString]),
        (#"{"sub":"a@b.example"}"#, [.subjectIsEmail, .emailAddress]),
        (#"{"a":{"b":1,"b":2}}"#, [.duplicateName]), (#"{"id":9007199254740993}"#, [.largeNumber]),
        (#"{"a":[{"id":-12345678901234567890}]}"#, [.largeNumber]), (#"{"sub":"a\u202Eb"}"#, [.hiddenCharacters]),
        (#"{"sub":"аdmin"}"#, [.mixedScript]), (#"{"sub":"ａdmin"}"#, [.mixedScript]),
        ("{\"sub\":\"Zoe\u{308}\"}", [.notNormalized]), ("{", [.malformedPart]), ("[]", [.malformedPart]),
    ])
    func `the claims are looked over`(claims: String, wanted: [FindingCode]) {
        let found = codes(token(Self.header, claims))
        for code in wanted { #expect(found.contains(code), "\(claims): \(found)") }
    }

    @Test(arguments: [
        ("\"a@b.example\"", FindingCode.emailAddress), ("\"+49 (30) 123456-78\"", .phoneNumber),
        ("\"4111 1111 1111 1111\"", .paymentCard), ("4111111111111111", .paymentCard),
        ("\"378282246310005\"", .paymentCard), ("\"DE89 3704 0044 0532 0130 00\"", .bankAccount),
        ("\"GB82WEST12345698765432\"", .bankAccount), ("\"123-45-6789\"", .nationalID),
        ("\"529.982.247-25\"", .nationalID), ("\"eyJhbGciOiJIUzI1NiJ9.e30.x\"", .tokenInClaims),
        ("\"ghp_0123456789abcdefghij0123\"", .secretInClaims),
        ("\"-----BEGIN PRIVATE KEY-----\\nAAAA\"", .secretInClaims),
    ])
    func `what belongs to a person is recognised by its form`(value: String, code: FindingCode) throws {
        let finding = try #require(
            TokenLinter.findings(in: with(#""u":{"list":[0,\#(value)]}"#), now: Self.now).first { $0.code == code })
        guard case .decoded(.payload, let range, let path)? = finding.place else {
            Issue.record("no place")
            return
        }
        #expect(path == "u.list[1]")
        let text = Array((Self.claims.dropLast() + #","u":{"list":[0,\#(value)]}}"#).utf8)
        #expect(String(decoding: text[range], as: UTF8.self) == value)
        #expect(!finding.text.contains(value), "what is personal is not repeated")
    }

    @Test(arguments: [
        "4111111111111112", "\"4111 1111 1111 1112\"", "\"DE89 3704 0044 0532 0130 01\"", "\"000-12-3456\"",
        "\"529.982.247-26\"", "\"a@b\"", "\"https://a@b.example\"", "1800000000123", "\"+1\"", "\"0000000000000000\"",
    ])
    func `what only resembles it is left alone`(value: String) {
        #expect(codes(with(#""v":\#(value)"#)).isEmpty)
    }

    @Test(arguments: [
        ("password", FindingCode.secretInClaims), ("client_secret", .secretInClaims), ("API-Key", .secretInClaims),
        ("phone_number", .phoneNumber), ("ssn", .nationalID), ("iban", .bankAccount), ("cardNumber", .paymentCard),
        ("name", .personalData), ("given_name", .personalData), ("familyName", .personalData),
        ("birthdate", .personalData), ("postal_code", .personalData), ("address", .personalData),
    ])
    func `names tell what a claim holds`(name: String, code: FindingCode) {
        #expect(codes(with(#""\#(name)":"x1""#)) == [code])
    }

    @Test func `an address is told once, and only people's names are names`() {
        #expect(codes(with(#""address":{"formatted":"1 Way","postal_code":"12345"}"#)) == [.personalData])
        #expect(codes(with(#""roles":[{"name":"clerk"}],"realm":{"name":"north"}"#)).isEmpty)
    }

    @Test func `a picture's variation selector hides nothing`() {
        #expect(codes(with("\"mood\":\"\u{2764}\u{FE0F}\"")).isEmpty)
        #expect(codes(with("\"sub\":\"a\u{FE0F}dmin\"")) == [.hiddenCharacters])
        #expect(codes(with("\"sub\":\"ad\u{3164}min\"")) == [.hiddenCharacters])
    }

    @Test func `repeated names are placed twice`() throws {
        let claims = #"{"a":{"b":1,"\u0062":2}}"#
        let finding = try #require(
            TokenLinter.findings(in: token(Self.header, claims), now: nil).first { $0.code == .duplicateName })
        #expect(finding.place == .decoded(.payload, 6..<9, path: "a.b"))
        #expect(finding.otherPlace == .decoded(.payload, 12..<20, path: "a.b"))
    }

    @Test func `size and form are looked over`() {
        func sized(_ count: Int) -> [UInt8] { with(#""pad":"\#(String(repeating: "x", count: count))""#) }
        #expect(codes(sized(2_500)).isEmpty)
        #expect(codes(sized(3_100)) == [.tooBigForCookie])
        #expect(codes(sized(6_200)) == [.tooBigForHeader])
        #expect(codes(token(signature: 63)) == [.signatureSize])
        #expect(codes(token(#"{"alg":"RS256","typ":"at+jwt"}"#, signature: 256)) == [.algorithmPKCS1])
        #expect(codes(token(#"{"alg":"RS256","typ":"at+jwt"}"#, signature: 64)).contains(.signatureSize))
        #expect(codes(Array("eyJhbGciOiJFUzI1NiJ9.e30".utf8)).contains(.malformedToken))
        #expect(codes(Array("eyJhbGciOiJSU0ExXzUiLCJlbmMiOiJBMjU2R0NNIn0.AA.BB.CC.DD".utf8)).contains(.algorithmRSA15))
        #expect(codes(Array("eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..AAAA.AAAA.AAAA".utf8)) == [.encrypted])
    }

    @Test func `every code says what to do and where it is written`() {
        for code in FindingCode.allCases {
            #expect(!code.entry.advice.isEmpty, "\(code)")
            #expect(!code.entry.reference.isEmpty, "\(code)")
        }
    }

    @Test func `damaged and hostile tokens are looked over without a trap`() throws {
        var generator = SeededGenerator(seed: 31_415)
        for index in 0..<2_000 {
            let claims = Mutation.of(
                Array(#"{"sub":"a@b.example","n":4111111111111111,"a":[{"b":1,"b":2}],"t":"\ud83d\ude00"}"#.utf8),
                words: HostileInputTests.words, using: &generator)
            let header = Mutation.of(Array(Self.header.utf8), words: HostileInputTests.words, using: &generator)
            let bytes = Sample.token(
                header: String(decoding: header, as: UTF8.self), claims: String(decoding: claims, as: UTF8.self))
            let token = index.isMultiple(of: 3) ? Mutation.of(bytes, using: &generator) : bytes
            for finding in TokenLinter.findings(in: token, now: index.isMultiple(of: 5) ? .max : .min) {
                _ = try JSONReader.read(JSONWriter.write(.object(finding.json)))
            }
        }
    }
}

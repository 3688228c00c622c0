import Codecs
import Glibc
import Tokens

/// Claims, their times, and the policy that they are held against. The input is the payload's JSON.
enum Target {
    static func run(_ input: [UInt8]) {
        guard let json = try? JSONReader.read(input, depth: DecodedToken.claimsDepth) else { return }
        if case .number(let number) = json { date(number) }
        guard let object = json.object else { return }
        for name: ByteString in ["exp", "nbf", "iat"] {
            if case .number(let number)? = object[name] { date(number) }
        }
        do throws(ClaimDefect) {
            types(try Claims(object), object)
        } catch {
            expect(error.detail.utf8.count < 400, "a complaint of \(error.detail.utf8.count) bytes")
        }
        judge(input, object)
    }

    /// Against floating point, which is exact enough to tell seconds apart up to the year 9999.
    private static func date(_ number: JSONNumber) {
        let text = number.text.text
        let value = strtod(text, nil)
        guard let date = NumericDate(number) else {
            let exponent = text.drop { $0 != "e" && $0 != "E" }.dropFirst()
            let isOdd = text.utf8.count > 64 || exponent.drop { $0 == "-" || $0 == "+" || $0 == "0" }.count > 2
            let isInside = value >= 0 && value < Double(NumericDate.maximum)
            // −0.0 is zero; a number below zero that a double rounds to −0 is not.
            expect(!isInside || isOdd || text.hasPrefix("-") || exponent.count > 2, "refuses the time \(text)")
            return
        }
        expect(date.seconds >= 0 && date.seconds <= NumericDate.maximum, "a time out of range")
        expect(abs(value - Double(date.seconds)) <= 1, "\(text) is not \(date.seconds)")
        expect(Double(date.ceiling) + 0.001 >= value, "\(text) is later than \(date.ceiling)")
        expect(date.utc.utf8.count == 20, "a time is written as \(date.utc)")
    }

    private static func types(_ claims: Claims, _ object: JSONObject) {
        let texts: [(ByteString, ByteString?)] = [
            ("iss", claims.issuer), ("sub", claims.subject), ("jti", claims.tokenID), ("sid", claims.sessionID),
        ]
        for (name, text) in texts {
            expect(object[name]?.string == text, "\(name.text) differs from its text")
            expect(object[name] == nil || text != nil, "\(name.text) is accepted and is no string")
            expect(text?.hasControlCharacter != true, "\(name.text) holds control characters")
        }
        let wanted = object["aud"].map { $0.array ?? [$0] }
        expect(claims.audience?.map { JSON.string($0) } == wanted, "aud differs from its text")
        for (name, date) in [("exp", claims.expiry), ("nbf", claims.notBefore), ("iat", claims.issuedAt)] {
            expect((object[ByteString(name)] == nil) == (date == nil), "\(name) is there and is not")
        }
        expect(claims.scopes.allSatisfy { !$0.isEmpty && !$0.bytes.contains(0x20) }, "a scope that is none")
    }

    private static let now: Int64 = 1_700_000_000
    private static let policy = ClaimPolicy(
        algorithms: [.hs256], issuers: ["https://issuer.example"], audiences: ["orders", "billing"], leeway: 30,
        requiredClaims: [ClaimRequirement("exp")], scopes: ["read"])
    private static let keys = [
        KeyDescription(
            id: nil, algorithm: .hs256, mayVerify: true, maySign: false, signatureLength: 32, summary: "a key")
    ]
    private static let header = Base64URL.encodeBytes(Array(#"{"alg":"HS256"}"#.utf8)) + [UInt8(ascii: ".")]
    private static let signature =
        [UInt8(ascii: ".")] + Base64URL.encodeBytes([UInt8](repeating: 0, count: 32))

    private static func judge(_ payload: [UInt8], _ object: JSONObject) {
        let judge = TokenJudge(policy: policy)
        guard let plan = try? judge.plan(header + Base64URL.encodeBytes(payload) + signature, keys: keys) else {
            return expect(payload.count > 10_000, "a good form is refused")
        }
        guard let claims = try? judge.judge(plan, signatureHolds: true, now: now, revocations: .empty) else { return }
        expect(claims.json == object, "other claims than the payload's")
        expect(claims.issuer == "https://issuer.example", "a foreign issuer is accepted")
        let audience = claims.audience ?? []
        expect(audience.contains("orders") || audience.contains("billing"), "a foreign audience is accepted")
        expect((claims.expiry?.ceiling ?? 0) > now - 30, "an expired token is accepted")
        expect((claims.notBefore?.seconds ?? 0) <= now + 30, "an early token is accepted")
        expect((claims.issuedAt?.seconds ?? 0) <= now + 30, "a token from the future is accepted")
        expect(claims.scopes.contains("read"), "a token without the scope is accepted")
    }
}

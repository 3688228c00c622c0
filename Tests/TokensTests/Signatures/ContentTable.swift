import Codecs
import Testing
import Tokens

/// For every reason to refuse something signed at least one text that is refused for it.
enum ContentTable {
    struct Row: Sendable, CustomTestStringConvertible {
        var text: [UInt8]
        var detached: [UInt8]?
        var signers: ContentPolicy.Signers = .all
        var types: [ByteString]?
        let code: RejectionCode
        var testDescription: String { "\(code.rawValue): \(String(decoding: text.prefix(90), as: UTF8.self))" }

        /// The code of the refusal; nil when everything but the signatures is good.
        var outcome: RejectionCode? {
            do throws(TokenRejection) {
                let policy = ContentPolicy(algorithms: [.es256], signers: signers, types: types)
                _ = try ContentJudge(policy: policy).plan(
                    text, detached: detached, keys: [Sample.key, Sample.description("k2", .es256)])
                return nil
            } catch {
                return error.code
            }
        }
    }

    static let signature = String(repeating: "A", count: 86)
    static func encoded(_ text: String) -> String { Base64URL.encode(Array(text.utf8)) }
    static let header = encoded(#"{"alg":"ES256","kid":"k1"}"#)
    static let rawHeader = encoded(#"{"alg":"ES256","kid":"k1","b64":false,"crit":["b64"]}"#)

    private static func text(
        _ code: RejectionCode, _ text: String, detached: String? = nil, signers: ContentPolicy.Signers = .all,
        types: [ByteString]? = nil
    ) -> Row {
        Row(
            text: Array(text.utf8), detached: detached.map { Array($0.utf8) }, signers: signers, types: types,
            code: code)
    }

    /// Flattened, with these members around a payload and a signature.
    private static func flat(_ code: RejectionCode, _ members: String) -> Row {
        text(code, #"{"payload":"aGk",\#(members),"signature":"\#(signature)"}"#)
    }

    private static func protected(_ code: RejectionCode, _ header: String) -> Row {
        flat(code, #""protected":"\#(encoded(header))""#)
    }

    private static func one(_ header: String = header) -> String {
        #"{"protected":"\#(header)","signature":"\#(signature)"}"#
    }

    static let rows: [Row] = [
        text(.tokenEmpty, ""), text(.tokenTooLarge, String(repeating: "a", count: 1_048_577)),
        text(.tokenNotCompact, "a.b"), text(.tokenNotCompact, String(repeating: ".", count: 100_000)),
        text(.tokenEncrypted, "a.b.c.d.e"), text(.tokenNotCompact, #" {"payload":"""#),
        text(.tokenTooLarge, String(repeating: "a", count: 4_097) + ".aGk.AA"),
        text(
            .tokenTooLarge,
            #"{"payload":"aGk","protected":"\#(String(repeating: "a", count: 4_097))","signature":"AA"}"#),
        // Not RFC 7515 §7.2.
        text(.serializationInvalid, "{"), text(.serializationInvalid, "{}"),
        text(.serializationInvalid, #"{"payload":"aGk","payload":"aGk","signature":""}"#),
        text(.serializationInvalid, #"{"payload":1,"protected":"\#(header)","signature":"\#(signature)"}"#),
        text(.serializationInvalid, #"{"payload":"aGk","protected":"\#(header)"}"#),
        text(.serializationInvalid, #"{"payload":"aGk","protected":"\#(header)","signature":1}"#),
        flat(.serializationInvalid, #""protected":{"alg":"ES256"}"#),
        flat(.serializationInvalid, #""protected":"\#(header)","header":"x""#),
        text(.serializationInvalid, #"{"payload":"aGk","signatures":[]}"#),
        text(.serializationInvalid, #"{"payload":"aGk","signatures":{}}"#),
        text(.serializationInvalid, #"{"payload":"aGk","signatures":[1]}"#),
        text(.serializationInvalid, #"{"payload":"aGk","signatures":[{}]}"#),
        text(
            .serializationInvalid,
            #"{"payload":"aGk","signatures":[\#(one())],"protected":"\#(header)","signature":"\#(signature)"}"#),
        text(.serializationInvalid, #"{"payload":"aGk","signatures":[\#(one())],"header":{}}"#),
        text(
            .serializationInvalid,
            #"{"payload":"aGk","signatures":[\#(Array(repeating: one(), count: 17).joined(separator: ","))]}"#),
        // Headers.
        flat(.headerEncoding, #""protected":"e30=""#), flat(.headerJSON, #""protected":"\#(encoded("{"))""#),
        flat(.headerNotObject, #""protected":"\#(encoded("[]"))""#), protected(.headerParameter, "{}"),
        flat(.headerDuplicate, #""protected":"\#(header)","header":{"kid":"k1"}"#),
        flat(.headerDuplicate, #""protected":"\#(header)","header":{"\u006bid":"k1"}"#),
        flat(.headerDuplicate, #""protected":"\#(header)","header":{"alg":"ES256"}"#),
        // Only what is signed decides how: alg, crit, b64.
        flat(.headerParameter, #""header":{"alg":"ES256","kid":"k1"}"#),
        flat(.headerParameter, #""protected":"","header":{"alg":"ES256"}"#),
        flat(.headerParameter, #""protected":"\#(header)","header":{"crit":["x"],"x":1}"#),
        flat(.headerParameter, #""protected":"\#(header)","header":{"b64":false}"#),
        flat(.headerParameter, #""protected":"\#(header)","header":{"typ":"x"}"#),
        flat(.headerEmbeddedKey, #""protected":"\#(header)","header":{"jwk":{}}"#),
        protected(.headerEmbeddedKey, #"{"alg":"ES256","jwk":{}}"#),
        protected(.algorithmNone, #"{"alg":"none"}"#), protected(.algorithmNone, #"{"alg":"NonE"}"#),
        protected(.algorithmUnsupported, #"{"alg":"es256"}"#), protected(.algorithmNotAllowed, #"{"alg":"HS256"}"#),
        protected(.algorithmNotAllowed, #"{"alg":"EdDSA"}"#),
        protected(.criticalInvalid, #"{"alg":"ES256","b64":false}"#),
        protected(.criticalInvalid, #"{"alg":"ES256","b64":true}"#),
        protected(.criticalInvalid, #"{"alg":"ES256","crit":[]}"#),
        protected(.criticalInvalid, #"{"alg":"ES256","crit":["b64"]}"#),
        protected(.criticalInvalid, #"{"alg":"ES256","crit":["b64","b64"],"b64":true}"#),
        protected(.criticalInvalid, #"{"alg":"ES256","crit":["alg"]}"#),
        protected(.criticalInvalid, #"{"alg":"ES256","crit":["b64"],"b64":"false"}"#),
        protected(.criticalInvalid, #"{"alg":"ES256","crit":["b64"],"b64":0}"#),
        protected(.criticalInvalid, #"{"alg":"ES256","typ":"JWT","crit":["b64"],"b64":false}"#),
        protected(.criticalUnknown, #"{"alg":"ES256","crit":["b64","x"],"b64":true,"x":1}"#),
        protected(.criticalUnknown, #"{"alg":"ES256","crit":["x"],"x":1}"#),
        protected(.keyUnknown, #"{"alg":"ES256","kid":"k3"}"#),
        flat(.keyUnknown, #""protected":"\#(encoded(#"{"alg":"ES256"}"#))","header":{"kid":"k3"}"#),
        text(.typeMismatch, "\(header).aGk.\(signature)", types: ["x"]),
        text(.signatureEncoding, "\(header).aGk.\(signature)="), text(.signatureLength, "\(header).aGk."),
        text(.signatureLength, "\(header).aGk.AA"),
        // Content that is missing, there twice, or in the wrong form.
        text(.payloadMissing, "\(header)..\(signature)"),
        text(.payloadMissing, #"{"protected":"\#(header)","signature":"\#(signature)"}"#),
        text(.payloadUnexpected, "\(header).aGk.\(signature)", detached: "hi"),
        text(.payloadUnexpected, #"{"payload":"","protected":"\#(header)","signature":"\#(signature)"}"#, detached: ""),
        text(.payloadEncoding, "\(header).a b.\(signature)"), text(.payloadEncoding, "\(header).aGk=.\(signature)"),
        text(.criticalInvalid, "\(rawHeader).hi.\(signature)"),
        // One b64 for all (RFC 7797 §3).
        text(.criticalInvalid, #"{"payload":"aGk","signatures":[\#(one()),\#(one(rawHeader))]}"#),
        // The exact signer.
        text(.keyUnknown, "\(header).aGk.\(signature)", signers: .exactly("k9")),
        text(.signerMissing, "\(header).aGk.\(signature)", signers: .exactly("k2")),
    ]
}

@Suite struct ContentJudgeTests {
    @Test(arguments: ContentTable.rows) func `everything that is not a JWS is refused for its reason`(
        row: ContentTable.Row
    ) {
        #expect(row.outcome == row.code)
    }

    private func plan(
        _ text: String, detached: [UInt8]? = nil, signers: ContentPolicy.Signers = .all
    ) throws -> ContentPlan {
        try ContentJudge(policy: ContentPolicy(algorithms: [.es256], signers: signers)).plan(
            Array(text.utf8), detached: detached, keys: [Sample.key, Sample.description("k2", .es256)])
    }

    @Test func `every form gives the same bytes to sign`() throws {
        let (header, signature) = (ContentTable.header, ContentTable.signature)
        let one = #""protected":"\#(header)","signature":"\#(signature)""#
        for (text, detached): (String, [UInt8]?) in [
            ("\(header).aGk.\(signature)", nil), ("\(header)..\(signature)", Array("hi".utf8)),
            (#"{"payload":"aGk",\#(one)}"#, nil), (#"{\#(one)}"#, Array("hi".utf8)),
            (#"{"payload":"aGk","signatures":[{\#(one)}],"other":1}"#, nil),
        ] {
            let plan = try plan(text, detached: detached)
            #expect(plan.payload == Array("hi".utf8))
            #expect(plan.signedPayload == Array("aGk".utf8))
            #expect(plan.questions.map(\.protected) == [Array(header.utf8)])
        }
    }

    @Test func `a payload as it is`() throws {
        let (header, signature) = (ContentTable.rawHeader, ContentTable.signature)
        let inside = try plan(#"{"payload":"a.\u0062 c","protected":"\#(header)","signature":"\#(signature)"}"#)
        #expect(inside.payload == Array("a.b c".utf8))
        #expect(inside.signedPayload == inside.payload)
        let detached = try plan("\(header)..\(signature)", detached: [0xFF, 0x2E])
        #expect(detached.signedPayload == [0xFF, 0x2E])
    }

    @Test func `the exact signer's signatures are asked for, no other is looked at`() throws {
        let good = #"{"protected":"\#(ContentTable.header)","signature":"\#(ContentTable.signature)"}"#
        let other = #"{"protected":"\#(ContentTable.encoded(#"{"alg":"none","kid":"x"}"#))","signature":""}"#
        let text = #"{"payload":"aGk","signatures":[\#(other),\#(good)]}"#
        #expect(try plan(text, signers: .exactly("k1")).questions.map { Array($0.candidates) } == [[0]])
        #expect(throws: TokenRejection.self) { try plan(text) }
    }
}

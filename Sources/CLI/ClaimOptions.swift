import ArgumentParser
import Codecs
import Tokens

/// What a new token says: a JSON object, completed by options; the later word wins.
struct ClaimOptions: ParsableArguments {
    @Option(name: .long, help: "The claims as a JSON object, or - to read them from standard input.")
    var claims: String?

    @Option(
        name: .long,
        help: """
            Start from what such a token must say: access-token, id-token, client-assertion, dpop-proof, logout-token or \
            security-event.
            """)
    var template: TokenTemplate?

    @Option(name: .long, help: "A claim: name=text, or name:=JSON. May be repeated.")
    var claim: [NamedValue] = []

    @Option(name: .long, help: "A claim in JSON: name=JSON. May be repeated.")
    var claimJson: [String] = []

    @Option(name: .long, help: "iss")
    var issuer: String?

    @Option(name: .long, help: "sub")
    var subject: String?

    @Option(name: .long, help: "aud. May be repeated.")
    var audience: [String] = []

    @Option(name: .long, help: "scope. May be repeated.")
    var scope: [String] = []

    @Option(name: .long, help: "Sets iat to now and exp to this much later: 300, 30m, 12h.")
    var expiresIn: TokenLifetime?

    @Option(name: .long, help: "exp: seconds since 1970, 2027-01-15T08:00:00Z, or +30m from now.")
    var exp: Moment?

    @Option(name: .long, help: "nbf, written like --exp.")
    var nbf: Moment?

    @Option(name: .long, help: "iat, written like --exp; now is the usual one.")
    var iat: Moment?

    @Option(name: .long, help: "jti; auto makes one that nobody can guess.")
    var jti: String?

    /// Whether any option says something about claims.
    var isGiven: Bool {
        let times: [Moment?] = [exp, nbf, iat]
        let texts: [String?] = [claims, issuer, subject, jti]
        return template != nil || expiresIn != nil || times.contains { $0 != nil } || texts.contains { $0 != nil }
            || !claim.isEmpty || !(claimJson + audience + scope).isEmpty
    }

    /// The claims, in the order in which they will stand in the token.
    func payload(now: Int64, randomID: () -> ByteString) throws -> JSONObject {
        var payload = try given()
        if let template {
            for member in template.claims(now: now, id: randomID()).members where payload[member.name] == nil {
                payload[member.name] = member.value
            }
        }
        if let issuer { payload["iss"] = .string(ByteString(issuer)) }
        if let subject { payload["sub"] = .string(ByteString(subject)) }
        if audience.count == 1 { payload["aud"] = .string(ByteString(audience[0])) }
        if audience.count > 1 { payload["aud"] = .array(audience.map { .string(ByteString($0)) }) }
        if !scope.isEmpty { payload["scope"] = .string(ByteString(scope.joined(separator: " "))) }
        if let expiresIn {
            payload["iat"] = .number(JSONNumber(now))
            payload["exp"] = .number(JSONNumber(now + expiresIn.seconds))
        }
        if let iat { payload["iat"] = .number(JSONNumber(iat.seconds(now: now))) }
        if let nbf { payload["nbf"] = .number(JSONNumber(nbf.seconds(now: now))) }
        if let exp { payload["exp"] = .number(JSONNumber(exp.seconds(now: now))) }
        if let jti { payload["jti"] = .string(jti == "auto" ? randomID() : ByteString(jti)) }
        for claim in claim { payload[claim.name] = try claim.value(option: "--claim") }
        for text in claimJson {
            guard let claim = NamedValue(json: text) else {
                throw CommandFailure.usage("--claim-json is name=JSON, such as roles=[\"admin\"]")
            }
            payload[claim.name] = try claim.value(option: "--claim-json")
        }
        guard !payload.members.isEmpty else {
            throw CommandFailure.usage(
                "there are no claims: give --claims, --claim, --template, --subject, --audience or --expires-in")
        }
        return try checked(payload, option: "the claims")
    }

    private func given() throws -> JSONObject {
        guard let claims else { return JSONObject() }
        let text = claims == "-" ? try InputFile.standardInput() : Array(claims.utf8)
        let json: JSON
        do throws(JSONError) {
            json = try JSONReader.read(text)
        } catch {
            throw CommandFailure.usage("--claims is not JSON: \(error.description)")
        }
        guard let object = json.object else { throw CommandFailure.usage("--claims must be a JSON object") }
        return try checked(object, option: "--claims")
    }

    /// What nobody could verify is not signed.
    private func checked(_ object: JSONObject, option: String) throws -> JSONObject {
        do throws(ClaimDefect) {
            return try Claims(object).json
        } catch {
            throw CommandFailure.usage("\(option): \(error.detail)")
        }
    }
}

/// `name=text` or `name:=JSON` at a terminal.
struct NamedValue: ExpressibleByArgument {
    let name: ByteString
    private let text: [UInt8]
    private let isJSON: Bool

    init?(argument: String) {
        let bytes = Array(argument.utf8)
        guard let sign = bytes.firstIndex(of: UInt8(ascii: "=")), sign > 0 else { return nil }
        isJSON = bytes[sign - 1] == UInt8(ascii: ":")
        let name = bytes[..<(isJSON ? sign - 1 : sign)]
        guard !name.isEmpty else { return nil }
        self.name = ByteString(utf8: Array(name))
        text = Array(bytes[(sign + 1)...])
    }

    /// `name=JSON`.
    init?(json argument: String) {
        let bytes = Array(argument.utf8)
        guard let sign = bytes.firstIndex(of: UInt8(ascii: "=")), sign > 0 else { return nil }
        name = ByteString(utf8: Array(bytes[..<sign]))
        text = Array(bytes[(sign + 1)...])
        isJSON = true
    }

    /// The value, read as JSON where it is said to be.
    func value(option: String) throws -> JSON {
        guard isJSON else { return .string(ByteString(utf8: text)) }
        do {
            return try JSONReader.read(text)
        } catch {
            throw CommandFailure.usage("\(option) \(Display.quoted(name)) is not JSON: \(error.description)")
        }
    }
}

/// How long a token lives: seconds, or a length such as `30m`.
struct TokenLifetime: ExpressibleByArgument {
    let seconds: Int64

    init?(argument: String) {
        guard let seconds = Moment.Duration.seconds(argument.utf8) else { return nil }
        self.seconds = seconds
    }
}

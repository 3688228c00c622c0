import ArgumentParser
import Codecs
import Crypto
import Tokens

/// What a new token says: a JSON object, completed by options. An option replaces what the object or the template says;
/// two options for one claim are refused, because one of them would be lost.
struct ClaimOptions: ParsableArguments {
    @Option(name: .long, help: "The claims as a JSON object; @FILE reads it from a file, - from standard input.")
    var claims: String?

    @Option(
        name: .long,
        help: """
            Start from what such a token must say: access-token, id-token, client-assertion, dpop-proof, logout-token or \
            security-event. What nobody said is filled with examples, which are named.
            """)
    var template: TokenTemplate?

    @Option(
        name: .long, help: "A claim: name=text, or name:=JSON. May be repeated.", transform: NamedValue.init(option:))
    var claim: [NamedValue] = []

    @Option(name: .long, help: "A claim in JSON: name=JSON. May be repeated.")
    var claimJson: [String] = []

    @Option(name: [.long, .customLong("iss")], help: "iss")
    var issuer: String?

    @Option(name: [.long, .customLong("sub")], help: "sub")
    var subject: String?

    @Option(name: [.long, .customLong("aud")], help: "aud. May be repeated.")
    var audience: [String] = []

    @Option(name: .long, help: "scope. May be repeated.")
    var scope: [String] = []

    @Option(name: .long, help: "Sets iat to now and exp to this much later: 300, 30m, 12h.")
    var expiresIn: TimeSpan?

    @Option(
        name: .long, parsing: .unconditional,
        help: "exp: seconds since 1970, 2027-01-15T08:00:00Z, or +30m and -5m from now.",
        transform: Moment.init(option:))
    var exp: Moment?

    @Option(name: .long, parsing: .unconditional, help: "nbf, written like --exp.", transform: Moment.init(option:))
    var nbf: Moment?

    @Option(
        name: .long, parsing: .unconditional, help: "iat, written like --exp; now is the usual one.",
        transform: Moment.init(option:))
    var iat: Moment?

    @Option(name: .long, help: "jti; auto makes one that nobody can guess.")
    var jti: String?

    @Option(name: .long, help: "With --template dpop-proof: the method of the request (htm).")
    var method: String?

    @Option(name: .long, help: "With --template dpop-proof: the address of the request (htu); its query is left out.")
    var url: String?

    @Option(
        name: .long,
        help: "With --template dpop-proof: a file with the access token (ath). One line feed at its end does not count."
    )
    var accessTokenFile: String?

    /// Whether any option says something about claims.
    var isGiven: Bool {
        let times: [Moment?] = [exp, nbf, iat]
        let texts: [String?] = [claims, issuer, subject, jti, method, url, accessTokenFile]
        return template != nil || expiresIn != nil || times.contains { $0 != nil } || texts.contains { $0 != nil }
            || !claim.isEmpty || !(claimJson + audience + scope).isEmpty
    }

    func validate() throws {
        if let lifetime = expiresIn?.seconds, lifetime < 1 || lifetime > 3_155_760_000 {
            throw ValidationError("--expires-in is 1 second to 100 years")
        }
        if expiresIn != nil, exp != nil { throw ValidationError("give --expires-in or --exp, not both") }
        if template != .dpopProof, method != nil || url != nil || accessTokenFile != nil {
            throw ValidationError("--method, --url and --access-token-file go with --template dpop-proof")
        }
    }

    /// The claims, in the order in which they will stand in the token, and the names of those that are examples.
    func payload(
        now: Int64, randomID: () -> ByteString
    ) throws -> (claims: JSONObject, examples: [ByteString]) {
        let start = try given()
        let filling = template?.claims(now: now, id: randomID()).members ?? []
        let words = try words(now: now, randomID: randomID)
        var payload = start
        for member in filling where payload[member.name] == nil { payload[member.name] = member.value }
        var said: [ByteString] = []
        for word in words {
            guard !said.contains(word.name) else {
                throw CommandFailure.usage("two options say what \(Display.quoted(word.name)) is; leave one out")
            }
            said.append(word.name)
            payload[word.name] = word.value
        }
        guard !payload.members.isEmpty else {
            throw CommandFailure.usage(
                "there are no claims: give --claims, --claim, --template, --subject, --audience or --expires-in")
        }
        let examples = filling.map(\.name).filter { name in
            TokenTemplate.examples.contains(name) && start[name] == nil && !said.contains(name)
        }
        return (try checked(payload, option: "the claims"), examples)
    }

    /// What each option says, one after another.
    private func words(
        now: Int64, randomID: () -> ByteString
    ) throws -> [(name: ByteString, value: JSON)] {
        var words: [(name: ByteString, value: JSON)] = []
        func say(_ name: ByteString, _ text: String?) {
            if let text { words.append((name, .string(ByteString(text)))) }
        }
        func say(_ name: ByteString, at seconds: Int64?) {
            if let seconds { words.append((name, .number(JSONNumber(seconds)))) }
        }
        say("iss", issuer)
        say("sub", subject)
        if audience.count > 1 {
            words.append(("aud", .array(audience.map { .string(ByteString($0)) })))
        } else {
            say("aud", audience.first)
        }
        say("scope", scope.isEmpty ? nil : scope.joined(separator: " "))
        // --iat may say another time than the one that --expires-in counts from.
        say("iat", at: iat?.seconds(now: now) ?? expiresIn.map { _ in now })
        say("exp", at: expiresIn.map { now + $0.seconds })
        say("nbf", at: nbf?.seconds(now: now))
        say("exp", at: exp?.seconds(now: now))
        if let jti { words.append(("jti", .string(jti == "auto" ? randomID() : ByteString(jti)))) }
        try words.append(contentsOf: proofWords())
        for claim in claim { words.append((claim.name, try claim.value(option: "--claim"))) }
        for text in claimJson {
            guard let claim = NamedValue(json: text) else {
                throw CommandFailure.usage("--claim-json is name=JSON, such as roles=[\"admin\"]")
            }
            words.append((claim.name, try claim.value(option: "--claim-json")))
        }
        return words
    }

    /// What a DPoP proof says of its request (RFC 9449 §4.2): the address without query and fragment, and the hash of the
    /// access token.
    private func proofWords() throws -> [(name: ByteString, value: JSON)] {
        var words: [(name: ByteString, value: JSON)] = []
        if let method { words.append(("htm", .string(ByteString(method)))) }
        if let url {
            let address = url.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
            words.append(("htu", .string(ByteString(utf8: Array(address)))))
        }
        if let accessTokenFile {
            let token = InputFile.withoutLineEnd(try InputFile.read(accessTokenFile))
            words.append(("ath", .string(ByteString(Base64URL.encode(Array(SHA256.hash(data: token)))))))
        }
        return words
    }

    private func given() throws -> JSONObject {
        guard let claims else { return JSONObject() }
        let text: [UInt8]
        if claims == "-" {
            text = try InputFile.standardInput()
        } else if claims.hasPrefix("@") {
            text = try InputFile.read(String(claims.dropFirst()))
        } else {
            text = Array(claims.utf8)
        }
        let json: JSON
        do throws(JSONError) {
            json = try JSONReader.read(text)
        } catch {
            let hint = KeyFile.isThere(claims) ? "; to read the file of that name, write --claims @FILE" : ""
            throw CommandFailure.usage("--claims is not JSON: \(error.description)\(hint)")
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

    /// The same, with a reason where it is something else.
    init(option argument: String) throws {
        guard let value = NamedValue(argument: argument) else {
            throw ValidationError("it is name=text or name:=JSON, such as sub=ada")
        }
        self = value
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

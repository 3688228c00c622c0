public import Codecs

/// What a careful colleague would point out about a token, key or no key. Never a verdict.
public struct Finding: Sendable, Equatable {
    /// How much a finding matters.
    public enum Severity: String, Sendable, CaseIterable {
        /// Good to know.
        case note
        /// Something to change, or to have a reason for.
        case warning
        /// Whoever accepts this token now makes a mistake, or the token gives something away.
        case danger
    }

    /// Where in the token it is.
    public enum Place: Sendable, Equatable {
        /// A stretch of bytes of the token's text.
        case token(Range<Int>)
        /// A stretch of bytes of a decoded part, and how the value there is reached, as in `user.roles[2]`.
        case decoded(TokenPart, Range<Int>, path: String)
    }

    /// What it is, as a stable public name.
    public let code: FindingCode
    /// How much it matters here.
    public let severity: Severity
    /// Where it is; nil when it is about the whole token, about something missing, or about a key.
    public let place: Place?
    /// The second place, where two contradict one another.
    public let otherPlace: Place?
    /// What was found, in one or two sentences.
    public let text: String

    /// What to do, in one sentence.
    public var advice: String { code.entry.advice }
    /// Where this is written: an RFC and its section, or a CVE.
    public var reference: String { code.entry.reference }

    /// A finding; the severity is the code's own unless another is given.
    public init(
        _ code: FindingCode, _ text: String, at place: Place? = nil, and otherPlace: Place? = nil,
        severity: Severity? = nil
    ) {
        self.code = code
        self.severity = severity ?? code.entry.severity
        self.place = place
        self.otherPlace = otherPlace
        self.text = text
    }

    /// The finding as the terminal's `--json` and the Studio write it: `code`, `severity`, `text`, `advice`,
    /// `reference`, `place`, `otherPlace`; absent members are left out.
    public var json: JSONObject {
        var object: JSONObject = [
            "code": .string(ByteString(code.rawValue)), "severity": .string(ByteString(severity.rawValue)),
            "text": .string(ByteString(text)), "advice": .string(ByteString(advice)),
            "reference": .string(ByteString(reference)),
        ]
        if let place { object["place"] = place.json }
        if let otherPlace { object["otherPlace"] = otherPlace.json }
        return object
    }
}

extension Finding.Place {
    /// {in: "token", start, end} or {in: "header" | "payload" | "signature", start, end, path?}.
    public var json: JSON {
        let name: String
        let stretch: Range<Int>
        var way = ""
        switch self {
        case .token(let range):
            name = "token"
            stretch = range
        case .decoded(let part, let range, let path):
            name = part.rawValue
            stretch = range
            way = path
        }
        var object: JSONObject = ["in": .string(ByteString(name))]
        object["start"] = .number(JSONNumber(Int64(stretch.lowerBound)))
        object["end"] = .number(JSONNumber(Int64(stretch.upperBound)))
        if !way.isEmpty { object["path"] = .string(ByteString(way)) }
        return .object(object)
    }
}

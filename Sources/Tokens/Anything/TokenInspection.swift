public import Codecs

/// Everything that can be said about a token without a key: its parts and the findings. No verdict.
public struct TokenInspection: Sendable {
    /// The token, each part decoded as far as it can be.
    public let token: PartialToken
    /// What it was called in the text in which it was found.
    public let label: ByteString?
    /// What was left out, repaired or missing on the way.
    public let notes: [String]
    /// What is to be said about it.
    public private(set) var findings: [Finding]

    /// Looks a token over that was found in a text.
    /// - Parameter now: seconds since 1970; nil leaves out what needs a clock.
    public init(_ found: FoundToken, now: Int64?) {
        token = found.token
        label = found.label
        notes = found.notes
        findings = TokenLinter.findings(in: found.token, now: now)
    }

    /// Looks a compact token over, or what is left of one.
    public init(compact token: [UInt8], now: Int64?) {
        self.token = PartialToken(compact: token)
        label = nil
        notes = []
        findings = TokenLinter.findings(in: self.token, now: now)
    }

    /// Puts findings that need more than the text, such as a search for the secret, before the others.
    public mutating func add(_ more: [Finding]) {
        findings.insert(contentsOf: more, at: 0)
    }

    /// {kind, label?, notes, parts: [{part, start, end, problem?, problemOffset?, json? | text?, members?}], findings}.
    ///
    /// `json` is a header's or payload's object, in order and with its digits; `text` what could be decoded where it is
    /// no object. A part that is bytes has `length`.
    public var json: JSONObject {
        var object: JSONObject = ["kind": .string(ByteString(token.kind.rawValue))]
        if let label { object["label"] = .string(label) }
        object["notes"] = .array(notes.map { .string(ByteString($0)) })
        object["parts"] = .array(token.parts.map { .object(Self.json($0)) })
        object["findings"] = .array(findings.map { .object($0.json) })
        return object
    }

    private static func json(_ part: PartialToken.Part) -> JSONObject {
        var object: JSONObject = ["part": .string(ByteString(part.name.rawValue))]
        object["start"] = .number(JSONNumber(Int64(part.range.lowerBound)))
        object["end"] = .number(JSONNumber(Int64(part.range.upperBound)))
        if let problem = part.problem { object["problem"] = .string(ByteString(problem)) }
        if let offset = part.problemOffset { object["problemOffset"] = .number(JSONNumber(Int64(offset))) }
        if let json = part.object {
            object["json"] = .object(json)
        } else if part.name == .header || part.name == .payload {
            object["text"] = .string(ByteString(String(decoding: part.bytes.prefix(16_384), as: UTF8.self)))
        } else {
            object["length"] = .number(JSONNumber(Int64(part.bytes.count)))
        }
        return object
    }
}

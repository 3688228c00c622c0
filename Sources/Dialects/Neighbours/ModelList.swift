public import Codecs

/// A model that a caller may use.
public struct ModelEntry: Equatable, Sendable {
    /// What callers name it.
    public var id: ByteString
    /// For people.
    public var displayName: ByteString?
    /// Since when, in seconds since 1970.
    public var created: Int64
    /// Who runs it.
    public var owner: ByteString

    /// An entry.
    public init(id: ByteString, displayName: ByteString? = nil, created: Int64, owner: ByteString) {
        self.id = id
        self.displayName = displayName
        self.created = created
        self.owner = owner
    }
}

extension CallerDialect {
    /// Writes the list of models (OpenAI and Anthropic `GET /v1/models`); one page holds all.
    public func encode(models: [ModelEntry]) -> [UInt8] {
        switch self {
        case .openAI:
            JSONWriter.write(["object": "list", "data": .array(models.map(Self.openAI))])
        case .anthropic:
            JSONWriter.write([
                "data": .array(models.map(Self.anthropic)), "has_more": false,
                "first_id": models.first.map { .string($0.id) } ?? .null,
                "last_id": models.last.map { .string($0.id) } ?? .null,
            ])
        }
    }

    private static func openAI(_ model: ModelEntry) -> JSON {
        [
            "id": .string(model.id), "object": "model", "created": .number(JSONNumber(model.created)),
            "owned_by": .string(model.owner),
        ]
    }

    private static func anthropic(_ model: ModelEntry) -> JSON {
        [
            "type": "model", "id": .string(model.id), "display_name": .string(model.displayName ?? model.id),
            "created_at": .string(Timestamp.text(model.created)),
        ]
    }
}

/// Times as Anthropic writes them (RFC 3339 §5.6), in UTC.
enum Timestamp {
    /// From seconds since 1970; years 1 to 9999, others are the nearest of those.
    static func text(_ seconds: Int64) -> ByteString {
        let seconds = min(max(seconds, -62_135_596_800), 253_402_300_799)
        let second = ((seconds % 86_400) + 86_400) % 86_400
        let day = (seconds - second) / 86_400
        // Days are counted from 1 March of year 0, so that the leap day is the last of a year.
        let shifted = day + 719_468
        let era = shifted / 146_097
        let ofEra = shifted - era * 146_097
        let yearOfEra = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * ofYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let years = String(repeating: "0", count: max(0, 4 - "\(year)".count)) + "\(year)"
        let date = "\(years)-\(two(month))-\(two(ofYear - (153 * shiftedMonth + 2) / 5 + 1))"
        return ByteString("\(date)T\(two(second / 3_600)):\(two(second / 60 % 60)):\(two(second % 60))Z")
    }
}

import Codecs
import Tokens

/// What `inspect` tells the page about a pasted text.
struct InspectionAnswer {
    let pasted: PastedText
    let inspection: Inspection
    /// Seconds since 1970.
    let now: Int64

    var json: JSON {
        var json: JSONObject = [
            "token": .string(ByteString(String(decoding: pasted.token, as: UTF8.self))),
            "notes": .array(pasted.notes.map { .string(ByteString($0)) }),
            "choice": .number(JSONNumber(Int64(pasted.choice))),
            "parts": .array(inspection.parts.map { span($0) }),
            "header": part(.header),
            "claims": part(.payload),
            "findings": .array(
                StudioFindings.of(pasted.partial ?? PartialToken(compact: pasted.token), now: now).map {
                    .object($0.json)
                }),
        ]
        if let judged = pasted.judged { json["judged"] = .string(ByteString(String(decoding: judged, as: UTF8.self))) }
        if pasted.found.count > 1 { json["found"] = .array(pasted.found.map { Self.found($0) }) }
        return .object(json)
    }

    /// One of several tokens, told apart by what it was called and what its header says.
    private static func found(_ token: FoundToken) -> JSON {
        var json: JSONObject = [
            "kind": .string(ByteString(token.kind.rawValue)),
            "start": .number(JSONNumber(Int64(token.range.lowerBound))),
            "end": .number(JSONNumber(Int64(token.range.upperBound))),
        ]
        if let label = token.label { json["label"] = .string(ByteString(Readable.text(label.bytes))) }
        let header = token.token[.header]?.object
        for name: ByteString in ["alg", "typ"] {
            if let value = header?[name]?.string { json[name] = .string(ByteString(Readable.text(value.bytes))) }
        }
        return .object(json)
    }

    /// Where a part stands in the text as it was pasted.
    private func span(_ part: Inspection.Part) -> JSON {
        var json: JSONObject = ["part": .string(ByteString(part.part.rawValue))]
        json["start"] = .number(JSONNumber(Int64(offset(part.range.lowerBound))))
        let end = part.range.isEmpty ? offset(part.range.lowerBound) : offset(part.range.upperBound - 1) + 1
        json["end"] = .number(JSONNumber(Int64(end)))
        if let problem = part.problem { json["problem"] = .string(ByteString(problem)) }
        return .object(json)
    }

    private func offset(_ place: Int) -> Int {
        if place < pasted.offsets.count { return pasted.offsets[place] }
        return pasted.offsets.last.map { $0 + 1 } ?? 0
    }

    private func part(_ name: TokenPart) -> JSON {
        guard let part = inspection[name] else { return .object(JSONObject()) }
        var json = JSONObject()
        if let problem = part.problem { json["problem"] = .string(ByteString(problem)) }
        if let raw = part.raw, !raw.isEmpty { json["raw"] = .string(ByteString(raw)) }
        guard let object = part.object else { return .object(json) }
        json["json"] = .string(VisibleJSON.text(.object(object)))
        json["members"] = .array(object.members.map { Self.member($0, of: name) })
        return .object(json)
    }

    /// {name, nameText, valueText, title?, about?, source?, time?}.
    static func member(_ member: JSONObject.Member, of part: TokenPart) -> JSON {
        var json: JSONObject = [
            "name": .string(member.name),
            "nameText": .string(VisibleJSON.text(member.name)),
            "valueText": .string(VisibleJSON.text(member.value)),
        ]
        if let entry = part == .header ? Glossary.header(member.name) : Glossary.claim(member.name) {
            json["title"] = .string(ByteString(entry.title))
            json["about"] = .string(ByteString(entry.about))
            json["source"] = .string(ByteString(entry.source))
            json["url"] = .string(ByteString(entry.url))
        }
        if part == .payload, Glossary.isTime(member.name), case .number(let number) = member.value,
            let date = NumericDate(number)
        {
            json["time"] = [
                "seconds": .number(JSONNumber(date.seconds)), "iso": .string(ByteString(date.utc)),
            ]
        }
        return .object(json)
    }
}

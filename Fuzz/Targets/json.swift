import Codecs

/// The JSON reader against a second reading of the grammar, and against its own writer.
enum Target {
    static func run(_ input: [UInt8]) {
        let limit = input.count.isMultiple(of: 2) ? 64 : 6
        let grammar = JSONGrammar(input)
        scan(input, limit, Result { () throws(JSONError) in try JSONReader.read(input, depth: limit) })
        do throws(JSONError) {
            let json = try JSONReader.read(input, depth: limit)
            guard let grammar else { return expect(false, "accepts what the grammar does not") }
            expect(grammar.depth <= limit, "accepts \(grammar.depth) levels, \(limit) are allowed")
            expect(isNarrow(grammar), "accepts too many members")
            expect(!grammar.hasHugeNumber, "accepts a number that no double holds")
            expect(hasDistinctNames(json), "accepts a name twice")
            rewrite(json, limit)
        } catch {
            expect(error.offset >= 0 && error.offset <= input.count, "the error's offset lies outside the text")
            guard let grammar else { return }
            switch error.reason {
            case .depth: expect(grammar.depth > limit, "refuses a depth that is allowed")
            case .count: expect(!isNarrow(grammar), "refuses a number of members that is allowed")
            case .numberRange: expect(grammar.hasHugeNumber, "refuses a number that a double holds")
            case .duplicateName(let name):
                expect(stands(name, atLeast: 2, in: input), "refuses a name that stands once")
            default: expect(false, "refuses good JSON: \(error)")
            }
        }
    }

    private static func isNarrow(_ grammar: JSONGrammar) -> Bool {
        grammar.members <= JSONReader.maximumMembers && grammar.elements <= JSONReader.maximumElements
    }

    /// The scanner, which builds nothing, says the same as the reader, and its places hold the reader's values.
    private static func scan(_ input: [UInt8], _ limit: Int, _ read: Result<JSON, JSONError>) {
        // Somewhere inside a larger block: nothing outside of the range may be looked at.
        let block = [UInt8(ascii: "[")] + input + [UInt8(ascii: "0")]
        var members: [(name: ByteString?, value: JSON)] = []
        let scanned = Result { () throws(JSONError) in
            try JSONScanner.scan(block, 1..<(1 + input.count), depth: limit) { found in
                for member in found {
                    let name = member.name?.string(in: block)
                    members.append((name, member.value.value(in: block)))
                    expect(name.map(JSONMember.shortName) ?? 0 == member.shortName, "another short name")
                }
            }
        }
        switch (read, scanned) {
        case (.failure(let one), .failure(let other)): expect(one == other, "refused as \(one) and as \(other)")
        case (.success(let json), .success(let place)):
            expect(place.value(in: block) == json, "the place of the value holds another")
            if let object = json.object {
                expect(members.map(\.name) == object.members.map { $0.name }, "other names")
                expect(members.map(\.value) == object.members.map { $0.value }, "other values")
            }
        default: expect(false, "reader and scanner disagree")
        }
    }

    /// What is written is read as the same value, and is written so again.
    private static func rewrite(_ json: JSON, _ limit: Int) {
        for pretty in [false, true] {
            let text = JSONWriter.write(json, pretty: pretty)
            guard let again = try? JSONReader.read(text, depth: limit) else {
                return expect(false, "what was written cannot be read")
            }
            expect(again == json, "what was written reads as something else")
            expect(JSONWriter.write(again, pretty: pretty) == text, "it is written otherwise the second time")
        }
    }

    private static func hasDistinctNames(_ json: JSON) -> Bool {
        var rest = [json]
        while let value = rest.popLast() {
            if let elements = value.array { rest.append(contentsOf: elements) }
            guard let members = value.object?.members else { continue }
            guard Set(members.map { $0.name.bytes }).count == members.count else { return false }
            rest.append(contentsOf: members.map { $0.value })
        }
        return true
    }

    /// Only for a text without escapes: there each name stands as it is.
    private static func stands(_ name: ByteString, atLeast least: Int, in text: [UInt8]) -> Bool {
        guard !text.contains(UInt8(ascii: "\\")) else { return true }
        let quoted = [UInt8(ascii: "\"")] + name.bytes + [UInt8(ascii: "\"")]
        var found = 0
        var offset = 0
        while offset + quoted.count <= text.count {
            if text[offset..<(offset + quoted.count)].elementsEqual(quoted) { found += 1 }
            offset += 1
        }
        return found >= least
    }
}

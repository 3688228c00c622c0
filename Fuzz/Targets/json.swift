import Codecs

/// The JSON reader against a second reading of the grammar, and against its own writer.
enum Target {
    static func run(_ input: [UInt8]) {
        let limit = input.count.isMultiple(of: 2) ? 64 : 6
        let grammar = JSONGrammar(input)
        do throws(JSONError) {
            let json = try JSONReader.read(input, depth: limit)
            guard let grammar else { return expect(false, "accepts what the grammar does not") }
            expect(grammar.depth <= limit, "accepts \(grammar.depth) levels, \(limit) are allowed")
            expect(grammar.widest <= JSONReader.maximumCount, "accepts too many members")
            expect(!grammar.hasHugeNumber, "accepts a number that no double holds")
            expect(hasDistinctNames(json), "accepts a name twice")
            rewrite(json, limit)
        } catch {
            expect(error.offset >= 0 && error.offset <= input.count, "the error's offset lies outside the text")
            guard let grammar else { return }
            switch error.reason {
            case .depth: expect(grammar.depth > limit, "refuses a depth that is allowed")
            case .count: expect(grammar.widest > JSONReader.maximumCount, "refuses a number of members that is allowed")
            case .numberRange: expect(grammar.hasHugeNumber, "refuses a number that a double holds")
            case .duplicateName(let name):
                expect(stands(name, atLeast: 2, in: input), "refuses a name that stands once")
            default: expect(false, "refuses good JSON: \(error)")
            }
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

import Codecs
import Tokens

/// Whatever somebody pastes: the tokens that are found in it, what can be read of them, and what is said about them.
enum Target {
    static func run(_ input: [UInt8]) {
        let found = TokenFinder.find(input)
        expect(found.tokens.count <= TokenFinder.maximumTokens, "too many tokens")
        expect(found.steps <= 16 * input.count + 256, "\(found.steps) bytes looked at for \(input.count)")
        var end = 0
        for token in found.tokens {
            expect(token.range.lowerBound >= 0 && token.range.upperBound <= input.count, "stands outside the text")
            expect(token.range.lowerBound >= end, "two tokens overlap, or stand in another order")
            end = token.range.lowerBound
            expect(token.offsets.count == token.bytes.count, "a byte without its place")
            expect(token.offsets.allSatisfy { input.indices.contains($0) }, "a byte from outside the text")
            look(TokenInspection(token, now: 1_700_000_000))
        }
        look(TokenInspection(compact: input, now: nil))
    }

    private static func look(_ inspection: TokenInspection) {
        let token = inspection.token
        for part in token.parts {
            expect(part.range.upperBound <= token.text.count, "a part outside the token")
            if let offset = part.problemOffset {
                let size = part.isDecoded ? part.bytes.count : part.range.count
                expect(offset >= 0 && offset <= size, "a problem outside its part")
            }
        }
        for finding in inspection.findings {
            for place in [finding.place, finding.otherPlace] { check(place, token) }
            expect(finding.text.utf8.count < 4_000, "a finding of \(finding.text.utf8.count) bytes")
        }
        let said = JSONWriter.write(.object(inspection.json))
        expect((try? JSONReader.read(said, depth: 256)) != nil, "what is said is no JSON")
    }

    private static func check(_ place: Finding.Place?, _ token: PartialToken) {
        switch place {
        case nil: return
        case .token(let range):
            expect(range.lowerBound >= 0 && range.upperBound <= token.text.count, "a place outside the token")
        case .decoded(let part, let range, _):
            let decoded = token.parts.first { $0.name.rawValue == part.rawValue }
            expect(range.lowerBound >= 0, "a place before the part")
            expect(range.upperBound <= decoded?.bytes.count ?? 0, "a place outside the part")
        }
    }
}

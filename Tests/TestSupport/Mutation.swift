/// Damages bytes the way transport, editors and attackers do.
public enum Mutation {
    /// One to four small changes: flip, set, insert, delete, repeat, swap, cut, or splice a word of the grammar in.
    public static func of(
        _ bytes: [UInt8], words: [String] = [], using generator: inout SeededGenerator
    ) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            change(&bytes, words, &generator)
        }
        return bytes
    }

    private static func change(_ bytes: inout [UInt8], _ words: [String], _ generator: inout SeededGenerator) {
        let place = Int.random(in: 0...bytes.count, using: &generator)
        let kind = Int.random(in: 0..<8, using: &generator)
        guard place < bytes.count, kind != 7 else {
            if let word = words.randomElement(using: &generator) {
                bytes.insert(contentsOf: word.utf8, at: place)
            } else {
                bytes.insert(UInt8.random(in: .min ... .max, using: &generator), at: place)
            }
            return
        }
        let other = Int.random(in: 0..<bytes.count, using: &generator)
        let range = min(place, other)..<min(max(place, other), min(place, other) + 64)
        switch kind {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
        case 2: bytes.insert(bytes[other], at: place)
        case 3: bytes.remove(at: place)
        case 4: bytes.swapAt(place, other)
        case 5: bytes.insert(contentsOf: bytes[range], at: place)
        default: bytes.removeSubrange(range)
        }
    }
}

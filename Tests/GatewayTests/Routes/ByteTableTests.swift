import Testing

@testable import Gateway

struct ByteTableTests {
    private func value(_ table: ByteTable, _ text: String, hash: ByteHash, in scope: Int) -> Int? {
        Array(text.utf8).withUnsafeBytes { table.value(of: $0, hash: hash, in: scope) }
    }

    @Test func `strings of one hash are told apart by every byte and by their length`() {
        var table = ByteTable()
        let hash = ByteHash()
        var texts: [String] = [""]
        for length in 1...20 {
            for place in 0..<length {
                texts.append(
                    String(repeating: "a", count: place) + "b" + String(repeating: "a", count: length - place - 1))
            }
        }
        for (number, text) in texts.enumerated() { table.add(Array(text.utf8), hash: hash, in: 0, value: number) }
        for (number, text) in texts.enumerated() { #expect(value(table, text, hash: hash, in: 0) == number) }
        for length in 1...21 {
            #expect(value(table, String(repeating: "a", count: length), hash: hash, in: 0) == nil)
        }
        #expect(value(table, "b", hash: hash, in: 1) == nil)
        #expect(table.longest == 20)
    }

    @Test func `one string in many scopes has a value in each`() {
        var table = ByteTable()
        let hash = ByteHash.forward([0x61])
        for scope in 0..<200_000 { table.add([0x61], hash: hash, in: scope, value: scope + 1) }
        let wrong = (0..<200_000).filter { value(table, "a", hash: hash, in: $0) != $0 + 1 }
        #expect(wrong.isEmpty)
        #expect(value(table, "a", hash: hash, in: 200_000) == nil)
    }
}

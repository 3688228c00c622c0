import Codecs
import TestSupport
import Testing

@Suite struct PEMTests {
    @Test(arguments: [0, 1, 47, 48, 49, 96, 400]) func `what is written is read`(count: Int) throws {
        var generator = SeededGenerator(seed: 7_468)
        let der = generator.bytes(count)
        let text = PEM.write(label: "PUBLIC KEY", der: der)
        let blocks = try PEM.read(Array(text.utf8))
        #expect(blocks.map(\.label) == ["PUBLIC KEY"])
        #expect(blocks.map(\.der) == [der])
        #expect(text.utf8.split(separator: 0x0A).allSatisfy { $0.count <= 64 })
        #expect(text.hasSuffix("-----END PUBLIC KEY-----\n"))
    }

    @Test(arguments: [
        "-----BEGIN X-----\nTWFu\n-----END X-----", "-----BEGIN X-----\r\nTWFu\r\n-----END X-----\r\n",
        "words before\n-----BEGIN X-----\nTWFu\n-----END X-----\nand after",
        "  -----BEGIN X-----  \n\t TW \n Fu\n\n -----END X-----\t\n",
    ])
    func `blank space at line ends and words around a block do not count`(text: String) throws {
        #expect(try PEM.read(Array(text.utf8)).map(\.der) == [Array("Man".utf8)])
        #expect(PEM.isLikely(Array(text.utf8)))
    }

    @Test func `blocks come in their order`() throws {
        let text = PEM.write(label: "A", der: [1]) + "\n" + PEM.write(label: "B", der: [2])
        #expect(try PEM.read(Array(text.utf8)).map(\.label) == ["A", "B"])
    }

    @Test(arguments: [
        ("", PEMError.noBlock), ("TWFu", .noBlock), ("-----BEGIN -----\nTWFu\n-----END -----", .oneLine),
        ("-----BEGIN X----\nTWFu\n-----END X-----", .oneLine), ("-----BEGIN X-----\nTWFu", .unterminated(label: "X")),
        ("-----BEGIN X-----\nTWFu\n-----END Y-----", .unterminated(label: "X")),
        ("-----BEGIN X-----\nTW!u\n-----END X-----", .body(line: 2)),
        ("-----BEGIN X-----\nTWFu\nTW-u\n-----END X-----", .body(line: 3)),
        ("one\n-----BEGIN X-----\nTWE\n-----END X-----", .body(line: 3)),
        ("-----BEGIN X-----\nTR==\n-----END X-----", .body(line: 2)),
        ("-----BEGIN X-----\nTW u\n-----END X-----", .body(line: 2)),
        ("-----BEGIN X-----\n-----BEGIN Y-----\n-----END Y-----", .body(line: 2)),
        ("-----BEGIN X-----\nProc-Type: 4,ENCRYPTED\n\nTWFu\n-----END X-----", .headers(line: 2)),
    ])
    func `damage is named with its line`(text: String, error: PEMError) {
        #expect(throws: error) { try PEM.read(Array(text.utf8)) }
        #expect(!error.description.isEmpty)
    }

    @Test func `no damage makes the reader trap`() {
        var generator = SeededGenerator(seed: 1_421)
        let seed = Array((PEM.write(label: "PUBLIC KEY", der: generator.bytes(91)) + "\n").utf8)
        var read = 0
        for _ in 0..<3_000 {
            let text = Mutation.of(seed, words: ["-----BEGIN X-----", "-----", "\n", "=", ":"], using: &generator)
            if let blocks = try? PEM.read(text) {
                read += 1
                #expect(!blocks.isEmpty)
            }
        }
        #expect(read > 20)
    }

    /// The usual damage of keys kept in environment variables; what is said of it must not repeat the key.
    @Test(arguments: ["", " "])
    func `a key whose line breaks were lost is not repeated in the complaint`(_ instead: String) {
        let key = PEM.write(label: "PRIVATE KEY", der: [UInt8](repeating: 0x5A, count: 48))
        let text = Array(key.replacing("\n", with: instead).utf8)
        #expect(PEM.isLikely(text))
        #expect {
            _ = try PEM.read(text)
        } throws: { error in
            error as? PEMError == .oneLine && !"\(error)".contains("WloaWlpa") && !"\(error)".contains("Wlpa")
        }
    }
}

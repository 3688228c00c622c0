import Testing
import Traffic

@Suite("Keys") struct LimitKeyTests {
    /// The key 00 01 .. 0f, and inputs 00 01 .. of each length.
    private static let seed = TrafficSeed(high: 0x0F0E_0D0C_0B0A_0908, low: 0x0706_0504_0302_0100)

    @Test(
        "the hash is SipHash-2-4-128 by its published vectors",
        arguments: [
            (0, "a3817f04ba25a8e66df67214c7550293"), (1, "da87c1d86b99af44347659119b22fc45"),
            (2, "8177228da4a45dc7fca38bdef60affe4"), (3, "9c70b60c5267a94e5f33b6b02985ed51"),
            (15, "5493e99933b0a8117e08ec0f97cfc3d9"),
        ])
    func vectors(_ length: Int, _ digest: String) {
        let key = LimitKey((0..<length).map { UInt8($0) }, seed: Self.seed)
        func hex(_ word: UInt64) -> String {
            let digits = String(word.byteSwapped, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        #expect(hex(key.low) + hex(key.high) == digest)
    }

    @Test("seeds, kinds and bytes make keys differ, texts and their bytes are one")
    func distinct() {
        let other = TrafficSeed(high: Self.seed.high, low: Self.seed.low &+ 1)
        let keys = [
            LimitKey("10.0.0.1", seed: Self.seed), LimitKey("10.0.0.1", seed: other),
            LimitKey("10.0.0.1", seed: Self.seed, kind: 1), LimitKey("10.0.0.2", seed: Self.seed),
            LimitKey("10.0.0.1\0", seed: Self.seed), LimitKey("", seed: Self.seed), .everybody,
        ]
        #expect(Set(keys).count == keys.count)
        #expect(LimitKey([UInt8]("10.0.0.1".utf8), seed: Self.seed) == keys[0])
        #expect(TrafficSeed.random() != TrafficSeed.random())
    }
}

import HTTPWire
import Testing

/// A small generator with a seed, so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

@Suite struct `Mutated input` {
    static let seeds = [
        "POST /a/../b?x HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\nConnection: close, x\r\nX: y\r\n\r\nhello",
        "GET http://a/%2e%2e/ HTTP/1.0\r\nHost: a\r\nExpect: 100-continue\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n",
        "/a/%C3%A9/./..;/%25%32%65//b?c#d",
    ]

    private func mutated(_ seed: String, _ random: inout SeededGenerator) -> [UInt8] {
        let spice: [UInt8] = [0, 9, 10, 13, 32, 35, 37, 44, 46, 47, 48, 58, 59, 63, 92, 95, 127, 128, 160, 255]
        var bytes = [UInt8](seed.utf8)
        for _ in 0..<Int.random(in: 1...6, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            let byte =
                Bool.random(using: &random)
                ? spice[Int.random(in: 0..<spice.count, using: &random)] : UInt8.random(in: 0...255, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[place] = byte
            case 1: bytes.insert(byte, at: place)
            case 2: bytes.remove(at: place)
            default: bytes.insert(contentsOf: bytes[place..<min(place + 9, bytes.count)], at: place)
            }
        }
        return bytes
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `nothing traps, and what is accepted stays inside its rules`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<5_000 {
            let bytes = mutated(Self.seeds[Int.random(in: 0..<Self.seeds.count, using: &random)], &random)
            let cut = Int.random(in: 0...bytes.count, using: &random)
            if let head = try? Wire.scanRequest(bytes) {
                #expect(head.length <= bytes.count)
                #expect(head.fields.allSatisfy { $0.valueRange.end <= head.length })
                if let path = try? CanonicalPath(Array(bytes[head.pathRange.start..<head.pathRange.end])) {
                    #expect(rescans(head, bytes, path))
                }
            }
            _ = try? Wire.scanResponse(String(decoding: bytes, as: UTF8.self))
            _ = try? Wire.dechunk([Array(bytes[..<cut]), Array(bytes[cut...])])
            if let path = try? CanonicalPath(bytes) {
                #expect(try CanonicalPath(path.bytes).bytes == path.bytes)
                #expect(!path.bytes.split(separator: UInt8(ascii: "/")).contains { $0.elementsEqual("..".utf8) })
            }
            if let path = try? CanonicalPath(bytes, keepsSlashes: true) {
                #expect(try CanonicalPath(path.bytes, keepsSlashes: true).bytes == path.bytes)
                // Whoever decodes the slashes that were kept, and merges them, reads no dot segment.
                let decoded = String(decoding: path.bytes, as: UTF8.self).split(separator: "%2F").joined(separator: "/")
                #expect(!decoded.split(separator: "/").contains { $0 == ".." || $0 == "." })
            }
        }
    }

    /// What we send upstream must read, strictly, as exactly one request with the same framing.
    private func rescans(_ head: RequestHead, _ bytes: [UInt8], _ path: CanonicalPath) -> Bool {
        var out: [UInt8] = []
        bytes.withUnsafeBytes {
            HeadWriter.request(
                head, $0, path: path, rewrite: RequestRewrite(), peer: [49], isEncrypted: false, into: &out)
        }
        guard let again = try? Wire.scanRequest(out) else { return false }
        return again.framing == head.framing && again.length == out.count
            && !again.fields.contains {
                FieldNameSet.hopByHop.subtracting([.contentLength, .transferEncoding]).contains($0.name)
            }
    }
}

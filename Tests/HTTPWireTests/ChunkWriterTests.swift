import HTTPWire
import Testing

@Suite struct `The chunk writer` {
    @Test(arguments: [1, 2, 4095, 4096, 4097, 70_000])
    func `writes what the chunk reader reads`(_ length: Int) throws {
        let piece = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
        var out: [UInt8] = []
        let isWhole = piece.withUnsafeBytes { ChunkWriter.frame($0, into: &out) }
        #expect(isWhole == (length <= ChunkWriter.longestCopy))
        if !isWhole { out += piece + ChunkWriter.pieceEnd.bytes }
        out += ChunkWriter.bodyEnd.bytes
        let read = try Wire.dechunk([out])
        #expect(read.data == piece)
        #expect(read.rest == out.count)
    }

    @Test func `writes nothing for an empty piece, because that would end the body`() {
        var out: [UInt8] = [1]
        #expect(UnsafeRawBufferPointer(start: nil, count: 0).isWhole(&out))
        #expect(out == [1])
    }
}

extension StaticString {
    fileprivate var bytes: [UInt8] { withUTF8Buffer { [UInt8]($0) } }
}

extension UnsafeRawBufferPointer {
    fileprivate func isWhole(_ out: inout [UInt8]) -> Bool { ChunkWriter.frame(self, into: &out) }
}

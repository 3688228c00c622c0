/// Writes the chunked coding around the pieces of a body (RFC 9112, section 7.1), for either direction.
public enum ChunkWriter {
    /// A piece of at most this many bytes is copied into its chunk: one plain write costs less than a gathering one.
    public static let longestCopy = 4096
    /// What follows a piece that was not copied.
    public static let pieceEnd: StaticString = "\r\n"
    /// What ends the body; trailers are never sent.
    public static let bodyEnd: StaticString = "0\r\n\r\n"

    /// Appends `piece` as a whole chunk, or, when it is too long to be copied, only the line that starts one. An empty
    /// piece appends nothing, because an empty chunk would end the body.
    /// - Returns: whether the chunk is whole; else the piece itself and `pieceEnd` must follow.
    public static func frame(_ piece: UnsafeRawBufferPointer, into out: inout [UInt8]) -> Bool {
        guard !piece.isEmpty else { return true }
        start(piece.count, into: &out)
        guard piece.count <= longestCopy else { return false }
        out.append(contentsOf: piece)
        pieceEnd.withUTF8Buffer { out.append(contentsOf: $0) }
        return true
    }

    /// Appends the line that starts a chunk of `length` bytes. The chunk's data and `pieceEnd` must follow.
    public static func start(_ length: Int, into out: inout [UInt8]) {
        let digits = max(1, (Int.bitWidth - max(length, 0).leadingZeroBitCount + 3) / 4)
        for place in stride(from: digits - 1, through: 0, by: -1) {
            let digit = UInt8(truncatingIfNeeded: length >> (place * 4)) & 15
            out.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
        }
        out.append(0x0D)
        out.append(0x0A)
    }
}

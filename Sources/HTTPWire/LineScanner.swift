/// Finds the CRLF-ended lines of a growing head without looking at a byte twice, however small the pieces it arrives
/// in.
struct LineScanner {
    /// Offset of the first byte of the current line.
    private(set) var lineStart = 0
    private var searched = 0

    /// The offset just past the current line's content (its CR), or nil when its LF has not arrived. Then call
    /// `advance`.
    mutating func lineEnd(in bytes: UnsafeRawBufferPointer) throws(WireDefect) -> Int? {
        guard let feed = bytes.firstIndex(of: 0x0A, from: searched) else {
            searched = bytes.count
            return nil
        }
        guard feed > lineStart, bytes[feed - 1] == 0x0D else {
            throw WireDefect(
                code: "bare-line-feed", what: "A line ends with LF alone; lines end with CRLF.", offset: feed)
        }
        searched = feed
        return feed - 1
    }

    /// Moves behind the line that ended at `end`.
    mutating func advance(past end: Int) {
        lineStart = end + 2
        searched = lineStart
    }
}

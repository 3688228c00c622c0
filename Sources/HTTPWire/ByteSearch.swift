/// Searches that run eight bytes at a time: heads are scanned for every request, and these two loops are most of the
/// scan.
extension UnsafeRawBufferPointer {
    private static var ones: UInt64 { 0x0101_0101_0101_0101 }
    private static var tops: UInt64 { 0x8080_8080_8080_8080 }

    /// The offset of the first `byte` in `start..<count`, or nil.
    func firstIndex(of byte: UInt8, from start: Int) -> Int? {
        var index = Swift.max(start, 0)
        let pattern = UInt64(byte) &* Self.ones
        while count - index >= 8 {
            let word = UInt64(littleEndian: loadUnaligned(fromByteOffset: index, as: UInt64.self)) ^ pattern
            let hits = (word &- Self.ones) & ~word & Self.tops
            if hits != 0 { return index + hits.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < count {
            if self[index] == byte { return index }
            index += 1
        }
        return nil
    }

    /// The offset of the first byte in `start..<end` that no field value may hold, or nil: a control other than the tab
    /// (RFC 9110, section 5.5).
    func firstControl(from start: Int, to end: Int) -> Int? {
        var index = Swift.max(start, 0)
        let end = Swift.min(end, count)
        let deletes = 0x7F &* Self.ones
        let spaces = 0x20 &* Self.ones
        while end - index >= 8 {
            let word = UInt64(littleEndian: loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let unprintable = (word &- spaces) & ~word & Self.tops
            let delete = ((word ^ deletes) &- Self.ones) & ~(word ^ deletes) & Self.tops
            if unprintable | delete != 0 { break }
            index += 8
        }
        while index < end {
            let byte = self[index]
            if byte < 0x20 && byte != 0x09 || byte == 0x7F { return index }
            index += 1
        }
        return nil
    }

    /// Whether these bytes are `text` when ASCII case is ignored; `text` must be lower case.
    func equalsIgnoringCase(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { wanted in
            for index in 0..<wanted.count where self[index].lowercased != wanted[index] { return false }
            return true
        }
    }

    /// Whether two runs of bytes are the same when ASCII case is ignored.
    func equalsIgnoringCase(_ other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        for index in 0..<count where self[index].lowercased != other[index].lowercased { return false }
        return true
    }

    /// Whether these bytes are exactly `text`.
    func equals(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { wanted in
            for index in 0..<wanted.count where self[index] != wanted[index] { return false }
            return true
        }
    }
}

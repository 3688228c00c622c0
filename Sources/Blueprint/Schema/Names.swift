/// What objects may be called: 1 to 63 lower-case letters, digits and hyphens, as in host names (RFC 1123), so that a name
/// can stand in an address, in a metric and in a file.
public enum ObjectName {
    /// For JSON Schema.
    public static let pattern = "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"
    /// For people.
    static let words = "a name has 1 to 63 lower-case letters, digits and hyphens"

    /// Whether a text is a name.
    public static func isName(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        let isPlain = { (byte: UInt8) in (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) }
        guard (1...63).contains(bytes.count), let first = bytes.first, let last = bytes.last else { return false }
        return isPlain(first) && isPlain(last) && bytes.allSatisfy { isPlain($0) || $0 == UInt8(ascii: "-") }
    }
}

/// The known name that somebody may have meant.
enum NearestName {
    /// How many names are compared byte by byte at the most: a document may have very many.
    private static let mostCompared = 1_000

    /// The one with the fewest changes, when they are few; nil otherwise. Only the first 64 bytes count.
    static func of(_ text: String, among names: [String]) -> String? {
        let wanted = Array(text.lowercased().utf8.prefix(64))
        var best: (name: String, distance: Int)?
        var compared = 0
        for name in names {
            let length = name.utf8.count
            let most = min(max(1, length / 3), (best?.distance ?? .max) - 1)
            // Each change makes it one byte longer or shorter at the most.
            guard abs(length - wanted.count) <= most else { continue }
            compared += 1
            guard compared <= mostCompared else { break }
            let distance = distance(wanted, Array(name.utf8))
            if distance <= most { best = (name, distance) }
        }
        return best?.name
    }

    /// How many bytes have to be put in, taken out, changed, or exchanged with their neighbour (optimal string alignment).
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
        // The distances of all beginnings of `right` from a beginning of `left`: the longest, and the two before it.
        var rows = (last: [Int](), previous: Array(0...right.count), current: Array(0...right.count))
        for row in 1...left.count {
            rows.current[0] = row
            for column in 1...right.count {
                let isSame = left[row - 1] == right[column - 1]
                var least = min(
                    rows.previous[column - 1] + (isSame ? 0 : 1), rows.previous[column] + 1,
                    rows.current[column - 1] + 1)
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                    least = min(least, rows.last[column - 2] + 1)
                }
                rows.current[column] = least
            }
            rows.last = rows.previous
            rows.previous = rows.current
        }
        return rows.previous[right.count]
    }
}

/// Whole numbers as documents write them: digits, with a hyphen before them where they are less than zero.
enum WholeNumber {
    static func read(_ text: String) -> Int64? {
        let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
        guard (1...19).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        guard digits.count == 1 || digits.first != UInt8(ascii: "0") else { return nil }
        return Int64(text)
    }
}

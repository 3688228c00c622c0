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
    /// The one with the fewest changes, when they are few; nil otherwise. Only the first 64 bytes count.
    static func of(_ text: String, among names: [String]) -> String? {
        let wanted = Array(text.lowercased().utf8.prefix(64))
        let best = names.map { (name: $0, distance: distance(wanted, Array($0.utf8))) }.min {
            $0.distance < $1.distance
        }
        guard let best, best.distance <= max(1, best.name.utf8.count / 3) else { return nil }
        return best.name
    }

    /// How many bytes have to be put in, taken out, changed, or exchanged with their neighbour (optimal string alignment).
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var rows = [Array(0...right.count)]
        for row in 1...(max(left.count, 1)) where row <= left.count {
            var distances = [row]
            for column in 1...(max(right.count, 1)) where column <= right.count {
                let isSame = left[row - 1] == right[column - 1]
                var least = min(
                    rows[row - 1][column - 1] + (isSame ? 0 : 1), rows[row - 1][column] + 1, distances[column - 1] + 1)
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                    least = min(least, rows[row - 2][column - 2] + 1)
                }
                distances.append(least)
            }
            rows.append(distances)
        }
        return rows[left.count][right.count]
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

public import Codecs

/// A text with stars, each of which stands for any bytes or none: `*@example.com`, `urn:orders:*`, `a*b*c`.
///
/// Deliberately no regular expression: those can take exponential time on text that a stranger chose. Here the parts
/// between stars are looked for from left to right, once each, and both texts are bounded. All of the text must match;
/// bytes are compared, so case and Unicode form count. A star cannot be escaped.
public struct ClaimPattern: Sendable, Equatable {
    /// The longest pattern, in bytes.
    public static let maximumSize = 256
    /// The longest text that can match, in bytes.
    public static let maximumTextSize = 4_096

    /// The pattern as it was written.
    public let text: ByteString

    /// A pattern; nil when it is too long.
    public init?(_ text: ByteString) {
        guard text.count <= Self.maximumSize else { return nil }
        self.text = text
    }

    /// Whether the whole text matches.
    public func matches(_ candidate: ByteString) -> Bool {
        guard candidate.count <= Self.maximumTextSize else { return false }
        let parts = text.bytes.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false)
        guard let first = parts.first, let last = parts.last else { return candidate.isEmpty }
        guard parts.count > 1 else { return candidate == text }
        var rest = candidate.bytes[...]
        guard rest.count >= first.count + last.count, rest.starts(with: first) else { return false }
        rest = rest.dropFirst(first.count)
        guard rest.suffix(last.count).elementsEqual(last) else { return false }
        rest = rest.dropLast(last.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let end = Self.end(of: part, in: rest) else { return false }
            rest = rest[end...]
        }
        return true
    }

    /// Where the first occurrence ends. The leftmost one leaves the most for the parts that follow, so there is never a
    /// reason to come back.
    private static func end(of part: ArraySlice<UInt8>, in text: ArraySlice<UInt8>) -> Int? {
        guard text.count >= part.count else { return nil }
        for start in text.startIndex...(text.endIndex - part.count) where text[start...].starts(with: part) {
            return start + part.count
        }
        return nil
    }
}

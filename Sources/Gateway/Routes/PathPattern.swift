import HTTPWire

/// Which paths a route serves: segments between slashes, each spelled out or a `{name}`, and perhaps `/*` at the end.
///
/// - A `{name}` stands for exactly one segment that is not empty. Its value is as the canonical path spells it, escapes
///   included.
/// - `/*` at the end adds everything below, and the path before it too: `/orders/*` serves `/orders`, `/orders/` and
///   `/orders/7`. `/*` alone serves every path.
/// - Without it a slash at the end counts: `/orders` and `/orders/` are two patterns, because they are two paths
///   (RFC 3986, section 6.2.3).
/// - Letters are compared exactly (RFC 3986, section 6.2.2.1).
struct PathPattern: Hashable, Sendable {
    /// What one segment of a path must be.
    enum Segment: Hashable, Sendable {
        /// These bytes; none of them only as the last segment, which is a slash at the end.
        case literal([UInt8])
        /// Any segment that is not empty.
        case name(String)
    }

    /// Bounds how deep the search for a path can go.
    static let mostSegments = 64

    let segments: [Segment]
    /// Whether everything below is served too.
    let coversBelow: Bool

    /// Reads a pattern; what is accepted is met by at least one canonical path.
    init(_ text: String) throws(PatternComplaint) {
        let all = Array(text.utf8)
        guard all.first == UInt8(ascii: "/") else {
            throw PatternComplaint("the path \"\(text)\" must start with /, like /orders or /orders/*")
        }
        coversBelow = all.suffix(2).elementsEqual("/*".utf8)
        let written = coversBelow ? all.dropLast(2) : all[...]
        guard !written.contains(UInt8(ascii: "*")) else {
            throw PatternComplaint("the path \(text) may have a * only as its end, as in /orders/*")
        }
        let parts = written.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst()
        guard parts.count <= Self.mostSegments else {
            throw PatternComplaint("the path \(text) has more than \(Self.mostSegments) segments")
        }
        var segments: [Segment] = []
        // The path with an ordinary segment in the place of each name: its other segments must be canonical.
        var sample: [UInt8] = []
        for part in parts {
            let segment = try Self.segment(part, of: text)
            if case .name(let name) = segment, segments.contains(segment) {
                throw PatternComplaint("the path \(text) has two segments named {\(name)}")
            }
            segments.append(segment)
            sample.append(UInt8(ascii: "/"))
            if case .literal(let bytes) = segment { sample += bytes } else { sample.append(UInt8(ascii: "x")) }
        }
        // A slash before `/*` is a doubled one.
        let isDoubled = coversBelow && segments.last == .literal([])
        guard let path = try? CanonicalPath(sample), path.query == nil, path.bytes == sample || sample.isEmpty,
            !isDoubled
        else { throw PatternComplaint("the path \(text) is not in canonical form; no request could ever match it") }
        self.segments = segments
    }

    private static func segment(_ part: ArraySlice<UInt8>, of text: String) throws(PatternComplaint) -> Segment {
        guard part.contains(UInt8(ascii: "{")) || part.contains(UInt8(ascii: "}")) else {
            return .literal(Array(part))
        }
        let name = part.dropFirst().dropLast()
        guard part.first == UInt8(ascii: "{"), part.last == UInt8(ascii: "}"), name.allSatisfy(isOfName),
            let first = name.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
        else {
            throw PatternComplaint(
                "the path \(text) must have {name} as a whole segment, the name of letters, digits and _")
        }
        return .name(String(decoding: name, as: UTF8.self))
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// The names, from left to right.
    var names: [String] {
        segments.compactMap { segment in
            if case .name(let name) = segment { name } else { nil }
        }
    }

    /// Where the values of `names` are in a canonical path that this pattern serves, in the same order. Empty for a
    /// pattern without names, and for a path that has not enough segments.
    func values(in path: [UInt8]) -> [ByteRange] {
        guard segments.contains(where: { if case .name = $0 { true } else { false } }) else { return [] }
        var values: [ByteRange] = []
        var slash = 0
        for segment in segments {
            guard slash < path.count else { return [] }
            var end = slash + 1
            while end < path.count, path[end] != UInt8(ascii: "/") { end += 1 }
            if case .name = segment { values.append(ByteRange(start: slash + 1, length: end - slash - 1)) }
            slash = end
        }
        return values
    }
}

/// The one spelling of a request's path that the policy judges *and* the upstream receives.
///
/// Made once, so that nobody can be shown one path and served another:
/// - escapes of unreserved characters are decoded, all others keep their escape in upper case (RFC 3986, section
///   6.2.2);
/// - `.` and `..` segments are resolved; climbing above the root is refused;
/// - repeated slashes are merged into one;
/// - refused, because servers disagree about them: encoded slash, backslash and control characters; escapes that are
///   broken, that hide another escape (`%252e`) or that are not UTF-8; raw bytes outside RFC 3986's path grammar;
///   fragments; dot segments with a parameter or a blank behind the dots (`..;`, `.%20`).
///
/// `;` is otherwise an ordinary character. The query is checked for controls and fragments, and passed on as it came.
///
/// Some services read an encoded slash as part of a name and tell `//` from `/`. For them both can be kept: it is still
/// one spelling, which is judged and sent. What would be a dot segment for a reader who decodes the slashes stays refused.
public struct CanonicalPath: Hashable, Sendable {
    /// The path: starts with `/`, pure ASCII. What the policy sees is what the wire gets.
    public let bytes: [UInt8]
    /// The query without its `?`, as sent; nil when there was no `?`.
    public let query: [UInt8]?
    /// Whether it has an encoded slash or repeated ones: only when they were to be kept.
    public let hasKeptSlashes: Bool

    /// Canonicalises the path and query of a request target (origin-form, or what follows the authority in
    /// absolute-form; empty means `/`).
    /// - Parameter keepsSlashes: whether encoded slashes and repeated ones stay, but for those at the path's beginning.
    public init(target: UnsafeRawBufferPointer, keepsSlashes: Bool = false) throws(WireDefect) {
        let mark = target.firstIndex(of: UInt8(ascii: "?"), from: 0)
        if let mark {
            query = try Self.checkedQuery(target, from: mark + 1)
        } else {
            query = nil
        }
        let path = UnsafeRawBufferPointer(rebasing: target[..<(mark ?? target.count)])
        guard let first = path.first else {
            bytes = [UInt8(ascii: "/")]
            hasKeptSlashes = false
            return
        }
        guard first == UInt8(ascii: "/") else { throw Self.illegal(at: 0) }
        if Self.isPlain(path) {
            bytes = [UInt8](path)
            hasKeptSlashes = false
        } else {
            bytes = try Self.resolved(Self.decoded(path, keepsSlashes), keepsSlashes)
            hasKeptSlashes = keepsSlashes && Self.hasOddSlash(bytes)
        }
    }

    /// Canonicalises `target` given as an array; for routes in configuration and for tests.
    public init(_ target: [UInt8], keepsSlashes: Bool = false) throws(WireDefect) {
        let result: Result<CanonicalPath, WireDefect> = target.withUnsafeBytes { bytes in
            do throws(WireDefect) {
                return .success(try CanonicalPath(target: bytes, keepsSlashes: keepsSlashes))
            } catch {
                return .failure(error)
            }
        }
        self = try result.get()
    }

    /// Whether this path is `prefix` or lies below it, segment by segment: `/api` covers `/api` and `/api/x`, never
    /// `/apifoo`. `prefix` must be canonical itself; a slash at its end makes no difference.
    public func hasSegmentPrefix(_ prefix: [UInt8]) -> Bool {
        var length = prefix.count
        if length > 0, prefix[length - 1] == UInt8(ascii: "/") { length -= 1 }
        guard bytes.count >= length else { return false }
        for index in 0..<length where bytes[index] != prefix[index] { return false }
        return bytes.count == length || bytes[length] == UInt8(ascii: "/")
    }

    /// The same path with something else in the place of its first bytes, which must end where a segment ends:
    /// `/orders/7` with nothing in the place of 7 bytes is `/7`, and nothing left is `/`. The query stays.
    /// - Parameter prefix: a canonical path without a slash at its end; empty takes the bytes off.
    public func replacing(_ length: Int, with prefix: [UInt8] = []) -> CanonicalPath {
        guard length >= 0, length <= bytes.count, bytes.count == length || bytes[length] == UInt8(ascii: "/") else {
            return self
        }
        var rest = bytes.dropFirst(length)
        // Two slashes at the beginning are an authority for some readers.
        if prefix.isEmpty { while rest.starts(with: "//".utf8) { rest.removeFirst() } }
        let whole = prefix + rest
        return CanonicalPath(
            bytes: whole.isEmpty ? [UInt8(ascii: "/")] : whole, query: query, hasKeptSlashes: hasKeptSlashes)
    }

    private init(bytes: [UInt8], query: [UInt8]?, hasKeptSlashes: Bool) {
        self.bytes = bytes
        self.query = query
        self.hasKeptSlashes = hasKeptSlashes
    }

    private static func hasOddSlash(_ path: [UInt8]) -> Bool {
        guard path.count > 1 else { return false }
        for index in 1..<path.count {
            if path[index] == UInt8(ascii: "/"), path[index - 1] == UInt8(ascii: "/") { return true }
            if path[index...].starts(with: encodedSlash) { return true }
        }
        return false
    }

    private static let encodedSlash = Array("%2F".utf8)

    /// Whether nothing needs decoding, resolving or refusing: the case of nearly every request.
    private static func isPlain(_ path: UnsafeRawBufferPointer) -> Bool {
        var previous: UInt8 = 0
        for byte in path {
            guard ASCIISet.path.contains(byte) else { return false }
            if previous == UInt8(ascii: "/"), byte == UInt8(ascii: "/") || byte == UInt8(ascii: ".") { return false }
            previous = byte
        }
        return true
    }

    private static func checkedQuery(_ target: UnsafeRawBufferPointer, from start: Int) throws(WireDefect) -> [UInt8] {
        for index in start..<target.count {
            let byte = target[index]
            guard ASCIISet.visible.contains(byte), byte != UInt8(ascii: "#") else {
                throw WireDefect(
                    code: "query-malformed", what: "The query holds a fragment, a control or a non-ASCII byte.",
                    offset: index)
            }
        }
        return [UInt8](target[start...])
    }

    /// Decodes unreserved escapes and checks every byte.
    private static func decoded(
        _ path: UnsafeRawBufferPointer, _ keepsSlashes: Bool
    ) throws(WireDefect) -> [UInt8] {
        var flat: [UInt8] = []
        flat.reserveCapacity(path.count)
        var utf8 = UTF8Gate()
        var index = 0
        while index < path.count {
            let byte = path[index]
            guard byte == UInt8(ascii: "%") else {
                guard ASCIISet.path.contains(byte), utf8.accepts(byte) else { throw illegal(at: index) }
                flat.append(byte)
                index += 1
                continue
            }
            guard let value = escape(path, at: index) else {
                throw WireDefect(
                    code: "path-escape-broken", what: "A % is not followed by two hexadecimal digits.", offset: index)
            }
            guard value >= 0x20, value != 0x7F, value != UInt8(ascii: "/") || keepsSlashes,
                value != UInt8(ascii: "\\")
            else {
                throw WireDefect(
                    code: "path-escape-refused",
                    what: "The path hides a slash, a backslash or a control character in an escape.",
                    offset: index)
            }
            guard utf8.accepts(value) else { throw notUTF8(at: index) }
            if ASCIISet.unreserved.contains(value) {
                flat.append(value)
            } else {
                flat.append(UInt8(ascii: "%"))
                flat.append(upperHex(value >> 4))
                flat.append(upperHex(value & 15))
            }
            index += 3
        }
        guard utf8.isComplete else { throw notUTF8(at: path.count) }
        // On the decoded bytes, because the digits behind %25 may have been escaped too.
        guard !hidesAnEscape(flat) else {
            throw WireDefect(
                code: "path-escape-doubled", what: "The path hides an escape in an escape.", offset: path.count)
        }
        return flat
    }

    /// RFC 3986, section 5.2.4, on whole segments; empty segments are dropped, or kept but for those at the beginning.
    private static func resolved(_ flat: [UInt8], _ keepsSlashes: Bool) throws(WireDefect) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(flat.count)
        var index = 0
        var endsInSlash = false
        while index < flat.count {
            let start = index + 1  // flat[index] is a slash
            var end = start
            while end < flat.count, flat[end] != UInt8(ascii: "/") { end += 1 }
            let segment = flat[start..<end]
            endsInSlash = end < flat.count
            if keepsSlashes, hidesDots(segment) { throw disguised(at: start) }
            switch dots(segment) {
            case _ where segment.isEmpty && keepsSlashes && !out.isEmpty && end < flat.count:
                out.append(UInt8(ascii: "/"))
            case _ where segment.isEmpty, 1:
                endsInSlash = true
            case 2:
                guard !out.isEmpty else {
                    throw WireDefect(code: "path-above-root", what: "The path climbs above its root.", offset: start)
                }
                while let last = out.popLast(), last != UInt8(ascii: "/") {}
                endsInSlash = true
            case nil: throw disguised(at: start)
            default:
                out.append(UInt8(ascii: "/"))
                out.append(contentsOf: segment)
            }
            index = end
        }
        if endsInSlash || out.isEmpty { out.append(UInt8(ascii: "/")) }
        return out
    }

    /// 1 or 2 for `.` and `..`, 0 for an ordinary segment, nil for one that some servers cut down to a dot segment.
    private static func dots(_ segment: ArraySlice<UInt8>) -> Int? {
        let rest = segment.drop { $0 == UInt8(ascii: ".") }
        let count = segment.count - rest.count
        guard count == 1 || count == 2 else { return 0 }
        guard let next = rest.first else { return count }
        if next == UInt8(ascii: ";") { return nil }
        if next == UInt8(ascii: "%") {
            let hidden = rest.prefix(3)
            if hidden.elementsEqual("%3B".utf8) || hidden.elementsEqual("%20".utf8) || hidden.elementsEqual("%25".utf8)
            {
                return nil
            }
        }
        return 0
    }

    /// Whether a segment with encoded slashes has a dot segment for a reader who decodes them.
    private static func hidesDots(_ segment: ArraySlice<UInt8>) -> Bool {
        var piece = segment
        var isDivided = false
        while let slash = piece.indices.first(where: { piece[$0...].starts(with: encodedSlash) }) {
            isDivided = true
            if dots(piece[..<slash]) != 0 { return true }
            piece = piece[(slash + 3)...]
        }
        return isDivided && dots(piece) != 0
    }

    private static func disguised(at offset: Int) -> WireDefect {
        WireDefect(
            code: "path-dots-disguised", what: "A segment is a dot segment with something beside the dots.",
            offset: offset)
    }

    private static func escape(_ path: UnsafeRawBufferPointer, at index: Int) -> UInt8? {
        guard index + 2 < path.count, let high = path[index + 1].hexDigit, let low = path[index + 2].hexDigit else {
            return nil
        }
        return high << 4 | low
    }

    /// Whether a `%25` is followed by digits that a second decoding would turn into something this type decodes or
    /// refuses.
    private static func hidesAnEscape(_ flat: [UInt8]) -> Bool {
        guard flat.count >= 5 else { return false }
        for index in 0...(flat.count - 5) where flat[index] == UInt8(ascii: "%") {
            guard flat[index + 1] == UInt8(ascii: "2"), flat[index + 2] == UInt8(ascii: "5") else { continue }
            guard let high = flat[index + 3].hexDigit, let low = flat[index + 4].hexDigit else { continue }
            let value = high << 4 | low
            if value < 0x20 || value >= 0x7F || [0x25, 0x2E, 0x2F, 0x3B, 0x5C].contains(value) { return true }
        }
        return false
    }

    private static func upperHex(_ digit: UInt8) -> UInt8 { digit < 10 ? 0x30 + digit : 0x37 + digit }

    private static func illegal(at offset: Int) -> WireDefect {
        WireDefect(
            code: "path-malformed", what: "The path holds a byte that paths may not have unescaped.", offset: offset)
    }

    private static func notUTF8(at offset: Int) -> WireDefect {
        WireDefect(code: "path-not-utf8", what: "The path's escapes are not UTF-8.", offset: offset)
    }
}

/// Lets bytes through as long as they are well-formed UTF-8 (RFC 3629, section 4), overlong forms and surrogates
/// refused.
private struct UTF8Gate {
    private var missing = 0
    private var lowest: UInt8 = 0x80
    private var highest: UInt8 = 0xBF

    var isComplete: Bool { missing == 0 }

    mutating func accepts(_ byte: UInt8) -> Bool {
        if missing > 0 {
            guard byte >= lowest, byte <= highest else { return false }
            missing -= 1
            (lowest, highest) = (0x80, 0xBF)
            return true
        }
        switch byte {
        case 0x00...0x7F: return true
        case 0xC2...0xDF: missing = 1
        case 0xE0: (missing, lowest) = (2, 0xA0)
        case 0xED: (missing, highest) = (2, 0x9F)
        case 0xE1...0xEF: missing = 2
        case 0xF0: (missing, lowest) = (3, 0x90)
        case 0xF4: (missing, highest) = (3, 0x8F)
        case 0xF1...0xF3: missing = 3
        default: return false
        }
        return true
    }
}

public import Codecs

/// The address of an HTTP request as a DPoP proof names it in `htu`: without query and fragment, and normalised so far
/// that two spellings of one address are equal (RFC 9449 §4.3, RFC 3986 §6.2.2, §6.2.3).
public struct RequestAddress: Sendable, Hashable {
    /// The longest address, in bytes.
    public static let maximumSize = 2_048

    /// Scheme, host, port unless it is the scheme's own, and path.
    public let text: ByteString

    /// An `http` or `https` address; nil when it is none, is too long, or names a user.
    public init?(_ address: ByteString) {
        var bytes = address.bytes[...]
        guard bytes.count <= Self.maximumSize, bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }) else {
            return nil
        }
        if let end = bytes.firstIndex(where: { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }) {
            bytes = bytes[..<end]
        }
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let scheme = Self.lowercased(bytes[..<colon])
        let isSecure = scheme.elementsEqual("https".utf8)
        guard isSecure || scheme.elementsEqual("http".utf8), bytes[colon...].starts(with: "://".utf8) else {
            return nil
        }
        bytes = bytes[colon...].dropFirst(3)
        let slash = bytes.firstIndex(of: UInt8(ascii: "/")) ?? bytes.endIndex
        var authority = Self.lowercased(bytes[..<slash])
        let defaultPort: [UInt8] = Array((isSecure ? ":443" : ":80").utf8)
        if authority.suffix(defaultPort.count).elementsEqual(defaultPort) {
            authority.removeLast(defaultPort.count)
        } else if authority.last == UInt8(ascii: ":") {
            authority.removeLast()
        }
        guard !authority.isEmpty, !authority.contains(UInt8(ascii: "@")) else { return nil }
        let path = slash == bytes.endIndex ? [UInt8(ascii: "/")] : Self.normalisedPath(bytes[slash...])
        guard let path else { return nil }
        text = ByteString(utf8: scheme + Array("://".utf8) + authority + path)
    }

    private static func lowercased(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        bytes.map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 | 0x20 : $0 }
    }

    /// Percent escapes in upper case, those of unreserved characters resolved; nil for a broken escape. Dot segments
    /// stay: whoever serves them differently from their short form must see them differ.
    private static func normalisedPath(_ path: ArraySlice<UInt8>) -> [UInt8]? {
        var output: [UInt8] = []
        var offset = path.startIndex
        while offset < path.endIndex {
            let byte = path[offset]
            guard byte == UInt8(ascii: "%") else {
                output.append(byte)
                offset += 1
                continue
            }
            guard path.endIndex - offset > 2, let high = nibble(path[offset + 1]), let low = nibble(path[offset + 2])
            else { return nil }
            let value = high << 4 | low
            if isUnreserved(value) {
                output.append(value)
            } else {
                output.append(UInt8(ascii: "%"))
                output.append(upperDigit(high))
                output.append(upperDigit(low))
            }
            offset += 3
        }
        return output
    }

    private static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static func upperDigit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "A") + nibble - 10
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}

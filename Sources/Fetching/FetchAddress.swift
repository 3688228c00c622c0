/// An address to fetch from: `http` or `https`, a host, perhaps a port, and what follows. Nobody's name or password, no
/// fragment, no space, nothing but printable ASCII.
public struct FetchAddress: Sendable, Hashable {
    /// The longest address, in bytes.
    public static let maximumSize = 2_048

    /// The whole address, its scheme and host in lower case: whoever connects must find the host that was judged.
    public let text: String
    /// Whether it is asked over TLS.
    public let isEncrypted: Bool
    /// The host in lower case, an IPv6 address without its brackets.
    public let host: String
    /// The port.
    public let port: Int

    /// What a person is told who is about to have it asked: the host, and the port unless it is the scheme's own.
    public var shownHost: String {
        let shown = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        return port == (isEncrypted ? 443 : 80) ? shown : "\(shown):\(port)"
    }

    /// Reads an address; nil for anything else.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.maximumSize,
            bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"\\\"<>^`{|}#".utf8.contains($0) })
        else { return nil }
        let scheme = bytes.prefix { $0 != UInt8(ascii: ":") }
        let isEncrypted = Self.lowercased(scheme) == "https"
        guard isEncrypted || Self.lowercased(scheme) == "http" else { return nil }
        let behind = bytes[scheme.endIndex...]
        guard behind.starts(with: "://".utf8) else { return nil }
        let authority = behind.dropFirst(3).prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        guard let (host, port) = Self.divide(authority, usual: isEncrypted ? 443 : 80) else { return nil }
        self.text =
            (isEncrypted ? "https://" : "http://") + Self.lowercased(authority)
            + String(decoding: bytes[authority.endIndex...], as: UTF8.self)
        self.isEncrypted = isEncrypted
        self.host = host
        self.port = port
    }

    /// Host and port of an authority without user information.
    private static func divide(_ authority: ArraySlice<UInt8>, usual: Int) -> (String, Int)? {
        let host: ArraySlice<UInt8>
        let rest: ArraySlice<UInt8>
        let isBracketed = authority.first == UInt8(ascii: "[")
        if isBracketed {
            guard let end = authority.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            host = authority[..<end].dropFirst()
            rest = authority[(end + 1)...]
            guard host.contains(UInt8(ascii: ":")) else { return nil }
        } else {
            host = authority.prefix { $0 != UInt8(ascii: ":") }
            rest = authority[host.endIndex...]
        }
        let allowed = isBracketed ? "0123456789abcdef:." : "0123456789abcdefghijklmnopqrstuvwxyz-._"
        let name = lowercased(host)
        guard !name.isEmpty, name.utf8.count <= 253, name.utf8.allSatisfy({ allowed.utf8.contains($0) }) else {
            return nil
        }
        guard !rest.isEmpty else { return (name, usual) }
        let digits = rest.dropFirst()
        guard rest.first == UInt8(ascii: ":"), (1...5).contains(digits.count),
            digits.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = Int(String(decoding: digits, as: UTF8.self)), (1...65_535).contains(port)
        else { return nil }
        return (name, port)
    }

    private static func lowercased(_ bytes: some Sequence<UInt8>) -> String {
        String(
            decoding: bytes.map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}

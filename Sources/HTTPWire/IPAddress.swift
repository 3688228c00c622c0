#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// An IPv4 or IPv6 address. IPv4 inside IPv6 (`::ffff:0:0/96`, RFC 4291 §2.5.5.2) is IPv4.
public struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// In network order, 4 or 16.
    public let bytes: [UInt8]

    /// `0.0.0.0`, which is nobody's.
    public static let unspecified = IPAddress(bytes: [0, 0, 0, 0])

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Reads an address in its text form (RFC 4291 §2.2, no zone); nil for anything else.
    public init?(_ text: some Collection<UInt8>) {
        let isIPv6 = text.contains(UInt8(ascii: ":"))
        guard text.count <= 45,
            text.allSatisfy({ $0.hexDigit != nil || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") })
        else { return nil }
        var bytes = [UInt8](repeating: 0, count: isIPv6 ? 16 : 4)
        guard inet_pton(isIPv6 ? AF_INET6 : AF_INET, String(decoding: text, as: UTF8.self), &bytes) == 1 else {
            return nil
        }
        self.bytes = bytes.starts(with: Self.ipv4Mapped) ? Array(bytes.suffix(4)) : bytes
    }

    /// The text form (RFC 5952).
    public var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count)) != nil else {
            return ""
        }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static let ipv4Mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
}

/// All addresses that begin with the same bits (RFC 4632 §3.1).
public struct IPNetwork: Hashable, Sendable {
    private let first: IPAddress
    private let length: Int

    /// Reads an address, or an address and how many of its first bits count, as `10.0.0.0/8`. Nil for anything else:
    /// also when a bit behind those is set, which is a slip, and when none counts, which would be everybody.
    public init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false)
        guard let written = parts.first, let first = IPAddress(Array(written)) else { return nil }
        let bits = first.bytes.count * 8
        var length = bits
        if parts.count == 2 {
            let digits = parts[1]
            guard (1...3).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = Int(String(decoding: digits, as: UTF8.self))
            else { return nil }
            // IPv4 that was written as IPv6 has 96 bits before it.
            length = bits == 32 && written.contains(UInt8(ascii: ":")) ? number - 96 : number
        }
        guard (1...bits).contains(length), Self.beginning(of: first, length) == first.bytes else { return nil }
        self.first = first
        self.length = length
    }

    /// Whether an address is one of them.
    public func contains(_ address: IPAddress) -> Bool {
        address.bytes.count == first.bytes.count && Self.beginning(of: address, length) == first.bytes
    }

    /// The address with all bits but the first ones cleared.
    private static func beginning(of address: IPAddress, _ length: Int) -> [UInt8] {
        address.bytes.enumerated().map { index, byte in
            byte & ~UInt8(truncatingIfNeeded: 0xFF >> min(max(length - index * 8, 0), 8))
        }
    }
}

/// The proxies whose word about a client counts. A pure judgement: what anybody else says of itself is nothing.
public struct TrustedProxies: Sendable, Equatable {
    /// Nobody's word counts.
    public static let none = TrustedProxies([])

    private let networks: [IPNetwork]

    /// Proxies at the addresses of these networks.
    public init(_ networks: [IPNetwork]) {
        self.networks = networks
    }

    /// Whether there is none.
    public var isEmpty: Bool { networks.isEmpty }

    /// Whether an address is a trusted proxy's.
    public func contains(_ address: IPAddress) -> Bool {
        networks.contains { $0.contains(address) }
    }

    /// Who a request comes from.
    ///
    /// Each proxy adds on the right whom it was asked by. So the list is read from there, over the trusted proxies, to
    /// the first address that is none of them; what stands before that is the client's own writing. An entry that is no
    /// address ends the reading: the client is then the last proxy that is known.
    /// - Parameters:
    ///   - peer: the other end of the connection.
    ///   - lines: the values of the `X-Forwarded-For` fields, in their order.
    public func client(peer: IPAddress, forwardedFor lines: [[UInt8]]) -> IPAddress {
        guard contains(peer) else { return peer }
        var client = peer
        for line in lines.reversed() {
            let entries = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            for entry in entries.reversed() {
                guard let address = Self.address(of: Self.trimmed(entry)) else { return client }
                client = address
                guard contains(address) else { return client }
            }
        }
        return client
    }

    /// Whether the client's connection was encrypted, by the word of the proxy that is the peer.
    /// - Parameter lines: the values of the `X-Forwarded-Proto` fields, in their order.
    public func isEncrypted(peer: IPAddress, forwardedProto lines: [[UInt8]]) -> Bool {
        guard contains(peer), let line = lines.last,
            let last = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).last
        else { return false }
        return Array(Self.trimmed(last)).withUnsafeBytes { $0.equalsIgnoringCase("https") }
    }

    /// An address as proxies write it: alone, with a port, and IPv6 with or without brackets.
    private static func address(of entry: ArraySlice<UInt8>) -> IPAddress? {
        let colon = UInt8(ascii: ":")
        if entry.first == UInt8(ascii: "[") {
            guard let end = entry.firstIndex(of: UInt8(ascii: "]")), entry[..<end].contains(colon),
                isPortOrNothing(entry[(end + 1)...])
            else { return nil }
            return IPAddress(entry[..<end].dropFirst())
        }
        guard let first = entry.firstIndex(of: colon), first == entry.lastIndex(of: colon) else {
            return IPAddress(entry)
        }
        return isPortOrNothing(entry[first...]) ? IPAddress(entry[..<first]) : nil
    }

    private static func isPortOrNothing(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.first == UInt8(ascii: ":") else { return text.isEmpty }
        let digits = text.dropFirst()
        return (1...5).contains(digits.count) && digits.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        let head = text.drop(while: isSpace)
        guard let last = head.lastIndex(where: { !isSpace($0) }) else { return head.prefix(0) }
        return head[...last]
    }
}

extension RequestHead {
    /// The values of the fields of one name, in their order.
    /// - Parameter name: one that is classified as `X-Forwarded-*`, in lower case.
    public func forwarded(_ name: StaticString, of bytes: UnsafeRawBufferPointer) -> [[UInt8]] {
        fields.filter { $0.name == .xForwarded && $0.nameRange.slice(of: bytes).equalsIgnoringCase(name) }
            .map { [UInt8]($0.valueRange.slice(of: bytes)) }
    }
}

/// The protocols that a request offers to switch to (RFC 9110, section 7.8).
///
/// Only what ends as a tunnel of bytes that belong to this one request. HTTP itself (`h2c`, `HTTP/2.0`) and TLS are
/// left out: behind such a switch further requests would follow that nobody judges.
public struct UpgradeOffer: Sendable {
    /// The offer as it goes to the upstream: the protocols that are left, with commas between them.
    public let list: [UInt8]

    /// The offer of a request, or nil when it makes none that may be passed on: it must be a GET of HTTP/1.1 without a
    /// body, and `Connection` must name `upgrade`.
    public init?(_ head: borrowing RequestHead, _ bytes: UnsafeRawBufferPointer) {
        guard head.connectionNamesFields, head.method == .get, head.version == .http11,
            head.framing == .none || head.framing == .length(0)
        else { return nil }
        var isNamed = false
        var list: [UInt8] = []
        for line in head.fields where line.name == .connection || line.name == .upgrade {
            var elements = ListScanner(line.valueRange.slice(of: bytes))
            while let element = elements.next() {
                if line.name == .connection {
                    isNamed = isNamed || element.equalsIgnoringCase("upgrade")
                } else if Self.isTunnelled(element) {
                    if !list.isEmpty { list.append(contentsOf: [0x2C, 0x20]) }
                    list.append(contentsOf: element)
                }
            }
        }
        guard isNamed, !list.isEmpty else { return nil }
        self.list = list
    }

    /// Whether a response switches to something that was offered, and to nothing else.
    public func isTaken(by head: ResponseHead, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard head.status == 101 else { return false }
        var hasAny = false
        for line in head.fields where line.name == .upgrade {
            var elements = ListScanner(line.valueRange.slice(of: bytes))
            while let element = elements.next() {
                guard contains(element) else { return false }
                hasAny = true
            }
        }
        return hasAny
    }

    private func contains(_ wanted: UnsafeRawBufferPointer) -> Bool {
        list.withUnsafeBytes { list in
            var offered = ListScanner(list)
            while let element = offered.next() {
                if element.equalsIgnoringCase(wanted) { return true }
            }
            return false
        }
    }

    /// A protocol's grammar, `token ["/" token]`, and none of the names behind which requests would follow.
    private static func isTunnelled(_ element: UnsafeRawBufferPointer) -> Bool {
        let slash = element.firstIndex(of: UInt8(ascii: "/"), from: 0) ?? element.count
        let name = UnsafeRawBufferPointer(rebasing: element[..<slash])
        guard !name.isEmpty, name.allSatisfy({ ASCIISet.token.contains($0) }) else { return false }
        if slash < element.count {
            let version = element[(slash + 1)...]
            guard !version.isEmpty, version.allSatisfy({ ASCIISet.token.contains($0) }) else { return false }
        }
        return !name.equalsIgnoringCase("h2c") && !name.equalsIgnoringCase("h2") && !name.equalsIgnoringCase("http")
            && !name.equalsIgnoringCase("tls")
    }
}

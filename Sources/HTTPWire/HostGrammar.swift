/// The narrow grammar of an authority: a registered name, an IPv4 address or a bracketed IPv6 address, and an optional
/// port.
///
/// RFC 3986, section 3.2 allows more (user information, escapes, commas); real hosts never need it, and servers read it
/// differently.
enum HostGrammar {
    /// Whether `authority` is one host with an optional port.
    static func accepts(_ authority: UnsafeRawBufferPointer) -> Bool {
        guard let first = authority.first, authority.count <= 255 + 6 else { return false }
        var index = 0
        if first == UInt8(ascii: "[") {
            guard let close = authority.firstIndex(of: UInt8(ascii: "]"), from: 1) else { return false }
            let address = UnsafeRawBufferPointer(rebasing: authority[1..<close])
            guard address.count >= 2, address.count <= 45, address.contains(UInt8(ascii: ":")),
                address.allSatisfy({ $0.hexDigit != nil || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") })
            else { return false }
            index = close + 1
        } else {
            var labelLength = 0
            while index < authority.count, authority[index] != UInt8(ascii: ":") {
                let byte = authority[index]
                guard ASCIISet.hostName.contains(byte) else { return false }
                if byte == UInt8(ascii: ".") {
                    guard labelLength > 0 else { return false }
                    labelLength = 0
                } else {
                    labelLength += 1
                }
                index += 1
            }
            guard index > 0, index <= 255 else { return false }
        }
        guard index < authority.count else { return true }
        guard authority[index] == UInt8(ascii: ":") else { return false }
        let digits = authority[(index + 1)...]
        guard digits.count >= 1, digits.count <= 5 else { return false }
        var port = 0
        for digit in digits {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return false }
            port = port * 10 + Int(digit &- UInt8(ascii: "0"))
        }
        return port >= 1 && port <= 65535
    }
}

/// The address of an endpoint: `http://host`, `https://host:port`, and nothing after it.
struct EndpointAddress: Equatable {
    let isEncrypted: Bool
    /// An IPv6 address without its brackets.
    let host: String
    let port: Int

    /// Reads an address; nil for anything else.
    static func read(_ text: String) -> EndpointAddress? {
        let bytes = Array(text.utf8)
        let isEncrypted = bytes.starts(with: "https://".utf8)
        guard isEncrypted || bytes.starts(with: "http://".utf8) else { return nil }
        var authority = bytes.dropFirst(isEncrypted ? 8 : 7)
        if authority.last == UInt8(ascii: "/") { authority = authority.dropLast() }
        var host = authority
        var port = isEncrypted ? 443 : 80
        let colon = authority.lastIndex(of: UInt8(ascii: ":"))
        let bracket = authority.lastIndex(of: UInt8(ascii: "]"))
        if let colon, bracket.map({ $0 < colon }) ?? true {
            host = authority[..<colon]
            let digits = authority[(colon + 1)...]
            guard digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), digits.count <= 5,
                let number = Int(String(decoding: digits, as: UTF8.self)), (1...65_535).contains(number)
            else { return nil }
            port = number
        }
        let isBracketed = host.first == UInt8(ascii: "[") && host.last == UInt8(ascii: "]")
        if isBracketed { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, host.allSatisfy(isHost), isBracketed || !host.contains(UInt8(ascii: ":")) else {
            return nil
        }
        return EndpointAddress(isEncrypted: isEncrypted, host: String(decoding: host, as: UTF8.self), port: port)
    }

    private static func isHost(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: ":"):
            true
        default: false
        }
    }
}

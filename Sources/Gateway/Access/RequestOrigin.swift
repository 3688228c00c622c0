import Codecs
import Edge
import HTTPWire
import Tokens

/// Under which scheme and authority clients call the gateway: what they name in a proof, and the gateway cannot see.
struct RequestOrigin: Sendable {
    /// `https://api.example`, as the configuration says; nil where it says nothing, and the gateway is called as it
    /// listens: by http and the name in `Host`.
    let configured: [UInt8]?

    init(configured: [UInt8]?) { self.configured = configured }

    /// Reads `https://host` or `https://host:port`; nil for anything else.
    init?(_ text: [UInt8]) {
        let slashes = text.filter { $0 == UInt8(ascii: "/") }.count
        guard let known = RequestAddress(ByteString(utf8: text)), slashes == 2,
            !text.contains(where: { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") })
        else { return nil }
        configured = Array(known.text.bytes.dropLast())
    }

    /// Scheme and authority of a request, as its client sees them.
    func text(of exchange: Exchange) -> [UInt8] {
        if let configured { return configured }
        return Array((exchange.isEncrypted ? "https://" : "http://").utf8) + exchange.bytes(of: exchange.head.hostRange)
    }

    /// The address of a request as its client sees it: the path as it was sent. Nil when there is none that a proof
    /// could name.
    func address(of exchange: Exchange) -> RequestAddress? {
        var text = text(of: exchange)
        let path = exchange.bytes(of: exchange.head.pathRange)
        if path.first != UInt8(ascii: "/") { text.append(UInt8(ascii: "/")) }
        return RequestAddress(ByteString(utf8: text + path))
    }
}

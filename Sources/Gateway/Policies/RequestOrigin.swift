import Codecs
import Edge
import HTTPWire
import Tokens

/// Under which scheme and authority clients call the gateway: what they name in a proof, and the gateway cannot see.
struct RequestOrigin: Sendable {
    /// `https://api.example`, as the routes document says; nil where it says nothing, and the gateway is called as it
    /// listens: by http and the name in `Host`.
    let configured: [UInt8]?

    /// The address of a request as its client sees it: the path as it was sent. Nil when there is none that a proof
    /// could name.
    func address(of exchange: Exchange) -> RequestAddress? {
        var text = configured ?? Array("http://".utf8) + exchange.bytes(of: exchange.head.hostRange)
        let path = exchange.bytes(of: exchange.head.pathRange)
        if path.first != UInt8(ascii: "/") { text.append(UInt8(ascii: "/")) }
        return RequestAddress(ByteString(utf8: text + path))
    }
}

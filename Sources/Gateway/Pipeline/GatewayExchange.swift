import Edge
import HTTPWire
import NIOCore
import Telemetry
import Tokens

/// One request on its way through the gateway: what the phases have found out about it. Lives on its event loop.
final class GatewayExchange {
    let exchange: Exchange
    let loop: GatewayLoop
    /// What it was matched to; nil until it is, and where nothing serves it.
    var route: Route?
    /// When its head was complete, in milliseconds since 1970.
    let start: Int64
    /// The same on a clock that does not jump.
    let startedAt: NIODeadline
    /// Its place in its trace.
    let hop: TraceHop
    /// The client's address as text.
    let client: [UInt8]
    /// Seconds since 1970, the same for every phase.
    var now: Int64 { start / 1_000 }
    /// Who is asking, once that is known.
    var identity = Identity.anonymous
    /// Whether a policy has waited for something already; none does twice.
    var hasWaited = false
    /// Whether it brought something that could say who it is from, good or not.
    var hasCredential = false
    /// What its upstream did wrong.
    var failure: Refusal?
    /// Field lines for the answer, whoever gives it.
    var answerFields: [(name: String, value: [UInt8])] = []

    init(_ exchange: Exchange, on loop: GatewayLoop) {
        self.exchange = exchange
        self.loop = loop
        let moment = loop.moment()
        (start, startedAt) = (moment.wall, moment.deadline)
        client = exchange.client
        // More than one would be none (W3C Trace Context §3.2).
        var received: TraceContext?
        if let field = exchange.head.first(.traceparent), exchange.head.count(of: .traceparent) == 1 {
            received = exchange.withBytes(of: field) { TraceContext(traceparent: $0) }
        }
        hop = TraceHop(continuing: received, using: &loop.random)
    }

    /// It is over. The exchange lets go of what holds it, or neither would ever be freed.
    func end() { exchange.attachment = nil }

    /// Appends the field lines that tell the upstream who calls, and its place in the trace.
    func appendLines(to head: inout [UInt8]) {
        for (name, value) in identity.fields { HeadWriter.field(name, value, into: &head) }
        hop.outgoing.appendLine(to: &head)
    }

    /// What is written down of it when it is over.
    func record(
        _ end: ExchangeEnd, refusal: Refusal? = nil, requestBytes: Int64 = 0, responseBytes: Int64 = 0,
        firstByte: Int64? = nil, upstream: String? = nil, attempts: Int = 0, model: ModelFacts? = nil
    ) -> ExchangeRecord {
        ExchangeRecord(
            hop: hop, start: start, duration: (NIODeadline.now() - startedAt).nanoseconds, firstByte: firstByte,
            route: route?.labels, method: method,
            path: exchange.path.bytes, status: refusal?.status ?? exchange.status, end: end, code: refusal?.code,
            phase: refusal?.phase.rawValue, requestBytes: requestBytes, responseBytes: responseBytes,
            address: client, hasCredential: hasCredential, caller: identity.caller, upstream: upstream,
            attempts: attempts, model: model, httpVersion: exchange.head.version == .http10 ? "1.0" : "1.1")
    }

    private var method: ExchangeMethod {
        switch exchange.head.method {
        case .get: .get
        case .head: .head
        case .post: .post
        case .put: .put
        case .patch: .patch
        case .delete: .delete
        case .options: .options
        case .other: exchange.withBytes(of: exchange.head.methodRange) { ExchangeMethod($0) }
        }
    }

    // MARK: What policies ask of a request

    /// How many fields have this name, and the first one's value.
    /// - Parameter name: in lower case.
    func field(named name: [UInt8]) -> (count: Int, first: ByteRange?) { exchange.fields(named: name) }

    /// A field's only value; nil when there is none or more than one.
    /// - Parameter name: in lower case.
    func value(of name: StaticString) -> [UInt8]? { exchange.only(name).map { exchange.bytes(of: $0) } }

    /// Where the values of a cookie stand (RFC 6265 §4.2).
    func cookies(named name: [UInt8]) -> [ByteRange] {
        exchange.head.fields.flatMap { line in
            line.name == .cookie ? CookieField.values(of: name, in: line.valueRange, of: exchange) : []
        }
    }

    /// The client's cookies but these as a field line; empty when none is left.
    func cookieLine(without names: [[UInt8]]) -> [UInt8] {
        var kept: [ArraySlice<UInt8>] = []
        for line in exchange.head.fields where line.name == .cookie {
            for pair in exchange.bytes(of: line.valueRange).split(separator: UInt8(ascii: ";")) {
                let pair = pair.drop { $0 == 0x20 || $0 == 0x09 }
                let name = pair.prefix { $0 != UInt8(ascii: "=") && $0 != 0x20 && $0 != 0x09 }
                if !names.contains(where: { $0.elementsEqual(name) }) {
                    kept.append(pair)
                }
            }
        }
        guard !kept.isEmpty else { return [] }
        return Array("cookie: ".utf8) + kept.joined(separator: Array("; ".utf8)) + [0x0D, 0x0A]
    }

    /// Whether a browser means to show what it gets.
    var wantsPage: Bool {
        guard exchange.head.method == .get, let field = exchange.head.first(.accept) else { return false }
        let accepted = String(decoding: exchange.bytes(of: field), as: UTF8.self)
        return accepted.lowercased().contains("text/html")
    }

    /// Whether the request changes nothing (RFC 9110 §9.2.1) and opens no connection that stays.
    var onlyReads: Bool {
        switch exchange.head.method {
        case .get, .head, .options: exchange.head.first(.upgrade) == nil
        default: false
        }
    }

    /// Whether the browser says that a page of this origin sent the request.
    var isSameOrigin: Bool {
        if let site = value(of: "sec-fetch-site") { return site.elementsEqual("same-origin".utf8) }
        return value(of: "origin").map { $0 == origin } ?? false
    }

    /// Scheme and authority as the client sees them.
    private var origin: [UInt8] { loop.snapshot.routes.origin.text(of: exchange) }

    /// The network that limits by address count for: the address itself, of IPv6 the /64 that a caller usually has whole.
    var networkOfClient: [UInt8] {
        guard let address = IPAddress(client), address.bytes.count == 16 else { return client }
        return Array(address.bytes.prefix(8))
    }

    /// An address with this request's own behind it, where it ends in `=`.
    func address(behind place: String) -> [UInt8] {
        guard place.hasSuffix("=") else { return Array(place.utf8) }
        var own = origin + exchange.path.bytes
        if let query = exchange.path.query { own += [UInt8(ascii: "?")] + query }
        return Array(place.utf8) + PercentEncoding.component(own)
    }
}

/// `Cookie` fields.
enum CookieField {
    /// Where the values of a name stand.
    static func values(of name: [UInt8], in field: ByteRange, of exchange: Exchange) -> [ByteRange] {
        exchange.withBytes(of: field) { bytes in
            var found: [ByteRange] = []
            var start = 0
            while start < bytes.count {
                let end = bytes[start...].firstIndex(of: UInt8(ascii: ";")) ?? bytes.count
                var first = start
                // Blanks around a name are no part of it for lenient readers, and so for us.
                func isBlank(_ place: Int) -> Bool { bytes[place] == 0x20 || bytes[place] == 0x09 }
                while first < end, isBlank(first) { first += 1 }
                var sign = first + name.count
                while sign < end, isBlank(sign) { sign += 1 }
                if sign < end, bytes[sign] == UInt8(ascii: "="),
                    bytes[first..<(first + name.count)].elementsEqual(name)
                {
                    var from = sign + 1
                    var to = end
                    while from < to, isBlank(from) { from += 1 }
                    while to > from, isBlank(to - 1) { to -= 1 }
                    if to - from >= 2, bytes[from] == UInt8(ascii: "\""), bytes[to - 1] == UInt8(ascii: "\"") {
                        from += 1
                        to -= 1
                    }
                    found.append(ByteRange(start: field.start + from, length: to - from))
                }
                start = end + 1
            }
            return found
        }
    }
}

/// Percent-encoding (RFC 3986 §2.1).
enum PercentEncoding {
    /// Everything but unreserved characters encoded, for one value of a query.
    static func component(_ bytes: [UInt8]) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return bytes.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                [byte]
            default: [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
    }
}

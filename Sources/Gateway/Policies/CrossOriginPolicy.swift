import Edge
import HTTPWire

/// Whose pages may call (the Fetch standard's CORS protocol). A preflight is answered before anybody is asked who they are,
/// and every answer to such a page says that the page may read it, refusals too.
struct CrossOriginPolicy: Sendable {
    /// Origins as browsers write them.
    let origins: Set<[UInt8]>
    /// What a page may send, for preflights.
    let methods: [UInt8]

    init(origins: [String], methods: [[UInt8]]?) {
        self.origins = Set(origins.map { Array(($0.hasSuffix("/") ? $0.dropLast() : $0[...]).utf8) })
        let listed = methods ?? ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"].map { Array($0.utf8) }
        self.methods = Array(listed.joined(separator: Array(", ".utf8)))
    }

    /// The fields of answers that say who may read them.
    static let answerFields = [
        "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Expose-Headers",
        "Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Max-Age",
    ]

    /// How long a browser may remember a preflight's answer, in seconds.
    static let memory = 600

    func judge(_ exchange: GatewayExchange) -> Judgement {
        exchange.answerFields.append(("Vary", Array("Origin".utf8)))
        guard let origin = exchange.value(of: "origin"), origins.contains(origin) else {
            return isPreflight(exchange) ? .answer(LocalAnswer(status: 204)) : .proceed
        }
        exchange.answerFields.append(("Access-Control-Allow-Origin", origin))
        exchange.answerFields.append(("Access-Control-Allow-Credentials", Array("true".utf8)))
        guard isPreflight(exchange) else {
            let readable = "WWW-Authenticate, Retry-After, RateLimit, RateLimit-Policy, Traceparent, Location"
            exchange.answerFields.append(("Access-Control-Expose-Headers", Array(readable.utf8)))
            return .proceed
        }
        var fields: [(name: String, value: [UInt8])] = [
            ("Access-Control-Allow-Methods", methods), ("Access-Control-Max-Age", Array("\(Self.memory)".utf8)),
        ]
        if let asked = exchange.value(of: "access-control-request-headers"), Self.areNames(asked) {
            fields.append(("Access-Control-Allow-Headers", asked))
        }
        return .answer(LocalAnswer(status: 204, fields: fields))
    }

    private func isPreflight(_ exchange: GatewayExchange) -> Bool {
        exchange.exchange.head.method == .options && exchange.value(of: "access-control-request-method") != nil
    }

    /// Field names with commas between them, and nothing that could be more.
    private static func areNames(_ list: [UInt8]) -> Bool {
        list.count <= 1_024
            && list.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte)
                    || "-_, ".utf8.contains(byte)
            }
    }
}

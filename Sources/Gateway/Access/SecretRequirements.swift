import Codecs
import Edge
import HTTPWire

/// Asks for an API key that was given to a consumer.
struct APIKeyRequirement: Sendable {
    /// The field that brings it, in lower case.
    let header: [UInt8]
    let directory: ConsumerDirectory
    let fields: IdentityFields

    func judge(_ exchange: GatewayExchange) -> AccessOutcome {
        let (count, value) = exchange.field(named: header)
        guard let value else { return .refused(.keyMissing(header)) }
        exchange.hasCredential = true
        guard count == 1 else { return .refused(.keyAmbiguous(header)) }
        let entry = exchange.exchange.withBytes(of: value) { directory.entry(ofKey: $0) }
        guard let entry, entry.isEnabled else { return .refused(.keyRefused()) }
        return .passed(
            Identity(
                consumer: entry.consumer, credential: entry.credential, fields: fields.lines(of: entry.consumer)))
    }
}

/// Asks for a consumer's name and password (RFC 7617).
struct PasswordRequirement: Sendable {
    let directory: ConsumerDirectory
    let fields: IdentityFields

    /// The longest user name and password together, in bytes before base64.
    static let longest = 1_024

    func judge(_ exchange: GatewayExchange) -> AccessOutcome {
        let head = exchange.exchange.head
        guard let field = head.first(.authorization) else { return .refused(.passwordMissing()) }
        exchange.hasCredential = true
        guard head.count(of: .authorization) == 1 else { return .refused(.passwordRefused()) }
        let value = exchange.exchange.bytes(of: field)
        guard value.count > 6,
            value[..<6].elementsEqual("Basic ".utf8, by: { $0.asciiLowercased == $1.asciiLowercased })
        else { return .refused(.passwordMissing()) }
        let encoded = value[6...].drop { $0 == 0x20 }
        guard encoded.count <= Self.longest * 4 / 3 + 4, let decoded = try? Base64.decode(Array(encoded)),
            let colon = decoded.firstIndex(of: UInt8(ascii: ":"))
        else { return .refused(.passwordRefused()) }
        let name = String(decoding: decoded[..<colon], as: UTF8.self)
        let entry = decoded[(colon + 1)...].withUnsafeBytes { directory.entry(ofUser: name, password: $0) }
        guard let entry, entry.isEnabled else { return .refused(.passwordRefused()) }
        return .passed(
            Identity(
                consumer: entry.consumer, credential: entry.credential, fields: fields.lines(of: entry.consumer)))
    }
}

import Codecs
import Telemetry

/// Who a request comes from, as its route's access policy found out: what limits count by, what plans ask about, and what
/// the upstream is told. Made once per credential and remembered with its verdict.
final class Identity: Sendable {
    /// Nobody in particular.
    static let anonymous = Identity()

    /// The consumer, where the credential is one's.
    let consumer: KnownConsumer?
    /// The credential's name, where it is an API key or a password.
    let credential: String?
    /// Who issued the token.
    let issuer: ByteString?
    /// The token's subject.
    let subject: ByteString?
    /// The client that the token was given to: `client_id` (RFC 9068 §2.2), else `azp` (OpenID Connect Core §2).
    let client: ByteString?
    /// When the token ends, in seconds since 1970; nil where nothing ends.
    let expiry: Int64?
    /// The header fields that the route wants to tell its upstream.
    let fields: [(name: [UInt8], value: [UInt8])]
    /// The token's claims that the route's destination asks for.
    let claims: JSONObject
    /// How logs tell of them; nil of nobody.
    let caller: CallerIdentity?

    init(
        consumer: KnownConsumer? = nil, credential: String? = nil, issuer: ByteString? = nil,
        subject: ByteString? = nil, client: ByteString? = nil, expiry: Int64? = nil,
        fields: [(name: [UInt8], value: [UInt8])] = [], claims: JSONObject = JSONObject()
    ) {
        self.consumer = consumer
        self.credential = credential
        self.issuer = issuer
        self.subject = subject
        self.client = client
        self.expiry = expiry
        self.fields = fields
        self.claims = claims
        let isSomebody = consumer != nil || credential != nil || subject != nil || client != nil
        caller =
            isSomebody
            ? CallerIdentity(
                consumer: consumer?.name, subject: subject?.text, client: client?.text, credential: credential,
                plan: consumer?.subscriptions.first?.plan.name) : nil
    }
}

extension Identity {
    /// Of a request with several credentials, all of them good: the first that says something is believed in it, and it ends
    /// with the first that ends.
    static func together(_ identities: [Identity]) -> Identity {
        guard identities.count > 1 else { return identities.first ?? .anonymous }
        var fields: [(name: [UInt8], value: [UInt8])] = []
        for field in identities.flatMap(\.fields) where !fields.contains(where: { $0.name == field.name }) {
            fields.append(field)
        }
        let token = identities.first { $0.issuer != nil }
        return Identity(
            consumer: identities.lazy.compactMap(\.consumer).first,
            credential: identities.lazy.compactMap(\.credential).first, issuer: token?.issuer, subject: token?.subject,
            client: token?.client, expiry: identities.compactMap(\.expiry).min(), fields: fields,
            claims: token?.claims ?? JSONObject())
    }
}

/// Header fields that tell an upstream who calls. The client's own of these names never pass, whoever calls.
struct IdentityFields: Sendable {
    /// What of the caller stands in a field.
    enum Source: Sendable {
        case consumer
        case plan
        case claim(ByteString)
    }

    let fields: [(name: [UInt8], source: Source)]
    /// The claims that the route's destination asks for.
    var claims: [ByteString] = []

    static let none = IdentityFields(fields: [])

    /// What a token says of the claims that are asked for.
    func claims(_ claim: (ByteString) -> JSON?) -> JSONObject {
        var found = JSONObject()
        for name in claims { found[name] = claim(name) }
        return found
    }

    /// What can be said of this caller; a field that has nothing to say is left out, and so is a value that could not stand
    /// in a field.
    func lines(
        of consumer: KnownConsumer?, claim: (ByteString) -> JSON? = { _ in nil }
    ) -> [(name: [UInt8], value: [UInt8])] {
        fields.compactMap { name, source in
            let value: [UInt8]? =
                switch source {
                case .consumer: consumer.map { Array($0.name.utf8) }
                case .plan: consumer?.subscriptions.first.map { Array($0.plan.name.utf8) }
                case .claim(let claimName): claim(claimName).flatMap(Self.text)
                }
            guard let value, value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
            return (name, value)
        }
    }

    /// A claim as a field's value: text as it is, a list of texts with commas, everything else as JSON.
    private static func text(_ value: JSON) -> [UInt8]? {
        switch value {
        case .null: return nil
        case .string(let text): return text.bytes
        case .array(let elements):
            var parts: [UInt8] = []
            for element in elements {
                guard case .string(let text) = element, !text.bytes.contains(UInt8(ascii: ",")) else {
                    return JSONWriter.write(value)
                }
                if !parts.isEmpty { parts.append(UInt8(ascii: ",")) }
                parts += text.bytes
            }
            return parts
        case .bool, .number, .object: return JSONWriter.write(value)
        }
    }
}

extension UInt8 {
    /// The lower-case letter for an upper-case one in ASCII; everything else is itself.
    var asciiLowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}

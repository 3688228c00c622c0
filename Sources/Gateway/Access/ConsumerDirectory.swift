import Codecs
import Crypto

/// A consumer as requests meet it.
final class KnownConsumer: Sendable {
    /// A place in a plan.
    struct Subscription: Sendable {
        let plan: KnownPlan
        /// The first day without it, in seconds since 1970; nil has no end.
        let ends: Int64?
    }

    let name: String
    let isEnabled: Bool
    let subscriptions: [Subscription]

    init(name: String, isEnabled: Bool, subscriptions: [Subscription]) {
        self.name = name
        self.isEnabled = isEnabled
        self.subscriptions = subscriptions
    }

    /// The plans that open an API to them now, in seconds since 1970.
    func plans(opening api: String, at now: Int64) -> [KnownPlan] {
        subscriptions.filter { $0.plan.opens(api) && ($0.ends.map { now < $0 } ?? true) }.map(\.plan)
    }
}

/// A plan as requests meet it.
final class KnownPlan: Sendable {
    let name: String
    /// The APIs that it opens; empty is every one.
    let apis: Set<String>
    let limits: [NumberedLimit]

    init(name: String, apis: Set<String>, limits: [NumberedLimit]) {
        self.name = name
        self.apis = apis
        self.limits = limits
    }

    func opens(_ api: String) -> Bool { apis.isEmpty || apis.contains(api) }
}

/// Who calls, found by what they show. Secrets are here as their hashes alone.
struct ConsumerDirectory: Sendable {
    /// What an API key or a password leads to.
    struct Entry: Sendable {
        let consumer: KnownConsumer
        /// The credential's name.
        let credential: String
        let isEnabled: Bool
    }

    /// A subject or a client of an issuer's tokens.
    struct TokenName: Hashable, Sendable {
        let issuer: ByteString
        let name: ByteString
    }

    /// API keys by the SHA-256 hash of their text. A search by hash tells nothing of other keys by its time.
    var keys: [SecretHash: Entry] = [:]
    /// Passwords, by the consumer's name: a consumer may have several while one replaces the other.
    var passwords: [String: [(hash: SecretHash, entry: Entry)]] = [:]
    var subjects: [TokenName: KnownConsumer] = [:]
    var clients: [TokenName: KnownConsumer] = [:]

    /// The consumer that a token is; a subject says more than a client.
    func consumer(issuer: ByteString?, subject: ByteString?, client: ByteString?) -> KnownConsumer? {
        guard let issuer, !subjects.isEmpty || !clients.isEmpty else { return nil }
        if let subject, let known = subjects[TokenName(issuer: issuer, name: subject)] { return known }
        if let client, let known = clients[TokenName(issuer: issuer, name: client)] { return known }
        return nil
    }

    /// Whose API key this is.
    func entry(ofKey key: UnsafeRawBufferPointer) -> Entry? {
        keys.isEmpty ? nil : keys[SecretHash(of: key)]
    }

    /// Whose password this is.
    func entry(ofUser name: String, password: UnsafeRawBufferPointer) -> Entry? {
        let hash = SecretHash(of: password)
        return passwords[name]?.first { $0.hash == hash }?.entry
    }
}

/// The SHA-256 hash of a secret that has enough chance in it to need no salt and no slow hash: keys and passwords that were
/// made, not thought up.
struct SecretHash: Hashable, Sendable {
    private var words = InlineArray<4, UInt64>(repeating: 0)

    init(of secret: UnsafeRawBufferPointer) {
        SHA256.hash(data: secret).withUnsafeBytes { read($0) }
    }

    /// The 32 bytes of a digest; nil for another number of bytes.
    init?(digest: [UInt8]) {
        guard digest.count == 32 else { return nil }
        digest.withUnsafeBytes { read($0) }
    }

    private mutating func read(_ bytes: UnsafeRawBufferPointer) {
        for index in words.indices { words[index] = bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self) }
    }

    /// In constant time.
    static func == (left: SecretHash, right: SecretHash) -> Bool {
        left.words.indices.reduce(0) { $0 | (left.words[$1] ^ right.words[$1]) } == 0
    }

    func hash(into hasher: inout Hasher) {
        for index in words.indices { hasher.combine(words[index]) }
    }
}

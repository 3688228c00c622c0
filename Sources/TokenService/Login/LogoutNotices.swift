import Codecs
import JOSE
import Logging
import OAuth
import Storage

/// Sends a form to an address; true when it was taken (200 or 204).
public typealias FormDelivery = @Sendable (_ address: String, _ form: String) async -> Bool

/// Tells clients from behind that a session of theirs is over (OpenID Connect Back-Channel Logout §2.5).
///
/// Tokens are refused before anybody is told. A client that cannot be reached is tried three times; what waits is kept in
/// memory, as a client that missed it finds its tokens refused.
struct LogoutNotices: Sendable {
    private static let mostAtOnce = 16
    private static let mostWaiting = 10_000
    private static let pauses: [Duration] = [.seconds(1), .seconds(5)]
    /// How long a logout token is good, in seconds (§2.4 recommends two minutes at most).
    private static let lifetime: Int64 = 120

    private struct Notice: Sendable {
        let address: String
        let client: Client
        let user: String
        let session: String
    }

    private let clients: ClientDirectory
    private let keyring: SigningKeyring
    private let configuration: AuthorizationConfiguration
    private let clock: @Sendable () -> Int64
    private let logger: Logger
    private let waiting: AsyncStream<Notice>
    private let entrance: AsyncStream<Notice>.Continuation

    init(
        clients: ClientDirectory, keyring: SigningKeyring, configuration: AuthorizationConfiguration,
        clock: @escaping @Sendable () -> Int64, logger: Logger
    ) {
        self.clients = clients
        self.keyring = keyring
        self.configuration = configuration
        self.clock = clock
        self.logger = logger
        (waiting, entrance) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.mostWaiting))
    }

    /// Has the client of a session that is over told, soon.
    func add(_ family: FamilyRecord) {
        guard let client = clients.active(family.grant.clientID)?.client, let address = client.backChannelLogoutURI
        else { return }
        let notice = Notice(address: address.text, client: client, user: family.grant.userID, session: family.session)
        if case .dropped = entrance.yield(notice) {
            logger.warning("a logout is not told: too many wait", metadata: ["client": "\(client.id)"])
        }
    }

    /// Tells clients until its task is cancelled.
    func run(_ deliver: @escaping FormDelivery) async {
        await withDiscardingTaskGroup { group in
            let gate = Gate(Self.mostAtOnce)
            for await notice in waiting {
                await gate.enter()
                group.addTask {
                    await tell(notice, deliver)
                    await gate.leave()
                }
            }
        }
    }

    private func tell(_ notice: Notice, _ deliver: FormDelivery) async {
        for pause in Self.pauses + [nil] as [Duration?] {
            guard let token = try? token(notice) else { return }
            let form = FormURLEncoded.encode([FormURLEncoded.Pair("logout_token", ByteString(token))])
            if await deliver(notice.address, form) { return }
            guard let pause, (try? await Task.sleep(for: pause)) != nil else { break }
        }
        logger.warning("a logout could not be told", metadata: ["client": "\(notice.client.id)"])
    }

    /// A logout token (§2.4): like an ID token, with an event and never with a nonce.
    private func token(_ notice: Notice) throws -> String {
        let now = clock()
        let claims: JSONObject = [
            "iss": .string(configuration.issuer), "sub": .string(ByteString(notice.user)),
            "aud": .string(notice.client.id), "iat": .number(JSONNumber(now)),
            "exp": .number(JSONNumber(now + Self.lifetime)),
            "jti": .string(ByteString(Base64URL.encode(RandomBytes.make(count: 16)))),
            "sid": .string(ByteString(notice.session)),
            "events": .object(["http://schemas.openid.net/event/backchannel-logout": .object(JSONObject())]),
        ]
        let algorithm = notice.client.idTokenAlgorithm ?? configuration.signingAlgorithm
        return try keyring.keys.logoutTokenSigner(algorithm).sign(claims: claims)
    }
}

/// Lets so many in at once.
private actor Gate {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ places: Int) {
        free = places
    }

    func enter() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    func leave() {
        if waiting.isEmpty {
            free += 1
        } else {
            waiting.removeFirst().resume()
        }
    }
}

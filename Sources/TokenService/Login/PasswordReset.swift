import Codecs
import ControlPlane
import Logging
import NIOCore
import OAuth
import Storage

/// A message to a person.
public struct Mail: Sendable {
    /// The address.
    public let to: String
    /// One line.
    public let subject: String
    /// Plain text.
    public let text: String
}

/// Takes messages to people; returns when the message is taken, not when it has arrived.
public typealias MailSink = @Sendable (Mail) async throws -> Void

/// Gives people who forgot their password a link to set another one.
struct PasswordReset: Sendable {
    private let store: Store
    private let sessions: Sessions
    private let passwords: PasswordHashing
    private let issuer: ByteString
    private let clock: @Sendable () -> Int64
    private let logger: Logger
    /// Nil where people are given links by the operator alone.
    private let mail: MailSink?

    init(_ parts: AuthorizationParts) {
        store = parts.store
        sessions = parts.sessions
        passwords = parts.passwords
        issuer = parts.configuration.issuer
        clock = parts.clock
        logger = parts.logger
        mail = parts.configuration.mail
    }

    /// Whether people can ask for a link themselves.
    var isOffered: Bool { mail != nil }

    /// A new link for a user. Its address begins with the issuer's, never with what a request said.
    func link(for user: UserRecord, by actor: AuditActor) async throws -> String {
        let link = OpaqueToken(.resetLink)
        let now = clock()
        try await store.write { transaction in
            try ResetLinkRecord.insert(link, user: user.id, now: now, in: transaction)
            try AuditEvent(.resetLinkMade, by: actor, user: user.id).insert(now: now, in: transaction)
        }
        return "\(ServerMetadata.address(of: ByteString(ResetEndpoint.path), at: issuer))?link=\(link.text)"
    }

    /// Sends a link to the e-mail address of whoever has this name, in a task of its own: how long the answer takes tells
    /// nobody whether there is such an account.
    func send(to name: ByteString, by actor: AuditActor) {
        guard let mail else { return }
        Task {
            do {
                let now = clock()
                let user = try await store.read { transaction -> UserRecord? in
                    guard let user = try UserRecord.find(name: name, in: transaction), user.isActive,
                        try !ResetLinkRecord.isRecent(user: user.id, now: now, in: transaction)
                    else { return nil }
                    return user
                }
                guard let user, let address = user.profile["email"]?.string, !address.hasControlCharacter else {
                    return
                }
                let text = """
                    Somebody, most likely you, asked for a new password for the account \(user.name).

                    \(try await link(for: user, by: actor))

                    The link works once, for half an hour. If it was not you, there is nothing to do.
                    """
                try await mail(Mail(to: address.text, subject: "A new password", text: text))
            } catch {
                logger.error("a reset link could not be sent", metadata: ["error": "\(type(of: error))"])
            }
        }
    }

    /// The name of whose link it is, while it works.
    func name(of link: OpaqueToken) async throws -> ByteString? {
        let now = clock()
        return try await store.read { transaction in
            guard let id = try ResetLinkRecord.user(of: link, now: now, in: transaction),
                let user = try UserRecord.find(id: id, in: transaction), user.isActive
            else { return nil }
            return user.name
        }
    }

    /// Sets a password by a link, and ends everything that was begun with the old one.
    /// - Returns: false when the link works no more.
    func set(_ password: ByteString, by link: OpaqueToken, address: SocketAddress?) async throws -> Bool {
        guard try await name(of: link) != nil else { return false }
        let hash = try await passwords.hash(password.bytes)
        let now = clock()
        let revoked = try await store.write { transaction -> [RevocationRecord]? in
            guard let id = try ResetLinkRecord.spend(link, now: now, in: transaction),
                try UserRecord.find(id: id, in: transaction)?.isActive ?? false
            else { return nil }
            try UserRecord.setPassword(hash, ofUser: id, now: now, in: transaction)
            try AuditEvent(
                .passwordChanged, by: AuditActor(.person(id), at: address), user: id, detail: "by a reset link"
            ).insert(now: now, in: transaction)
            return try sessions.endAll(ofUser: id, now: now, in: transaction)
        }
        guard let revoked else { return false }
        await sessions.publish(revoked, reason: "the user set a new password")
        return true
    }
}

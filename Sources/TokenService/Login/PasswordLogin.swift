import Codecs
import ControlPlane
import Logging
import NIOCore
import Storage

/// Finds the user who knows a password. An unknown name, a wrong password and a disabled user get the same answer after
/// the same work.
struct PasswordLogin: Sendable {
    let store: Store
    let passwords: PasswordHashing
    let throttle: LoginThrottle
    let refusals: RefusalLog
    let clock: @Sendable () -> Int64

    init(_ parts: AuthorizationParts) {
        store = parts.store
        passwords = parts.passwords
        throttle = parts.throttle
        refusals = parts.refusals
        clock = parts.clock
    }

    /// The user; throws 401 when name and password are not those of an active one, 429 after too many tries.
    func user(
        name: ByteString, password: ByteString, address: SocketAddress?, logger: Logger
    ) async throws -> UserRecord {
        // All ways to write a name are one account to guess at.
        let account = UserRecord.folded(name)
        if let wait = throttle.admit(account: account, address: address, now: clock()) {
            throw ProblemOf.tooManyTries(wait: wait)
        }
        let user: UserRecord?
        let isRight: Bool
        do {
            user = try await store.read { try UserRecord.find(name: name, in: $0) }
            isRight = try await passwords.matches(password.bytes, stored: user?.password)
        } catch {
            throttle.withdrawn(account: account, address: address)
            throw error
        }
        guard let user, user.isActive, isRight else {
            // Not the name: people type passwords into that field.
            logger.notice("login refused", metadata: ["address": "\(address?.ipAddress ?? "unknown")"])
            let refused = AuditEvent(.signInRefused, by: AuditActor(.nobody, at: address), user: user?.id)
            try await refusals.insert(refused, now: clock(), in: store)
            throw ProblemOf.wrongCredentials
        }
        throttle.succeeded(account: account, address: address)
        return user
    }
}

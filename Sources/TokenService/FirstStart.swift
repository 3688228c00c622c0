public import Codecs
import ControlPlane
import JOSE
import Storage

/// Makes the accounts that a new installation begins with. No password is built in: each is random, or the caller's.
public struct FirstStart: Sendable {
    let store: Store
    let passwords: PasswordHashing
    let clock: @Sendable () -> Int64

    /// An account and its password, to be shown once. The password exists nowhere else in clear.
    public struct Account: Sendable {
        /// What to log in with.
        public let name: ByteString
        /// The password in clear.
        public let password: String
    }

    /// Creates the user `admin`, an owner of this server, with a random password, if there is no user at all yet.
    /// - Returns: the account to show, or nil when this is not the first start.
    public func makeAdmin() async throws -> Account? {
        guard try await !store.read({ try UserRecord.exist(in: $0) }) else { return nil }
        let account = Account(name: "admin", password: Self.makePassword())
        var record = try await record(of: account, roles: [])
        record.serverRole = .owner
        let (admin, now) = (record, clock())
        try await store.write { try Self.insert(admin, now: now, in: $0) }
        return account
    }

    /// Creates the user `demo` with the role `user`, or gives it this password if it is there already.
    /// - Parameter password: the password to set, 1 to 256 bytes; nil makes a random one.
    /// - Throws: `FirstStart.PasswordError` when the password has a length that no login accepts.
    /// - Returns: the account to show.
    public func resetDemoUser(password: String?) async throws -> Account {
        let account = Account(name: "demo", password: password ?? Self.makePassword())
        guard (1...PasswordHashing.maximumPasswordBytes).contains(account.password.utf8.count) else {
            throw PasswordError()
        }
        let record = try await record(of: account, roles: ["user"])
        let now = clock()
        try await store.write { transaction in
            if let known = try UserRecord.find(name: account.name, in: transaction) {
                try UserRecord.setPassword(record.password, ofUser: known.id, now: now, in: transaction)
                try AuditEvent(.passwordChanged, by: AuditActor(.operator), user: known.id)
                    .insert(now: now, in: transaction)
            } else {
                try Self.insert(record, now: now, in: transaction)
            }
        }
        return account
    }

    /// A password that was given is too short or too long.
    public struct PasswordError: Error, Sendable, CustomStringConvertible {
        /// What to do.
        public var description: String {
            "a password must have 1 to \(PasswordHashing.maximumPasswordBytes) bytes"
        }
    }

    /// Whoever starts the server makes the accounts.
    private static func insert(_ user: UserRecord, now: Int64, in transaction: Transaction) throws(StoreError) {
        try user.insert(now: now, in: transaction)
        try AuditEvent(.userCreated, by: AuditActor(.operator), user: user.id, detail: user.name.text)
            .insert(now: now, in: transaction)
    }

    private func record(of account: Account, roles: [ByteString]) async throws -> UserRecord {
        UserRecord(
            id: UserRecord.makeID(), name: account.name, roles: roles,
            password: try await passwords.hash(Array(account.password.utf8)), isActive: true)
    }

    /// 144 random bits as 24 characters.
    private static func makePassword() -> String {
        Base64URL.encode(RandomBytes.make(count: 18))
    }
}

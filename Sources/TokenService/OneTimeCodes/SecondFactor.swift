import Codecs
import ControlPlane
import JOSE
import NIOCore
import Storage

/// What a person shows beside their password: the code of an authenticator app, or a recovery code in its place.
struct SecondFactor: Sendable {
    private let store: Store
    private let secrets: SealedColumn
    /// Wrong codes are counted for the account alone, wherever they come from: whoever gets here knows the password, so
    /// the owner is not locked out by strangers.
    private let throttle: LoginThrottle
    private let refusals: RefusalLog
    private let clock: @Sendable () -> Int64

    init(_ parts: AuthorizationParts) {
        store = parts.store
        secrets = .authenticatorSecrets(parts.store.masterKey)
        throttle = parts.secondFactorThrottle
        refusals = parts.refusals
        clock = parts.clock
    }

    /// What a user has.
    struct Setup: Sendable {
        let isActive: Bool
        let recoveryCodes: Int
    }

    func setup(ofUser id: String) async throws -> Setup {
        try await store.read { transaction in
            Setup(
                isActive: try AuthenticatorRecord.find(user: id, in: transaction)?.isActive ?? false,
                recoveryCodes: try RecoveryCodeRecord.count(user: id, in: transaction))
        }
    }

    /// Judges a code, which works once.
    /// - Returns: how the person proved who they are, beside the password (`amr`, RFC 8176).
    /// - Throws: 401 when it is wrong, 429 after too many.
    func judge(
        _ typed: ByteString, ofUser id: String, address: SocketAddress?
    ) async throws -> [ByteString] {
        let now = clock()
        if let wait = throttle.admit(account: ByteString(id), address: nil, now: now) {
            throw ProblemOf.tooManyTries(wait: wait)
        }
        let methods = try await store.write { transaction -> [ByteString]? in
            guard let record = try AuthenticatorRecord.find(user: id, in: transaction), record.isActive else {
                return nil
            }
            if try accept(typed, record, user: id, now: now, in: transaction) { return ["otp", "mfa"] }
            let isRecovered =
                try RecoveryCode(typed: typed).map { code in
                    try RecoveryCodeRecord.spend(code, user: id, in: transaction)
                } ?? false
            guard isRecovered else {
                let refused = AuditEvent(.secondFactorRefused, by: AuditActor(.nobody, at: address), user: id)
                try refusals.insert(refused, now: now, in: transaction)
                return nil
            }
            try AuditEvent(.recoveryCodeUsed, by: AuditActor(.person(id), at: address), user: id)
                .insert(now: now, in: transaction)
            return ["mfa"]
        }
        guard let methods else { throw ProblemOf.wrongCode }
        throttle.succeeded(account: ByteString(id), address: nil)
        return methods
    }

    /// Begins to set an app up: a new secret, which counts for nothing until the app has shown a code.
    func begin(user id: String) async throws -> TimedCode {
        let code = TimedCode()
        let sealed = try secrets.seal(code.secretBytes, row: id)
        let now = clock()
        try await store.write {
            try AuthenticatorRecord.begin(user: id, sealedSecret: sealed, now: now, in: $0)
        }
        return code
    }

    /// The secret that waits for its first code; nil when there is none.
    func pending(user id: String) async throws -> TimedCode? {
        let record = try await store.read { try AuthenticatorRecord.find(user: id, in: $0) }
        guard let record, !record.isActive else { return nil }
        return TimedCode(secret: try secrets.open(record.sealedSecret, row: id))
    }

    /// Ends setting up with the app's first code.
    /// - Returns: recovery codes, to be shown once; nil when the code is wrong.
    func confirm(_ typed: ByteString, user id: String, by actor: AuditActor) async throws -> [RecoveryCode]? {
        let now = clock()
        let codes = (0..<RecoveryCode.count).map { _ in RecoveryCode() }
        let isRight = try await store.write { transaction -> Bool in
            guard let record = try AuthenticatorRecord.find(user: id, in: transaction), !record.isActive,
                try accept(typed, record, user: id, now: now, in: transaction)
            else { return false }
            try RecoveryCodeRecord.replace(codes, user: id, in: transaction)
            try AuditEvent(.authenticatorAdded, by: actor, user: id).insert(now: now, in: transaction)
            return true
        }
        return isRight ? codes : nil
    }

    /// Makes new recovery codes; the ones before are no good any more.
    func renewRecoveryCodes(user id: String, by actor: AuditActor) async throws -> [RecoveryCode] {
        let codes = (0..<RecoveryCode.count).map { _ in RecoveryCode() }
        let now = clock()
        try await store.write { transaction in
            try RecoveryCodeRecord.replace(codes, user: id, in: transaction)
            try AuditEvent(.recoveryCodesMade, by: actor, user: id).insert(now: now, in: transaction)
        }
        return codes
    }

    /// Takes the app and its recovery codes away.
    func remove(user id: String, by actor: AuditActor) async throws {
        let now = clock()
        try await store.write { transaction in
            try AuditEvent(.authenticatorRemoved, by: actor, user: id).insert(now: now, in: transaction)
            try AuthenticatorRecord.delete(user: id, in: transaction)
            try RecoveryCodeRecord.replace([], user: id, in: transaction)
        }
    }

    private func accept(
        _ typed: ByteString, _ record: AuthenticatorRecord, user id: String, now: Int64, in transaction: Transaction
    ) throws -> Bool {
        guard let code = TimedCode(secret: try secrets.open(record.sealedSecret, row: id)),
            let step = code.acceptedStep(of: typed, now: now, after: record.lastStep)
        else { return false }
        return try AuthenticatorRecord.accept(step: step, user: id, in: transaction)
    }
}

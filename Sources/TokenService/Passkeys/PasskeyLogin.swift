import Codecs
import ControlPlane
import JOSE
import Logging
import NIOCore
import OAuth
import Storage

/// Registers passkeys and lets their owners in. A challenge is answered once, right or wrong.
struct PasskeyLogin: Sendable {
    /// How many passkeys a person may have.
    static let most = 20

    private let store: Store
    private let ceremony: PasskeyCeremony?
    private let refusals: RefusalLog
    private let clock: @Sendable () -> Int64
    private let logger: Logger

    init(_ parts: AuthorizationParts) {
        store = parts.store
        ceremony = PasskeyCeremony(issuer: parts.configuration.issuer)
        refusals = parts.refusals
        clock = parts.clock
        logger = parts.logger
    }

    /// The relying party's id; nil where there can be no passkeys: browsers bind them to names, not to addresses.
    var relyingParty: ByteString? { ceremony?.relyingParty }

    /// Whose passkey answered a login's challenge.
    /// - Parameter answer: what the page's script made of the browser's answer.
    /// - Throws: 401 whatever is wrong with it.
    func user(
        of answer: ByteString, _ login: LoginTransactions.Found, address: SocketAddress?
    ) async throws -> UserRecord {
        guard let ceremony, let answer = Answer(answer) else { throw ProblemOf.passkeyRefused }
        let now = clock()
        let outcome = try await store.write { transaction -> Result<UserRecord, PasskeyRefusal> in
            guard
                try LoginTransactionRecord.spend(
                    challenge: login.record.challenge, of: login.name, in: transaction)
            else { return .failure(PasskeyRefusal(.wrongQuestion, "the challenge was answered before")) }
            guard let passkey = try PasskeyRecord.find(answer.credential, in: transaction),
                let user = try UserRecord.find(id: passkey.userID, in: transaction), user.isActive
            else { return .failure(PasskeyRefusal(.unsupportedKey, "the passkey is nobody's here")) }
            let use = Result { () throws(PasskeyRefusal) in
                try ceremony.assert(
                    clientData: answer.clientData, authenticatorData: answer.data, signature: answer.signature,
                    challenge: login.record.challenge, key: passkey.key, signCount: passkey.signCount)
            }
            switch use {
            case .success(let use):
                try passkey.note(use, now: now, in: transaction)
            case .failure(let refusal):
                let refused = AuditEvent(
                    .passkeyRefused, by: AuditActor(.nobody, at: address), user: user.id, detail: refusal.detail)
                try refusals.insert(refused, now: now, in: transaction)
            }
            return use.map { _ in user }
        }
        switch outcome {
        case .success(let user):
            return user
        case .failure(let refusal):
            logger.notice("passkey refused", metadata: ["reason": "\(refusal.detail)"])
            throw ProblemOf.passkeyRefused
        }
    }

    /// Registers a passkey for a user who is logged in.
    /// - Parameters:
    ///   - answer: what the page's script made of the browser's answer.
    ///   - name: what the owner calls it.
    func register(
        _ answer: ByteString, name: ByteString, user id: String, _ login: LoginTransactions.Found,
        by actor: AuditActor
    ) async throws {
        guard let ceremony, let answer = Answer(answer) else { throw ProblemOf.passkeyRefused }
        let registration: PasskeyCeremony.Registration
        do throws(PasskeyRefusal) {
            registration = try ceremony.register(
                clientData: answer.clientData, attestationObject: answer.data, challenge: login.record.challenge)
        } catch {
            logger.notice("passkey refused", metadata: ["reason": "\(error.detail)"])
            throw ProblemOf.passkeyRefused
        }
        let record = PasskeyRecord(
            credential: registration.credentialID, userID: id, name: name, key: registration.key,
            signCount: registration.signCount, isBackedUp: registration.isBackedUp, created: clock(), used: nil)
        let isStored = try await store.write { transaction -> Bool in
            guard try LoginTransactionRecord.delete(login.name, in: transaction),
                try PasskeyRecord.all(ofUser: id, in: transaction).count < Self.most
            else { return false }
            try AuditEvent(.passkeyAdded, by: actor, user: id, detail: name.text)
                .insert(now: record.created, in: transaction)
            return try record.insert(in: transaction)
        }
        guard isStored else { throw ProblemOf.passkeyRefused }
    }

    /// What the page's script sends: the parts of a credential in base64url (Web Authentication §5.1).
    private struct Answer {
        let credential: [UInt8]
        let clientData: [UInt8]
        /// The authenticator data of a use, or the attestation object of a registration.
        let data: [UInt8]
        let signature: [UInt8]

        init?(_ text: ByteString) {
            guard let members = (try? JSONReader.read(text.bytes, depth: 2))?.object else { return nil }
            func bytes(_ name: ByteString) -> [UInt8]? {
                members[name]?.string.flatMap { try? Base64URL.decode($0.bytes) }
            }
            guard let credential = bytes("id"), let clientData = bytes("clientDataJSON"), let data = bytes("data")
            else {
                return nil
            }
            self.credential = credential
            self.clientData = clientData
            self.data = data
            signature = bytes("signature") ?? []
        }
    }
}

extension PasskeyCeremony {
    /// The ceremony of an issuer's pages; nil when its host is an address: no browser makes passkeys for one.
    init?(issuer: ByteString) {
        let origin = RedirectURI.origin(of: issuer)
        let host = origin.text.drop { $0 != "/" }.dropFirst(2).prefix { $0 != ":" }
        guard let first = host.first, first != "[", host.contains(where: \.isLetter) else { return nil }
        self.init(relyingParty: ByteString(String(host)), origin: origin)
    }
}

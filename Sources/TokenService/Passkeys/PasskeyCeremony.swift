import Codecs
import Crypto

/// Why a passkey is not accepted. Nothing in it is secret.
struct PasskeyRefusal: Error, Equatable, Sendable {
    enum Reason: Sendable {
        /// Something cannot be read.
        case malformed
        /// It answers another question: another challenge, page or kind.
        case wrongQuestion
        /// Nobody was there, or nobody checked who it was.
        case userNotVerified
        /// The signature does not belong to it.
        case signature
        /// The key is of no kind that is accepted.
        case unsupportedKey
        /// The counter went back: there may be a copy of the key.
        case cloned
    }

    let reason: Reason
    let detail: String

    init(_ reason: Reason, _ detail: String) {
        self.reason = reason
        self.detail = detail
    }
}

/// Judges what a browser brings from an authenticator (Web Authentication §7.1, §7.2). Pure: the challenge, and whose
/// key it is, are the caller's to know.
///
/// Attestation is not looked at: it would say which make a key is of, and nothing here depends on that.
struct PasskeyCeremony: Sendable {
    /// The relying party's id: the host of the issuer.
    let relyingParty: ByteString
    /// The one origin whose pages may ask.
    let origin: ByteString

    /// A key that was registered.
    struct Registration: Sendable {
        let credentialID: [UInt8]
        let key: PasskeyKey
        let signCount: UInt32
        let isBackedUp: Bool
    }

    /// A key that was used.
    struct Assertion: Sendable {
        let signCount: UInt32
        let isBackedUp: Bool
    }

    /// Judges a new key (§7.1).
    /// - Parameters:
    ///   - clientData: `clientDataJSON` as the browser made it.
    ///   - attestationObject: as the browser made it.
    ///   - challenge: the 32 random bytes that were sent.
    func register(
        clientData: [UInt8], attestationObject: [UInt8], challenge: [UInt8]
    ) throws(PasskeyRefusal) -> Registration {
        try judge(clientData, type: "webauthn.create", challenge: challenge)
        guard let object = try? CBORReader.read(attestationObject), let bytes = object["authData"]?.bytes else {
            throw PasskeyRefusal(.malformed, "the attestation object cannot be read")
        }
        let data = try AuthenticatorData(bytes)
        try judge(data)
        guard let credential = data.credential else {
            throw PasskeyRefusal(.malformed, "there is no key in the authenticator data")
        }
        return Registration(
            credentialID: credential.id, key: try PasskeyKey(cose: credential.publicKey), signCount: data.signCount,
            isBackedUp: data.isBackedUp)
    }

    /// Judges a use of a key (§7.2).
    /// - Parameters:
    ///   - key: the key that belongs to the credential's id.
    ///   - signCount: its counter as it was after the last use.
    func assert(
        clientData: [UInt8], authenticatorData: [UInt8], signature: [UInt8], challenge: [UInt8], key: PasskeyKey,
        signCount: UInt32
    ) throws(PasskeyRefusal) -> Assertion {
        try judge(clientData, type: "webauthn.get", challenge: challenge)
        let data = try AuthenticatorData(authenticatorData)
        try judge(data)
        guard key.verifies(signature, over: authenticatorData + Array(SHA256.hash(data: clientData))) else {
            throw PasskeyRefusal(.signature, "the signature is not one of this key")
        }
        // Two zeros mean that the authenticator does not count (§7.2 step 22).
        guard data.signCount > signCount || (data.signCount == 0 && signCount == 0) else {
            throw PasskeyRefusal(.cloned, "the key's counter did not go up")
        }
        return Assertion(signCount: data.signCount, isBackedUp: data.isBackedUp)
    }

    /// `clientDataJSON` (§5.8.1): read as JSON, its members compared byte by byte.
    private func judge(_ clientData: [UInt8], type: ByteString, challenge: [UInt8]) throws(PasskeyRefusal) {
        guard clientData.count <= 4_096, let members = (try? JSONReader.read(clientData, depth: 4))?.object else {
            throw PasskeyRefusal(.malformed, "the client data cannot be read")
        }
        guard members["type"]?.string == type else {
            throw PasskeyRefusal(.wrongQuestion, "the answer is for another ceremony")
        }
        guard members["challenge"]?.string == ByteString(Base64URL.encode(challenge)) else {
            throw PasskeyRefusal(.wrongQuestion, "the answer is for another challenge")
        }
        guard members["origin"]?.string == origin else {
            throw PasskeyRefusal(.wrongQuestion, "another page asked for it")
        }
        guard members["crossOrigin"]?.bool ?? false == false else {
            throw PasskeyRefusal(.wrongQuestion, "a page inside another page asked for it")
        }
    }

    private func judge(_ data: AuthenticatorData) throws(PasskeyRefusal) {
        guard data.relyingPartyHash == Array(SHA256.hash(data: relyingParty.bytes)) else {
            throw PasskeyRefusal(.wrongQuestion, "the key is for another site")
        }
        guard data.isUserPresent, data.isUserVerified else {
            throw PasskeyRefusal(.userNotVerified, "the authenticator did not check who is there")
        }
    }
}

import Codecs
import Testing
import Tokens

@testable import TokenService

@Suite struct PasskeyTests {
    private let ceremony = PasskeyCeremony(relyingParty: "localhost", origin: "http://localhost:8080")
    private let challenge = [UInt8](repeating: 9, count: 32)

    private func clientData(
        _ type: String = "webauthn.create", challenge: [UInt8]? = nil, origin: String = "http://localhost:8080",
        further: JSONObject = [:]
    ) -> [UInt8] {
        SoftwareAuthenticator.clientData(
            type: type, challenge: challenge ?? self.challenge, origin: origin, further: further)
    }

    private func register(_ authenticator: SoftwareAuthenticator) throws -> PasskeyCeremony.Registration {
        try ceremony.register(
            clientData: clientData(), attestationObject: try authenticator.attestationObject(), challenge: challenge)
    }

    @Test(arguments: [SignatureAlgorithm.es256, .rs256, .ed25519])
    func `a key of each kind registers, and logs in from what is stored of it`(algorithm: SignatureAlgorithm) throws {
        var authenticator = try SoftwareAuthenticator(algorithm)
        let registration = try register(authenticator)
        #expect(registration.credentialID == authenticator.credentialID)
        #expect(registration.signCount == 0)
        let stored = try PasskeyKey(jwk: registration.key.jwk)
        // ECDSA's numbers vary in length, so more than one.
        for count in 1...20 as ClosedRange<UInt32> {
            authenticator.signCount = count
            let data = clientData("webauthn.get")
            let answer = try authenticator.assertion(clientData: data)
            let assertion = try ceremony.assert(
                clientData: data, authenticatorData: answer.data, signature: answer.signature, challenge: challenge,
                key: stored, signCount: count - 1)
            #expect(assertion.signCount == count)
        }
    }

    @Test func `answers to another question are refused`() throws {
        let authenticator = try SoftwareAuthenticator(.es256)
        let object = try authenticator.attestationObject()
        let others = [
            clientData("webauthn.get"), clientData(challenge: [1]), clientData(origin: "http://localhost:8081"),
            clientData(origin: "https://localhost:8080"), clientData(origin: "http://localhost:8080.evil.example"),
            clientData(further: ["crossOrigin": true]),
        ]
        for data in others {
            let refusal = #expect(throws: PasskeyRefusal.self) {
                try ceremony.register(clientData: data, attestationObject: object, challenge: challenge)
            }
            #expect(refusal?.reason == .wrongQuestion)
        }
        let elsewhere = try SoftwareAuthenticator(.es256, relyingParty: "example.com")
        #expect(#expect(throws: PasskeyRefusal.self) { try register(elsewhere) }?.reason == .wrongQuestion)
    }

    @Test(arguments: [0x00, 0x01, 0x04] as [UInt8])
    func `nobody there, or nobody checked, is refused`(flags: UInt8) throws {
        var authenticator = try SoftwareAuthenticator(.ed25519)
        authenticator.flags = flags
        #expect(#expect(throws: PasskeyRefusal.self) { try register(authenticator) }?.reason == .userNotVerified)
    }

    @Test func `every changed byte of a signed answer is refused`() throws {
        let authenticator = try SoftwareAuthenticator(.es256)
        let key = try register(authenticator).key
        let data = clientData("webauthn.get")
        let answer = try authenticator.assertion(clientData: data)
        func isAccepted(_ data: [UInt8], _ authenticatorData: [UInt8], _ signature: [UInt8]) -> Bool {
            (try? ceremony.assert(
                clientData: data, authenticatorData: authenticatorData, signature: signature, challenge: challenge,
                key: key, signCount: 0)) != nil
        }
        #expect(isAccepted(data, answer.data, answer.signature))
        for (part, whole) in [data, answer.data, answer.signature].enumerated() {
            for place in whole.indices {
                var parts = [data, answer.data, answer.signature]
                parts[part][place] ^= 0x01
                #expect(!isAccepted(parts[0], parts[1], parts[2]))
                parts[part] = Array(whole[..<place])
                #expect(!isAccepted(parts[0], parts[1], parts[2]))
            }
        }
        let another = try register(SoftwareAuthenticator(.es256)).key
        let refusal = #expect(throws: PasskeyRefusal.self) {
            try ceremony.assert(
                clientData: data, authenticatorData: answer.data, signature: answer.signature, challenge: challenge,
                key: another, signCount: 0)
        }
        #expect(refusal?.reason == .signature)
    }

    @Test func `a counter that does not go up betrays a copy`() throws {
        var authenticator = try SoftwareAuthenticator(.ed25519)
        let key = try register(authenticator).key
        let data = clientData("webauthn.get")
        for (said, known, isAccepted) in [(0, 0, true), (5, 4, true), (5, 5, false), (4, 5, false), (0, 5, false)] {
            authenticator.signCount = UInt32(said)
            let answer = try authenticator.assertion(clientData: data)
            let assertion = try? ceremony.assert(
                clientData: data, authenticatorData: answer.data, signature: answer.signature, challenge: challenge,
                key: key, signCount: UInt32(known))
            #expect((assertion != nil) == isAccepted)
        }
    }

    @Test func `no cut of an attestation object traps or registers`() throws {
        let object = try SoftwareAuthenticator(.rs256).attestationObject()
        for end in 0..<object.count {
            #expect(throws: PasskeyRefusal.self) {
                try ceremony.register(
                    clientData: clientData(), attestationObject: Array(object[..<end]), challenge: challenge)
            }
        }
    }

    @Test func `keys of other kinds are refused`() throws {
        // ES384, an ECDH key, an octet key, and ES256 on another curve.
        for cose: [UInt8] in [
            [0xA3, 0x01, 0x02, 0x03, 0x38, 0x22, 0x20, 0x02], [0xA3, 0x01, 0x02, 0x03, 0x38, 0x18, 0x20, 0x01],
            [0xA2, 0x01, 0x04, 0x03, 0x05], [0xA3, 0x01, 0x02, 0x03, 0x26, 0x20, 0x02], [0xA0], [0x00],
        ] {
            let refusal = #expect(throws: PasskeyRefusal.self) { try PasskeyKey(cose: try CBORReader.read(cose)) }
            #expect(refusal?.reason == .unsupportedKey)
        }
    }
}

import ArgumentParser
import Codecs
import Crypto
import JOSE
import Tokens

/// Certificates in files.
enum CertificateFile {
    /// The certificates of a PEM file.
    static func read(_ path: String) throws -> [Certificate] {
        do {
            let blocks = try PEM.read(try InputFile.read(path)).filter { $0.label == "CERTIFICATE" }
            guard !blocks.isEmpty else { throw CommandFailure.usage("\(path) holds no certificate in PEM") }
            return try blocks.map { try Certificate(der: $0.der) }
        } catch let error as KeyError {
            throw CommandFailure.usage("\(path): \(error.detail) (\(error.code.rawValue))")
        } catch let error as PEMError {
            throw CommandFailure.usage("\(path) holds no certificate in PEM: \(error.description)")
        }
    }

    /// A chain for a token's header (RFC 7515 §4.1.6), the first certificate of which is for this key.
    static func chain(_ path: String, of key: VerificationKey) throws -> JSON {
        let chain = try read(path)
        guard chain.count <= KeyCertificates.maximumCount else {
            throw CommandFailure.usage("\(path): a chain has at most \(KeyCertificates.maximumCount) certificates")
        }
        do {
            let own = try KeyDocument(try chain[0].key())
            guard let jwk = key.publicJWK, own.matches(try KeyDocument(try JWKReader.key(jwk))) else {
                throw CommandFailure.usage("\(path): the first certificate is not for the key that signs")
            }
        } catch let error as KeyError {
            throw CommandFailure.usage("\(path): \(error.detail) (\(error.code.rawValue))")
        }
        return .array(chain.map { .string(ByteString(Base64.encode($0.der))) })
    }

    /// What a certificate says, for programs.
    static func json(_ certificate: Certificate) -> JSONObject {
        func text(_ value: String) -> JSON { .string(ByteString(value)) }
        return [
            "subject": text(certificate.subject), "issuer": text(certificate.issuer),
            "notBefore": text(NumericDate(seconds: certificate.notBefore).utc),
            "notAfter": text(NumericDate(seconds: certificate.notAfter).utc),
            "serialNumber": text(Hex.encode(certificate.serialNumber)),
            "sha256": text(Hex.encode(Array(SHA256.hash(data: certificate.der)))),
        ]
    }

    /// What a certificate says, for people. That it says so proves nothing.
    static func text(_ certificate: Certificate) -> String {
        let first = NumericDate(seconds: certificate.notBefore).utc
        let last = NumericDate(seconds: certificate.notAfter).utc
        return """
              certificate for \(Display.quoted(ByteString(certificate.subject)))
                issued by \(Display.quoted(ByteString(certificate.issuer)))
                valid from \(first) to \(last)
                serial number \(Hex.encode(certificate.serialNumber))
                SHA-256 \(Hex.encode(Array(SHA256.hash(data: certificate.der))))
            """
    }
}

extension VerifyCommand {
    /// Verifies a token with the key of its own certificates.
    func verifyCertified(roots: String) async throws {
        let trust: CertificateTrust
        do {
            trust = try CertificateTrust(anchors: try CertificateFile.read(roots))
        } catch let error as KeyError {
            throw CommandFailure.usage("\(roots): \(error.detail) (\(error.code.rawValue))")
        }
        let algorithms = keys.algorithm.map { [$0] } ?? SignatureAlgorithm.allCases.filter { $0.family != .hmac }
        let verifier = CertifiedTokenVerifier(trust: trust, policy: policy.policy(algorithms: algorithms))
        var steps: [VerificationStep] = []
        do {
            let verified = try await verifier.verify(try input.read(), now: policy.now, revocations: nil) {
                steps.append($0)
            }
            show(steps, verdict: "valid", code: nil, header: verified.header.json, claims: verified.claims.json)
        } catch let rejection as TokenRejection {
            show(steps, verdict: "refused", code: rejection.code, header: nil, claims: nil)
            throw ExitCode(CommandFailure.refused)
        }
    }
}

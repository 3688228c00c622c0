import Crypto
import Foundation
import JWTKit

/// One algorithm: its key in two collections, one that signs and one that verifies.
final class PeerCase {
    static let algorithms = [
        "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
        "Ed25519", "ML-DSA-65", "ML-DSA-87",
    ]

    private let signing = JWTKeyCollection()
    private let verifying = JWTKeyCollection()
    private let token: String
    private let claims: PeerClaims
    private var batches: [String: Int] = [:]
    private static let id: JWKIdentifier = "benchmark-2026"

    init(_ algorithm: String, in folder: String) async throws {
        let home = folder + "/" + algorithm
        func text(_ name: String) throws -> String { try String(contentsOfFile: home + "/" + name, encoding: .utf8) }
        let suffix = algorithm == "Ed25519" ? ".EdDSA" : ""
        token = try text("token" + suffix)
        let forged = try text("forged" + suffix)
        try await Self.add(algorithm, home: home, to: signing, verifying, text: text)
        claims = try await verifying.verify(token, as: PeerClaims.self)
        _ = try await verifying.verify(try await signing.sign(claims, kid: Self.id), as: PeerClaims.self)
        guard (try? await verifying.verify(forged, as: PeerClaims.self)) == nil else {
            throw JWTError.generic(identifier: "forged", reason: "a forged token passed")
        }
    }

    private static func add(
        _ algorithm: String, home: String, to signing: JWTKeyCollection, _ verifying: JWTKeyCollection,
        text: (String) throws -> String
    ) async throws {
        let hash: DigestAlgorithm =
            algorithm.hasSuffix("256") ? .sha256 : algorithm.hasSuffix("384") ? .sha384 : .sha512
        switch algorithm.prefix(2) {
        case "HS":
            let secret = HMACKey(from: try Data(contentsOf: URL(fileURLWithPath: home + "/secret")))
            await signing.add(hmac: secret, digestAlgorithm: hash, kid: id)
            await verifying.add(hmac: secret, digestAlgorithm: hash, kid: id)
        case "RS":
            await signing.add(
                rsa: try Insecure.RSA.PrivateKey(pem: try text("private.pem")), digestAlgorithm: hash, kid: id)
            await verifying.add(
                rsa: try Insecure.RSA.PublicKey(pem: try text("public.pem")), digestAlgorithm: hash, kid: id)
        case "PS":
            await signing.add(
                pss: try Insecure.RSA.PrivateKey(pem: try text("private.pem")), digestAlgorithm: hash, kid: id)
            await verifying.add(
                pss: try Insecure.RSA.PublicKey(pem: try text("public.pem")), digestAlgorithm: hash, kid: id)
        case "ES" where hash == .sha256:
            await signing.add(ecdsa: try ES256PrivateKey(pem: try text("private.pem")), kid: id)
            await verifying.add(ecdsa: try ES256PublicKey(pem: try text("public.pem")), kid: id)
        case "ES" where hash == .sha384:
            await signing.add(ecdsa: try ES384PrivateKey(pem: try text("private.pem")), kid: id)
            await verifying.add(ecdsa: try ES384PublicKey(pem: try text("public.pem")), kid: id)
        case "ES":
            await signing.add(ecdsa: try ES512PrivateKey(pem: try text("private.pem")), kid: id)
            await verifying.add(ecdsa: try ES512PublicKey(pem: try text("public.pem")), kid: id)
        case "Ed":
            await signing.add(eddsa: try EdDSA.PrivateKey(pem: try text("private.pem")), kid: id)
            await verifying.add(eddsa: try EdDSA.PublicKey(pem: try text("public.pem")), kid: id)
        default:
            guard #available(macOS 26.0, *) else { throw JWTError.generic(identifier: "system", reason: "too old") }
            if algorithm == "ML-DSA-65" {
                let key = try MLDSA65PrivateKey(seedRepresentation: try seed(text("private.jwk")))
                await signing.add(mldsa: key, kid: id)
                await verifying.add(mldsa: key.publicKey, kid: id)
            } else {
                let key = try MLDSA87PrivateKey(seedRepresentation: try seed(text("private.jwk")))
                await signing.add(mldsa: key, kid: id)
                await verifying.add(mldsa: key.publicKey, kid: id)
            }
        }
    }

    private static func seed(_ jwk: String) throws -> Data {
        struct Members: Decodable { let priv: String }
        let text = try JSONDecoder().decode(Members.self, from: Data(jwk.utf8)).priv
            .replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
        let padded = text + String(repeating: "=", count: (4 - text.count % 4) % 4)
        return Data(base64Encoded: padded) ?? Data()
    }

    func measure(_ operation: String, seconds: Double) async throws -> Double {
        var batch = batches[operation] ?? 0
        if batch == 0 {
            batch = 1
            while try await time(operation, batch) < 0.002 { batch *= 2 }
            batches[operation] = batch
        }
        var (done, spent) = (0, 0.0)
        while spent < seconds {
            spent += try await time(operation, batch)
            done += batch
        }
        return Double(done) / spent
    }

    private func time(_ operation: String, _ count: Int) async throws -> Double {
        let start = ContinuousClock.now
        if operation == "verify" {
            for _ in 0..<count { _ = try await verifying.verify(token, as: PeerClaims.self) }
        } else {
            for _ in 0..<count { _ = try await signing.sign(claims, kid: Self.id) }
        }
        let elapsed = ContinuousClock.now - start
        return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
    }
}

public import Codecs
import Foundation
public import Tokens

/// One algorithm's key and token, from the folder that all programs of a run read (jwt/material.py).
public struct Material {
    /// The algorithm.
    public let algorithm: SignatureAlgorithm
    /// The private key or the secret, as it stands in its JWK.
    public let jwk: JSONObject
    /// A token that is good now.
    public let token: [UInt8]
    /// The same token with one bit of its signature turned.
    public let forged: [UInt8]
    /// What the token says.
    public let claims: JSONObject

    /// Reads it.
    public init(_ algorithm: SignatureAlgorithm, in folder: String) throws {
        let home = folder + "/" + algorithm.rawValue
        self.algorithm = algorithm
        jwk = try Self.object(home + "/private.jwk")
        token = try Self.read(home + "/token")
        forged = try Self.read(home + "/forged")
        claims = try Self.object(folder + "/claims.json")
    }

    /// One member of the JWK, out of its base64url.
    public func number(_ name: ByteString) throws -> [UInt8] {
        guard let text = jwk[name]?.string else { throw BrokenWork("the JWK has no \(name.text)") }
        return try Base64URL.decode(text.bytes)
    }

    /// What every verifier of a run asks: the algorithm, `exp`, `nbf`, issuer and audience.
    public var policy: ClaimPolicy {
        ClaimPolicy(
            algorithms: [algorithm], types: ["JWT"], issuers: ["https://idp.example/realms/production"],
            audiences: ["https://api.example/orders"],
            requiredClaims: [ClaimRequirement("exp"), ClaimRequirement("nbf"), ClaimRequirement("sub")])
    }

    private static func object(_ path: String) throws -> JSONObject {
        guard let object = try JSONReader.read(try read(path)).object else { throw BrokenWork("\(path) is no object") }
        return object
    }

    private static func read(_ path: String) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else { throw BrokenWork("\(path) is not there") }
        return [UInt8](data)
    }
}

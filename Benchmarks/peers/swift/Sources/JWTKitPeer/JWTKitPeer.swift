import Foundation
import JWTKit

/// The peer jwt-kit, its keys parsed once; called off the main actor, where it is about twice as fast. The exchange with
/// the runner is in ../../README.md.
@main
struct JWTKitPeer {
    static func main() async throws {
        let folder = CommandLine.arguments.dropFirst().first ?? "."
        print("about jwt-kit jwt-kit 5.7.1 or later of that major version (vapor/jwt-kit)")
        try await Task.detached { try await serve(folder) }.value
    }

    private static func serve(_ folder: String) async throws {
        var cases: [String: PeerCase] = [:]
        for algorithm in PeerCase.algorithms {
            do {
                cases[algorithm] = try await PeerCase(algorithm, in: folder)
                print("can jwt-kit \(algorithm) verify\ncan jwt-kit \(algorithm) sign")
            } catch {
                print("fails jwt-kit \(algorithm) \(error)")
            }
        }
        print("ready")
        fflush(nil)
        while let line = readLine() {
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 4, let seconds = Double(words[3]), let one = cases[words[1]] else { continue }
            let rate = String(format: "%.1f", try await one.measure(words[2], seconds: seconds))
            print("jwt-kit \(words[1]) \(words[2]) \(rate)")
            fflush(nil)
        }
    }
}

/// The eight claims.
struct PeerClaims: JWTPayload {
    var iss: IssuerClaim
    var sub: SubjectClaim
    var aud: AudienceClaim
    var exp: ExpirationClaim
    var nbf: NotBeforeClaim
    var iat: IssuedAtClaim
    var jti: IDClaim
    var scope: String

    func verify(using _: some JWTAlgorithm) throws {
        try exp.verifyNotExpired()
        try nbf.verifyNotBefore()
        try aud.verifyIntendedAudience(includes: "https://api.example/orders")
        guard iss.value == "https://idp.example/realms/production" else {
            throw JWTError.claimVerificationFailure(failedClaim: iss, reason: "issuer")
        }
    }
}

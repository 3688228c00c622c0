import CAllocationCounter
import Codecs
import Foundation
import JOSE
import TokenWork
import Tokens

/// `bench-budget`: does one operation so many times and says how often it asked the heap for memory.
///
/// jwt/check_budgets.py runs it under callgrind with two counts; the difference is what the operations cost, without the
/// start. `bench-budget make FOLDER` makes the keys and tokens, `bench-budget list FOLDER` names the operations,
/// `bench-budget run FOLDER ALG OP COUNT` does one.
@main
struct TokenBudget {
    static let algorithms: [SignatureAlgorithm] = [.hs256, .rs256, .es256, .ed25519]

    static func main() throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch (arguments.first, arguments.count) {
        case ("make", 2): try make(arguments[1])
        case ("list", 2):
            for algorithm in algorithms {
                for work in try operations(algorithm.rawValue, arguments[1]) {
                    print("\(work.algorithm) \(work.operation)")
                }
            }
        case ("run", 5):
            guard let count = Int(arguments[4]),
                let work = try operations(arguments[2], arguments[1]).first(where: { $0.operation == arguments[3] })
            else { throw BrokenWork("no such operation") }
            // What is made once, on first use, is nobody's cost.
            try work.run(3)
            allocation_counter_start()
            try work.run(count)
            print(allocation_counter_stop())
        default: throw BrokenWork("usage: bench-budget make FOLDER | list FOLDER | run FOLDER ALG OP COUNT")
        }
    }

    /// Signing is budgeted where it is ours; the mathematics of the others is the backend's.
    private static func operations(_ name: String, _ folder: String) throws -> [Work] {
        guard let algorithm = algorithms.first(where: { $0.rawValue == name }) else { return [] }
        let material = try Material(algorithm, in: folder)
        let works = try SignetWork.all(material).filter { $0.operation != "sign" || algorithm == .hs256 }
        // Large enough that filling it never has to be tried again, which would differ from run to run.
        if algorithm == .hs256 { return works + [try SignetWork.cache(material, entries: 65_536)] }
        return works + (algorithm == .rs256 ? try SignetWork.steps(material) : [])
    }

    private static func make(_ folder: String) throws {
        let now = Int64(Date().timeIntervalSince1970)
        let claims: JSONObject = [
            "iss": "https://idp.example/realms/production", "sub": "3f1c2a54-9b7e-4d53-8f5e-1f0a6f7b2c11",
            "aud": "https://api.example/orders", "exp": .number(JSONNumber(now + 86_400)),
            "nbf": .number(JSONNumber(now)), "iat": .number(JSONNumber(now)),
            "jti": "b7a0c9f2-51d4-4f0f-9d43-0a6cfd9a7e21",
            "scope":
                "orders:read orders:write invoices:read invoices:write customers:read tickets:read profile email offline_access",
        ]
        try write(JSONWriter.write(.object(claims)), to: folder + "/claims.json")
        for algorithm in algorithms {
            let home = folder + "/" + algorithm.rawValue
            try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
            let key = try SigningKey.generate(algorithm, id: "benchmark-2026")
            let token = Array(try TokenSigner(key: key).sign(claims: claims).utf8)
            var forged = token
            forged[forged.count - 20] = forged[forged.count - 20] == 0x41 ? 0x42 : 0x41
            try write(JSONWriter.write(.object(key.privateJWK)), to: home + "/private.jwk")
            try write(token, to: home + "/token")
            try write(forged, to: home + "/forged")
        }
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }
}

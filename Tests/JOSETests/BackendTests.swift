import Codecs
import TestSupport
import Testing
import Tokens

@testable import JOSE

/// Every algorithm on every backend that has it, and the backends held against each other.
@Suite struct BackendTests {
    /// An algorithm in one backend.
    struct Row: Sendable, CustomTestStringConvertible {
        let algorithm: SignatureAlgorithm
        let backend: SignatureBackends.Choice
        var testDescription: String { "\(algorithm.rawValue) in \(backend.rawValue)" }
    }

    static let rows = SignatureAlgorithm.allCases.flatMap { algorithm in
        SignatureBackends.Choice.allCases.filter { Self.has($0, algorithm) }.map {
            Row(algorithm: algorithm, backend: $0)
        }
    }

    static func has(_ backend: SignatureBackends.Choice, _ algorithm: SignatureAlgorithm) -> Bool {
        switch backend {
        case .boringSSL: BoringSSLBackend.supports(algorithm)
        #if OpenSSL
            case .openSSL: OpenSSLBackend.supports(algorithm)
        #endif
        }
    }

    /// A key of each algorithm, with a public half, made once.
    static let materials: [SignatureAlgorithm: KeyMaterial] = {
        var made: [SignatureAlgorithm: KeyMaterial] = [:]
        for algorithm in SignatureAlgorithm.allCases {
            made[algorithm] = try? KeyMaker.make(algorithm, modulusSize: 2_048)
        }
        return made
    }()

    private func verifies(_ key: PreparedKey, _ signature: [UInt8], _ input: [UInt8]) -> Bool {
        signature.withUnsafeBytes { signature in
            input.withUnsafeBytes { key.verifies(signature: signature, input: $0) }
        }
    }

    private func sign(_ key: PreparedKey, _ input: [UInt8]) throws -> [UInt8] {
        try input.withUnsafeBytes { try key.sign($0) }
    }

    @Test func `the table names a backend that has the algorithm`() {
        for algorithm in SignatureAlgorithm.allCases {
            for operation in SignatureOperation.allCases {
                guard let choice = SignatureBackends.choice(algorithm, operation) else {
                    #expect(algorithm == .es256k || algorithm == .ed448)
                    continue
                }
                #expect(Self.has(choice, algorithm))
            }
            #expect(VerificationKey.supports(algorithm) == SigningKey.supported.contains(algorithm))
        }
        #if OpenSSL
            #expect(SigningKey.supported == SignatureAlgorithm.allCases)
        #else
            #expect(SigningKey.supported.count == SignatureAlgorithm.allCases.count - 2)
            for algorithm in [SignatureAlgorithm.es256k, .ed448] {
                #expect(
                    Keys.complaint { () throws(KeyError) in _ = try SigningKey.generate(algorithm) } == .unsupported)
            }
        #endif
    }

    @Test(arguments: rows) func `what a backend signs it verifies, and nothing else`(row: Row) throws {
        let material = try #require(Self.materials[row.algorithm])
        let signer = try PreparedKey(material, for: row.algorithm, to: .sign, in: row.backend)
        let verifier = try PreparedKey(
            try PublicHalf.of(material), for: row.algorithm, to: .verify, in: row.backend)
        var generator = SeededGenerator(seed: 7)
        for length in [0, 1, 55, 56, 63, 64, 65, 111, 112, 127, 128, 129, 500] {
            let input = generator.bytes(length)
            let signature = try sign(signer, input)
            if let length = row.algorithm.signatureLength { #expect(signature.count == length) }
            #expect(verifies(verifier, signature, input))
            #expect(!verifies(verifier, signature, input + [0]))
            for other in [[], signature + [0], [0] + signature, Array(signature.dropLast()), signature + signature] {
                #expect(!verifies(verifier, other, input))
            }
            #expect(!verifies(verifier, [UInt8](repeating: 0, count: signature.count), input))
            #expect(!verifies(verifier, [UInt8](repeating: 0xFF, count: signature.count), input))
        }
        if row.algorithm.family != .hmac {
            let signature = try sign(signer, [1])
            #expect(throws: (any Error).self) { try sign(verifier, [1]) }
            // A key prepared to sign may verify too where its library keeps both halves together; it never accepts more.
            #expect(!verifies(signer, signature, [2]))
        }
    }

    @Test(arguments: rows) func `a flipped bit anywhere is refused`(row: Row) throws {
        let material = try #require(Self.materials[row.algorithm])
        let signer = try PreparedKey(material, for: row.algorithm, to: .sign, in: row.backend)
        let verifier = try PreparedKey(
            try PublicHalf.of(material), for: row.algorithm, to: .verify, in: row.backend)
        let input = Array("some bytes that are signed".utf8)
        let signature = try sign(signer, input)
        for bit in stride(from: 0, to: signature.count * 8, by: max(1, signature.count / 10)) {
            var flipped = signature
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!verifies(verifier, flipped, input), "bit \(bit)")
        }
        for bit in 0..<(input.count * 8) {
            var flipped = input
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!verifies(verifier, signature, flipped), "bit \(bit)")
        }
    }

    @Test(arguments: rows) func `a key of another kind is refused`(row: Row) throws {
        for (algorithm, material) in Self.materials where algorithm.family != row.algorithm.family {
            if algorithm.family.rawValue.hasPrefix("rsa"), row.algorithm.family.rawValue.hasPrefix("rsa") { continue }
            for operation in SignatureOperation.allCases {
                #expect(throws: (any Error).self) {
                    try PreparedKey(material, for: row.algorithm, to: operation, in: row.backend)
                }
            }
        }
        #expect(throws: (any Error).self) {
            try PreparedKey(.secret([]), for: row.algorithm, to: .verify, in: row.backend)
        }
    }
}

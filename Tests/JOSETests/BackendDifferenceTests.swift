#if OpenSSL
    import Codecs
    import TestSupport
    import Testing
    import Tokens

    @testable import JOSE

    /// The two backends held against each other: what one signs the other verifies, and they agree about everything else.
    @Suite struct BackendDifferenceTests {
        static let shared = SignatureAlgorithm.allCases.filter {
            BoringSSLBackend.supports($0) && OpenSSLBackend.supports($0)
        }

        private struct Pair {
            let verifiers: [PreparedKey]
            let signers: [PreparedKey]

            init(_ material: KeyMaterial, _ algorithm: SignatureAlgorithm) throws {
                let half = try PublicHalf.of(material)
                verifiers = try SignatureBackends.Choice.allCases.map {
                    try PreparedKey(half, for: algorithm, to: .verify, in: $0)
                }
                signers = try SignatureBackends.Choice.allCases.map {
                    try PreparedKey(material, for: algorithm, to: .sign, in: $0)
                }
            }

            func sign(_ input: [UInt8]) throws -> [[UInt8]] {
                try signers.map { key in try input.withUnsafeBytes { try key.sign($0) } }
            }

            /// What both say; nil when they do not agree.
            func verify(_ signature: [UInt8], _ input: [UInt8]) -> Bool? {
                let answers = verifiers.map { key in
                    signature.withUnsafeBytes { signature in
                        input.withUnsafeBytes { key.verifies(signature: signature, input: $0) }
                    }
                }
                return answers.allSatisfy { $0 == answers.first } ? answers.first : nil
            }
        }

        @Test(arguments: shared) func `each verifies what the other signs, and both refuse the rest`(
            algorithm: SignatureAlgorithm
        ) throws {
            var generator = SeededGenerator(seed: 11)
            let isDeterministic = algorithm.family != .ecdsa && algorithm.family != .rsaPSS
            for _ in 0..<(algorithm.hashLength != nil && algorithm.signatureLength == nil ? 1 : 4) {
                var material = try KeyMaker.make(algorithm, modulusSize: 2_048)
                if algorithm.family == .hmac {
                    // Keys shorter than a block, as long, longer.
                    material = .secret(generator.bytes(Int.random(in: 1...300, using: &generator)))
                }
                let pair = try Pair(material, algorithm)
                for _ in 0..<12 {
                    let input = generator.bytes(Int.random(in: 0...400, using: &generator))
                    let signatures = try pair.sign(input)
                    if isDeterministic { #expect(signatures.first == signatures.last) }
                    for signature in signatures {
                        #expect(pair.verify(signature, input) == true)
                        var flipped = signature
                        flipped[Int.random(in: 0..<signature.count, using: &generator)] ^=
                            1 << UInt8.random(in: 0..<8, using: &generator)
                        #expect(pair.verify(flipped, input) == false)
                        #expect(pair.verify(signature, input + [0]) == false)
                        #expect(pair.verify(Array(signature.reversed()), input) == false)
                        #expect(pair.verify(generator.bytes(signature.count), input) == false)
                        #expect(pair.verify(Array(signature.dropFirst()), input) == false)
                    }
                }
            }
        }

        /// RFC 8017 §8.2.2 and RFC 7518 §3.5: a PSS salt of another length, or another hash, is another algorithm.
        @Test func `the RSA algorithms do not verify one another's signatures`() throws {
            let material = try #require(BackendTests.materials[.rs256])
            let input: [UInt8] = [1, 2, 3]
            let algorithms = Self.shared.filter { $0.family == .rsaPKCS1 || $0.family == .rsaPSS }
            #expect(algorithms.count == 6)
            for signer in algorithms {
                for signature in try Pair(material, signer).sign(input) {
                    for verifier in algorithms {
                        #expect(try Pair(material, verifier).verify(signature, input) == (signer == verifier))
                    }
                }
            }
        }

        /// J19, J78: where r, s, scalars and coordinates end.
        @Test(arguments: [EllipticCurve.p256, .p384, .p521]) func `they agree on every corner of a curve`(
            curve: EllipticCurve
        ) throws {
            let algorithm = curve.signatureAlgorithm
            let orders: [EllipticCurve: String] = [
                .p256: "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
                .p384: "ffffffffffffffffffffffffffffffffffffffffffffffff"
                    + "c7634d81f4372ddf581a0db248b0a77aecec196accc52973",
                .p521: "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
                    + "a51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
            ]
            let order = try Hex.decode(Array(try #require(orders[curve]).utf8))
            func stepped(_ step: Int) -> [UInt8] {
                order.dropLast() + [UInt8(truncatingIfNeeded: Int(order.last ?? 0) + step)]
            }
            let length = curve.fieldLength
            let zero = [UInt8](repeating: 0, count: length)
            let one: [UInt8] = zero.dropLast() + [1]
            let top = [UInt8](repeating: 0xFF, count: length)
            let values: [[UInt8]] = [zero, one, stepped(-1), order, stepped(1), top]
            let material = try #require(BackendTests.materials[algorithm])
            let pair = try Pair(material, algorithm)
            for r in values { for s in values { #expect(pair.verify(r + s, [1]) == false) } }
            guard case .elliptic(_, let x, let y, .some(let scalar)) = material else { return }
            for value in values {
                let accepted = SignatureBackends.Choice.allCases.map { choice in
                    (try? PreparedKey(
                        .elliptic(curve, x: x, y: y, scalar: value), for: algorithm, to: .sign, in: choice)) != nil
                }
                let isScalar = value == one || value == stepped(-1)
                #expect(accepted == [isScalar, isScalar])
            }
            var flipped = y
            flipped[length - 1] ^= 1
            let points: [([UInt8], [UInt8])] = [
                (x, flipped), (y, x), (zero, zero), (top, y), (x, top), (x, []), ([], []), ([0] + x, y),
            ]
            for (x, y) in points {
                for choice in SignatureBackends.Choice.allCases {
                    #expect(throws: (any Error).self) {
                        try PreparedKey(
                            .elliptic(curve, x: x, y: y, scalar: scalar), for: algorithm, to: .verify, in: choice)
                    }
                }
            }
        }
    }
#endif

import Codecs
import JOSE
import Synchronization
import Testing
import Tokens

@Suite struct RemoteTokenVerifierTests {
    private struct Down: Error {}

    @Test func `a rotated key is found, a stranger's is not, and no keys are another error than a bad token`()
        async throws
    {
        let first = try SigningKey.generate(.es256, id: "a")
        let second = try SigningKey.generate(.es256, id: "b")
        let stranger = try SigningKey.generate(.es256, id: "c")
        let now = Mutex<Int64>(1_000)
        let published = Mutex<[SigningKey]>([])
        let fetches = Mutex(0)
        let keys = RemoteKeySet(address: "https://issuer.example/jwks", clock: { now.withLock { $0 } }) { _ in
            fetches.withLock { $0 += 1 }
            let keys = published.withLock { $0 }
            guard !keys.isEmpty else { throw Down() }
            let set = try KeySet(keys.map(\.verificationKey))
            return FetchedKeySet(body: JSONWriter.write(set.publicJWKS), maximumAge: nil)
        }
        let verifier = RemoteTokenVerifier(keys: keys, policy: Keys.policy)
        func verify(_ key: SigningKey) async throws -> ByteString? {
            let token = try TokenSigner(key: key).sign(claims: Keys.claims)
            return try await verifier.verify(Array(token.utf8), now: Keys.now).claims.subject
        }
        await #expect(throws: RemoteKeySetFailure.unreachable(cause: "\"Down()\"")) { try await verify(first) }
        published.withLock { $0 = [first] }
        now.withLock { $0 += 30 }
        for _ in 0..<5 { #expect(try await verify(first) == "anna") }
        #expect(fetches.withLock { $0 } == 2)

        published.withLock { $0 = [first, second] }
        now.withLock { $0 += 30 }
        #expect(try await verify(second) == "anna")
        #expect(try await verify(first) == "anna")
        #expect(fetches.withLock { $0 } == 3)

        now.withLock { $0 += 30 }
        for _ in 0..<5 {
            let rejection = await #expect(throws: TokenRejection.self) { try await verify(stranger) }
            #expect(rejection?.code == .keyUnknown)
        }
        #expect(fetches.withLock { $0 } == 4)
        for text in ["", "x", "a.b.c"] {
            await #expect(throws: TokenRejection.self) { try await verifier.verify(Array(text.utf8), now: Keys.now) }
        }
        #expect(fetches.withLock { $0 } == 4)
    }

    @Test func `a string verifies as its bytes do, and claims fit a type of one's own`() throws {
        struct Order: Decodable, Equatable {
            let sub: String
            let exp: Double
            let tags: [String]
        }
        let key = try #require(Keys.all[.es256])
        let verifier = TokenVerifier(keys: try KeySet([key.verificationKey]), policy: Keys.policy)
        var claims = Keys.claims
        claims["tags"] = ["x", "\u{E9}"]
        let token = try verifier.verify(try TokenSigner(key: key).sign(claims: claims), now: Keys.now)
        #expect(
            try token.claims.decode(Order.self) == Order(sub: "anna", exp: 1_700_000_600, tags: ["x", "\u{E9}"]))
        struct Other: Decodable { let absent: String }
        #expect(throws: DecodingError.self) { try token.claims.decode(Other.self) }
    }

    @Test(arguments: [0, 1, 7, 8, 9, 64, 70]) func `random bytes are as many as asked for`(count: Int) {
        let bytes = RandomBytes.make(count: count)
        #expect(bytes.count == count)
        if count >= 8 { #expect(bytes != RandomBytes.make(count: count)) }
        // Each place is drawn, the last ones too.
        var union = [UInt8](repeating: 0, count: count)
        for _ in 0..<64 {
            for (place, byte) in RandomBytes.make(count: count).enumerated() { union[place] |= byte }
        }
        #expect(union.allSatisfy { $0 == 0xFF })
    }
}

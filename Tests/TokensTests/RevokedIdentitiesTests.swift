import Codecs
import Testing
import Tokens

@Suite struct RevokedIdentitiesTests {
    private func identity(_ number: Int) -> TokenIdentity {
        TokenIdentity(issuer: number.isMultiple(of: 7) ? "other" : "issuer", id: ByteString("id \(number % 400)"))
    }

    private func table(_ identities: RevokedIdentities) -> [TokenIdentity: RevokedIdentities.Terms] {
        Dictionary(identities.all.map { ($0.key, $0.value) }) { first, _ in first }
    }

    @Test("it holds what a dictionary would, and a value that was changed further stays what it was")
    func model() {
        var identities = RevokedIdentities()
        var model: [TokenIdentity: RevokedIdentities.Terms] = [:]
        var kept: [(RevokedIdentities, [TokenIdentity: RevokedIdentities.Terms])] = []
        var generator = SystemRandomNumberGenerator()
        for step in 0..<3_000 {
            let key = identity(Int.random(in: 0..<2_800, using: &generator))
            let terms = RevokedIdentities.Terms(
                issuedUntil: Int64(step), expires: Int64(step + Int.random(in: 0..<1_500, using: &generator)))
            identities.insert(key, terms)
            model[key] = terms
            if step.isMultiple(of: 500) {
                kept.append((identities, model))
                identities.removeAll(expiringBefore: Int64(step))
                model = model.filter { $0.value.expires >= Int64(step) }
            }
        }
        kept.append((identities, model))
        for (identities, model) in kept {
            #expect(identities.count == model.count)
            #expect(table(identities) == model)
            #expect((0..<2_800).allSatisfy { identities[identity($0)] == model[identity($0)] })
        }
    }

    @Test("identities are told apart by the whole of the issuer and of the identifier")
    func identifiers() {
        var identities = RevokedIdentities()
        for id in ["", "a", "aa", "first-12345678", "second-12345678", "12345678"] as [ByteString] {
            identities.insert(TokenIdentity(issuer: "i", id: id), .init(issuedUntil: Int64(id.count)))
        }
        #expect(identities.count == 6)
        #expect(identities[TokenIdentity(issuer: "i", id: "second-12345678")]?.issuedUntil == 15)
        #expect(identities[TokenIdentity(issuer: "i", id: "12345678")]?.issuedUntil == 8)
        #expect(identities[TokenIdentity(issuer: "j", id: "12345678")] == nil)
        #expect(identities[TokenIdentity(issuer: "i", id: "third-12345678")] == nil)
    }
}

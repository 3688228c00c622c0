import Codecs
import Tokens

/// JWK sets: bounded, without two keys of one name, without secrets beside public keys.
enum Target {
    static func run(_ input: [UInt8]) {
        do throws(KeyError) {
            let keys = try JWKReader.read(input)
            expect(keys.count <= JWKReader.maximumKeys, "accepts \(keys.count) keys")
            expect(input.count <= JWKReader.maximumSetSize, "accepts \(input.count) bytes")
            let ids = keys.compactMap { $0.description.id?.bytes }
            expect(Set(ids).count == ids.count, "accepts two keys of one name")
            let secrets = keys.filter { if case .secret? = $0.material { true } else { false } }.count
            let publics = keys.filter { $0.material != nil }.count - secrets
            expect(secrets == 0 || publics == 0, "accepts secrets beside other keys")
            for key in keys { KeyProperties.check(key) }
            again(input, keys)
        } catch {
            expect(error.detail.utf8.count < 2_000, "a complaint of \(error.detail.utf8.count) bytes")
        }
    }

    /// Written anew, in another layout, it is the same set.
    private static func again(_ input: [UInt8], _ keys: [DecodedKey]) {
        // A private RSA key without its primes takes tens of milliseconds: one reading is enough.
        let isSlow = keys.contains { if case .rsa(_, _, .some)? = $0.material { true } else { false } }
        if isSlow { return }
        guard let json = try? JSONReader.read(input, depth: DecodedToken.headerDepth) else {
            return expect(false, "a set that is no JSON")
        }
        let text = JSONWriter.write(json, pretty: true)
        guard text.count <= JWKReader.maximumSetSize else { return }
        expect((try? JWKReader.read(text)) == keys, "in another layout it is another set")
        expect((try? KeyReader.read(text)) == keys, "as a document it is another set")
    }
}

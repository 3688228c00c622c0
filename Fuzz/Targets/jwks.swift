import Codecs
import Tokens

/// JWK sets: bounded, each key once, with a reason for each that is passed over, without secrets beside public keys.
enum Target {
    static func run(_ input: [UInt8]) {
        do throws(KeyError) {
            let keys = try JWKReader.read(input)
            expect(keys.count <= JWKReader.maximumKeys, "accepts \(keys.count) keys")
            expect(input.count <= JWKReader.maximumSetSize, "accepts \(input.count) bytes")
            let good = keys.filter { $0.material != nil }
            for (index, key) in good.enumerated() {
                expect(!good[..<index].contains(key), "has the same key twice")
            }
            for key in keys where key.material == nil {
                expect(!key.description.summary.isEmpty, "passes a key over without a reason")
            }
            let secrets = keys.filter { if case .secret? = $0.material { true } else { false } }.count
            expect(secrets == 0 || secrets == good.count, "accepts secrets beside other keys")
            for key in keys { KeyProperties.check(key) }
            again(input, keys)
        } catch {
            expect(error.detail.utf8.count < 2_000, "a complaint of \(error.detail.utf8.count) bytes")
        }
    }

    /// Written anew, in another layout, it is the same set.
    private static func again(_ input: [UInt8], _ keys: [DecodedKey]) {
        guard let json = try? JSONReader.read(input, depth: DecodedToken.headerDepth) else {
            return expect(false, "a set that is no JSON")
        }
        // A private RSA key without its primes takes tens of milliseconds, also where they are not found: one reading is enough.
        let isSlow = json.object?["keys"]?.array?.contains { $0.object?["d"] != nil && $0.object?["n"] != nil } == true
        if isSlow { return }
        let text = JSONWriter.write(json, pretty: true)
        guard text.count <= JWKReader.maximumSetSize else { return }
        expect((try? JWKReader.read(text)) == keys, "in another layout it is another set")
        expect((try? KeyReader.read(text)) == keys, "as a document it is another set")
    }
}

import Codecs
import Tokens

/// One JWK, alone and as a member of a set.
enum Target {
    static func run(_ input: [UInt8]) {
        guard let json = try? JSONReader.read(input, depth: DecodedToken.headerDepth), let object = json.object else {
            expect((try? JWKReader.read(input)) == nil, "a key that is no JSON object")
            return
        }
        // A private RSA key without its primes takes tens of milliseconds: one reading is enough.
        if object["d"] != nil, object["n"] != nil, object["p"] == nil {
            if let keys = try? JWKReader.read(input) { for key in keys { KeyProperties.check(key) } }
            return
        }
        let alone = Result { () throws(KeyError) in try JWKReader.key(object) }
        if object["keys"] == nil {
            let read = Result { () throws(KeyError) in try JWKReader.read(input) }
            switch (alone, read) {
            case (.success(let key), .success(let keys)): expect(keys == [key], "the text reads as another key")
            case (.failure(let one), .failure(let other)): expect(one == other, "the text is refused otherwise")
            default: expect(false, "the text is judged unlike its object")
            }
        }
        let single = Result { () throws(KeyError) in try JWKReader.read(set([json])) }
        switch alone {
        case .failure(let error):
            if case .success(let keys) = single {
                expect(keys.count == 1 && keys[0].material == nil, "a set accepts a key that alone is refused")
                expect(!leaks(object, keys[0].description.summary), "why it is passed over repeats the key")
            }
            expect(!leaks(object, error.detail), "a complaint repeats the key")
        case .success(let key):
            if case .success(let keys) = single {
                expect(keys == [key], "in a set it is another key")
            } else {
                expect(false, "a set of one good key is refused")
            }
            if let twice = try? JWKReader.read(set([json, json])), key.material != nil {
                expect(twice.count == 2 && twice[1].material == nil, "the same key is accepted twice")
            }
            KeyProperties.check(key)
            expect(!leaks(object, key.description.summary), "a description repeats the key")
            expect(!leaks(object, "\(key.material.map { "\($0)" } ?? "")"), "a key prints itself")
        }
    }

    private static func set(_ keys: [JSON]) -> [UInt8] {
        JSONWriter.write(.object(["keys": .array(keys)]))
    }

    /// Whether a text repeats a long secret member.
    private static func leaks(_ jwk: JSONObject, _ text: String) -> Bool {
        for name: ByteString in ["k", "d", "p", "q", "dp", "dq", "qi", "priv"] {
            guard let member = jwk[name]?.string, member.count >= 24 else { continue }
            // What is repeated on purpose may hold the same letters.
            let said: [ByteString?] = [jwk["kty"]?.string, jwk["crv"]?.string, jwk["alg"]?.string]
            if said.contains(where: { holds($0?.bytes ?? [], member.bytes) }) { continue }
            if holds(Array(text.utf8), member.bytes) { return true }
        }
        return false
    }

    private static func holds(_ text: [UInt8], _ part: [UInt8]) -> Bool {
        guard text.count >= part.count else { return false }
        return (0...(text.count - part.count)).contains { text[$0..<($0 + part.count)].elementsEqual(part) }
    }
}

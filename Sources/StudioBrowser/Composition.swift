import Codecs
import Tokens

/// A token made of edited header and claims: what is to be signed, and with which key.
///
/// {header: text} or {encodedHeader}, {claims: text} or {encodedClaims}, {key: {text, form}} →
/// {problem: {part, text}} when a text is no JSON object, or {signingInput, sign: {algorithm, key: {format, data}}}, or
/// {signingInput, unsigned: {code, text, keyAlgorithm?}} when there is nothing to sign with. `format` is "raw" for a
/// secret and "pkcs8" for a private key; bytes are base64url. What was not edited keeps its encoding, byte for byte.
struct Composition {
    /// Why nothing signs.
    enum Unsigned: String {
        /// `alg` is "none".
        case unsecured
        /// `alg` is missing or no signature algorithm that is known.
        case algorithmUnknown = "algorithm-unknown"
        /// No key.
        case noKey = "no-key"
        /// The key cannot be read.
        case keyUnusable = "key-unusable"
        /// Only the public half is here.
        case publicKey = "public-key"
        /// The key is for another algorithm.
        case keyAlgorithm = "key-algorithm"
        /// `use` or `key_ops` do not let it sign.
        case keyUsage = "key-usage"
    }

    /// What came of it.
    let json: JSON

    init(_ question: JSONObject) throws(QuestionDefect) {
        let box = try KeyBox(question: question)
        do throws(Problem) {
            let header = try Self.part(question, "header", "encodedHeader", .header)
            let claims = try Self.part(question, "claims", "encodedClaims", .payload)
            let input = "\(header.encoded.text).\(claims.encoded.text)"
            let answer = Self.signing(header.object, box)
            json = .object(answer.with("signingInput", .string(ByteString(input))))
        } catch {
            json = [
                "problem": [
                    "part": .string(ByteString(error.part.rawValue)), "text": .string(ByteString(error.text)),
                ]
            ]
        }
    }

    private struct Problem: Error {
        let part: TokenPart
        let text: String
    }

    private struct Part {
        let object: JSONObject
        let encoded: ByteString
    }

    private static func part(
        _ question: JSONObject, _ name: ByteString, _ encodedName: ByteString, _ part: TokenPart
    ) throws(Problem) -> Part {
        if let encoded = question[encodedName]?.string {
            guard let bytes = try? Base64URL.decode(encoded.bytes),
                let json = try? JSONReader.read(bytes, depth: depth(part)), let object = json.object
            else { throw Problem(part: part, text: "\(part.these) no JSON object.") }
            return Part(object: object, encoded: encoded)
        }
        let json: JSON
        do throws(JSONError) {
            json = try JSONReader.read(question[name]?.string?.bytes ?? [], depth: depth(part))
        } catch {
            throw Problem(part: part, text: "\(part.these) not JSON: \(error.description).")
        }
        guard let object = json.object else {
            throw Problem(part: part, text: "\(part.these) \(json.kind), not an object.")
        }
        return Part(object: object, encoded: ByteString(utf8: Base64URL.encodeBytes(JSONWriter.write(json))))
    }

    private static func depth(_ part: TokenPart) -> Int {
        part == .header ? DecodedToken.headerDepth : DecodedToken.claimsDepth
    }

    private static func signing(_ header: JSONObject, _ box: KeyBox) -> JSONObject {
        let name = header["alg"]?.string ?? ""
        guard name != "none" else {
            return unsigned(.unsecured, "\"alg\" is \"none\": the token has no signature, and anyone can change it.")
        }
        let known = name == "EdDSA" ? SignatureAlgorithm.ed25519 : SignatureAlgorithm(name: name)
        guard let algorithm = known else {
            return unsigned(
                .algorithmUnknown,
                name.bytes.isEmpty
                    ? "The header has no \"alg\", so nothing says how to sign."
                    : "\"alg\" is \(Display.quoted(name)), which is no signature algorithm that is known here.")
        }
        switch box.content {
        case .empty: return unsigned(.noKey, "There is no key to sign with.")
        case .unusable(let error):
            return unsigned(.keyUnusable, "The key cannot be used: \(error.detail).")
        case .keys: return signing(algorithm, header["kid"]?.string, box.usable)
        }
    }

    private static func signing(
        _ algorithm: SignatureAlgorithm, _ wanted: ByteString?, _ keys: [DecodedKey]
    ) -> JSONObject {
        let whole = keys.filter { $0.description.isPrivate }
        guard let first = whole.first else {
            return unsigned(.publicKey, "Only the public half of the key is here; signing needs the private one.")
        }
        let fitting = whole.filter { $0.description.algorithm == algorithm }
        guard !fitting.isEmpty else {
            let own = first.description.algorithm
            var answer = unsigned(
                .keyAlgorithm,
                "The key is for \(own?.rawValue ?? "encryption"); the header says \(algorithm.rawValue).")
            if let own { answer["unsigned"] = answer["unsigned"]?.object?.with("keyAlgorithm", own).json }
            return answer
        }
        let signing = fitting.filter { $0.description.maySign }
        guard let key = signing.first(where: { $0.description.id == wanted }) ?? signing.first else {
            return unsigned(.keyUsage, "The key's own \"use\" or \"key_ops\" do not let it sign.")
        }
        guard let form = key.material?.privateForm else {
            return unsigned(.keyUnusable, "The private part of the key cannot be used.")
        }
        return ["sign": ["algorithm": .string(ByteString(algorithm.rawValue)), "key": form]]
    }

    private static func unsigned(_ code: Unsigned, _ text: String) -> JSONObject {
        ["unsigned": ["code": .string(ByteString(code.rawValue)), "text": .string(ByteString(text))]]
    }
}

extension TokenPart {
    /// The beginning of a sentence about the part's text.
    fileprivate var these: String {
        self == .header ? "The header is" : "The claims are"
    }
}

extension JSONObject {
    fileprivate func with(_ name: ByteString, _ value: JSON) -> JSONObject {
        var copy = self
        copy[name] = value
        return copy
    }

    fileprivate func with(_ name: ByteString, _ algorithm: SignatureAlgorithm) -> JSONObject {
        with(name, .string(ByteString(algorithm.rawValue)))
    }

    fileprivate var json: JSON { .object(self) }
}

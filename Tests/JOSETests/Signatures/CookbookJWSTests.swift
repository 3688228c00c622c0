import Codecs
import Foundation
import JOSE
import TestSupport
import Testing
import Tokens

/// RFC 7520 section 4, RFC 7797 and RFC 8037: 12 files, every serialisation in them.
@Suite(.enabled(if: Vectors.arePresent, Comment(rawValue: Vectors.absence))) struct CookbookJWSTests {
    /// What the strict answer is where it departs from the book.
    enum Departure {
        /// `alg` stands in the unprotected header alone: only what is signed says how it is signed.
        case unprotectedAlgorithm
        /// `b64` is not in `crit`, which RFC 7797 §6 demands; the book is older than that sentence.
        case b64NotCritical
        /// A compact payload that is not base64url must be detached.
        case rawCompactPayload
        /// One of the three signatures has `alg` unprotected: not all can hold, each of the other two does.
        case oneUnprotectedAlgorithm
    }

    static let departures: [String: Departure] = [
        "4_7.protecting_content_only.json json": .unprotectedAlgorithm,
        "4_7.protecting_content_only.json json_flat": .unprotectedAlgorithm,
        "4_8.multiple_signatures.json json": .oneUnprotectedAlgorithm,
        "4.2.hmac-sha2_b64_false.json json": .b64NotCritical,
        "4.2.hmac-sha2_b64_false.json json_flat": .b64NotCritical,
        "hmac-sha2_b64_false.json compact": .rawCompactPayload,
    ]

    struct File {
        let name: String
        let json: JSONObject

        func value(_ path: ByteString...) -> JSON? {
            var value: JSON? = .object(json)
            for name in path { value = value?.object?[name] }
            return value
        }

        var payload: [UInt8] { value("input", "payload")?.string?.bytes ?? [] }

        /// The keys, each bound to the algorithm it signs with here.
        var keys: [JSONObject] {
            let keys = value("input", "key")?.array ?? [value("input", "key") ?? .null]
            let algorithms = value("input", "alg")?.array ?? [value("input", "alg") ?? .null]
            return zip(keys, algorithms).map { key, algorithm in
                var jwk = key.object ?? [:]
                jwk["alg"] = algorithm
                return jwk
            }
        }

        var outputs: [(form: String, text: [UInt8])] {
            (value("output")?.object?.members ?? []).map { member in
                (member.name.text, member.value.string?.bytes ?? JSONWriter.write(member.value))
            }
        }
    }

    static func files() throws -> [File] {
        var files: [File] = []
        for (folder, only) in [("jws", nil), ("rfc7797", nil), ("curve25519", "jws.json")] {
            for name in try Vectors.names(in: "jose-cookbook/" + folder) where only == nil || only == name {
                let json = try JSONReader.read(try Vectors.bytes("jose-cookbook/\(folder)/\(name)"))
                files.append(File(name: name, json: json.object ?? [:]))
            }
        }
        return files
    }

    private func verify(
        _ file: File, _ text: [UInt8], keys: [JSONObject], _ signers: ContentPolicy.Signers = .all
    ) throws -> RejectionCode? {
        let keys = try KeySet(try keys.map { try VerificationKey(try JWKReader.key($0)) })
        let policy = ContentPolicy(algorithms: SignatureAlgorithm.allCases, signers: signers, acceptsEdDSA: true)
        let isDetached = file.name.hasPrefix("4_5")
        do throws(TokenRejection) {
            let verified = try JWSVerifier(keys: keys, policy: policy)
                .verify(text, detached: isDetached ? file.payload : nil)
            #expect(verified.payload == file.payload, "\(file.name)")
            return nil
        } catch {
            return error.code
        }
    }

    @Test func `every serialisation verifies, or is refused for a written reason`() throws {
        var verified = 0
        var departed: [String] = []
        for file in try Self.files() {
            for (form, text) in file.outputs {
                let name = "\(file.name) \(form)"
                switch Self.departures[name] {
                case nil:
                    #expect(try verify(file, text, keys: file.keys) == nil, "\(name)")
                    verified += 1
                    continue
                case .unprotectedAlgorithm:
                    #expect(try verify(file, text, keys: file.keys) == .headerParameter, "\(name)")
                    #expect(try primitiveHolds(file))
                case .b64NotCritical:
                    #expect(try verify(file, text, keys: file.keys) == .criticalInvalid, "\(name)")
                    #expect(try primitiveHolds(file))
                case .rawCompactPayload:
                    #expect(try verify(file, text, keys: file.keys) == .criticalInvalid, "\(name)")
                case .oneUnprotectedAlgorithm:
                    // Two of the three keys share a name, which no set may: each is asked alone.
                    let signatures = try #require(JSONReader.read(text).object?["signatures"]?.array)
                    for index in [0, 2] {
                        var one = try #require(try JSONReader.read(text).object)
                        one["signatures"] = [signatures[index]]
                        #expect(
                            try verify(file, JSONWriter.write(.object(one)), keys: [file.keys[index]]) == nil,
                            "\(name), signature \(index)")
                    }
                    #expect(
                        try verify(file, text, keys: [file.keys[2]]) == .keyUnknown, "\(name)")
                    #expect(try verify(file, text, keys: [file.keys[2], file.keys[0]]) == .headerParameter)
                }
                departed.append(name)
            }
        }
        print("Cookbook JWS: \(verified) serialisations verify, \(departed.count) refused as written down: \(departed)")
        #expect(verified + departed.count == 28)
        #expect(departed.count == Self.departures.count)
    }

    /// The mathematics of what is refused for its form.
    private func primitiveHolds(_ file: File) throws -> Bool {
        let key = try VerificationKey(try JWKReader.key(try #require(file.keys.first)))
        let input = try #require(file.value("signing", "sig-input")?.string?.bytes)
        let signature = try Base64URL.decode(try #require(file.value("signing", "sig")?.string?.bytes))
        return key.verifies(signature, over: input[...])
    }

    @Test func `what can be reproduced is, byte for byte`() throws {
        var written = 0
        var leftOut: [String] = []
        for file in try Self.files() where file.value("reproducible")?.bool == true {
            var protected = file.value("signing", "protected")?.object ?? [:]
            let isRaw = protected["b64"]?.bool == false
            protected["b64"] = nil
            protected["crit"] = nil
            let unprotected = file.value("signing", "unprotected")?.object ?? [:]
            let signer = JWSSigner(
                [
                    .init(
                        key: try SigningKey(jwk: try #require(file.keys.first)), protected: protected,
                        unprotected: unprotected)
                ], encodesPayload: !isRaw)
            for (form, text) in file.outputs {
                let name = "\(file.name) \(form)"
                let isLeftOut = Self.departures[name] != nil
                let isDetached = file.name.hasPrefix("4_5")
                do throws(SigningError) {
                    let ours =
                        switch form {
                        case "compact": try signer.compact(file.payload, detached: isDetached)
                        case "json_flat":
                            JSONWriter.write(.object(try signer.flattened(file.payload, detached: isDetached)))
                        default: JSONWriter.write(.object(try signer.general(file.payload, detached: isDetached)))
                        }
                    #expect((ours == text) != isLeftOut, "\(name)")
                } catch {
                    #expect(isLeftOut, "\(name): \(error)")
                }
                if isLeftOut { leftOut.append(name) } else { written += 1 }
            }
        }
        print("Cookbook JWS: \(written) serialisations written byte for byte, left out \(leftOut)")
        #expect(written + leftOut.count == 21)
    }
}

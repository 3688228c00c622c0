import Codecs
import JOSE
import Tokens

/// What a key is, for people and programs; nothing of it is secret.
struct KeyReport {
    let key: DecodedKey
    /// Why it is no sound key although it reads as one: its halves do not belong together, or its point is on no curve.
    let problem: KeyError?
    private let document: KeyDocument?

    init(_ key: DecodedKey) {
        self.key = key
        if let complaint = key.complaint {
            document = nil
            problem = complaint
            return
        }
        do {
            document = key.material == nil ? nil : try KeyDocument(key)
            problem = Self.problem(key)
        } catch {
            document = nil
            problem = error
        }
    }

    /// What the first use of the key would complain of. What this build does not support, or the key's own words forbid,
    /// says nothing against the key.
    private static func problem(_ key: DecodedKey) -> KeyError? {
        do throws(KeyError) {
            if key.description.algorithm != nil {
                _ = try VerificationKey(key)
            } else if key.description.keyManagement != nil {
                _ = try EncryptionKey(key)
            }
            return nil
        } catch {
            return [.malformed, .weak, .certificate].contains(error.code) ? error : nil
        }
    }

    /// A line, and more for certificates and for what is wrong.
    var text: String {
        if let complaint = key.complaint { return "passed over: \(complaint.detail) (\(complaint.code.rawValue))" }
        let description = key.description
        let id = description.id.map { " \(Display.quoted($0))" } ?? ""
        let name = description.algorithm?.rawValue ?? description.keyManagement?.rawValue
        let half = description.isPrivate ? "private" : "public"
        var text = "\(description.summary)\(name.map { " for \($0)" } ?? ""), \(half)\(id)"
        for certificate in key.certificates?.chain ?? [] { text += "\n" + CertificateFile.text(certificate) }
        if let problem { text += "\n  this is no sound key: \(problem.detail) (\(problem.code.rawValue))" }
        return text
    }

    /// {summary, kty, crv, bits, private, alg, use, kid, thumbprint, certificates, problem}; what is not known is left out.
    var json: JSONObject {
        func text(_ value: String) -> JSON { .string(ByteString(value)) }
        let description = key.description
        var answer: JSONObject = ["summary": text(description.summary)]
        if let kind { answer["kty"] = text(kind.type) }
        if let curve = kind?.curve { answer["crv"] = text(curve) }
        if let bits = kind?.bits { answer["bits"] = .number(JSONNumber(Int64(bits))) }
        answer["private"] = .bool(description.isPrivate)
        if let name = description.algorithm?.rawValue ?? description.keyManagement?.rawValue {
            answer["alg"] = text(name)
        }
        if let use { answer["use"] = text(use) }
        if let id = description.id { answer["kid"] = .string(id) }
        if let thumbprint = document?.thumbprint() { answer["thumbprint"] = .string(thumbprint) }
        if let chain = key.certificates?.chain, !chain.isEmpty {
            answer["certificates"] = .array(chain.map { .object(CertificateFile.json($0)) })
        }
        if let problem { answer["problem"] = ["code": text(problem.code.rawValue), "detail": text(problem.detail)] }
        return answer
    }

    /// The key's `kty`, its curve or parameter set, and the bits of its modulus or secret.
    private var kind: (type: String, curve: String?, bits: Int?)? {
        switch key.material {
        case .secret(let secret): ("oct", nil, secret.count * 8)
        case .rsa(let modulus, _, _): ("RSA", nil, Self.bits(modulus))
        case .elliptic(let curve, _, _, _): ("EC", curve.rawValue, nil)
        case .octetPair(let curve, _, _): ("OKP", curve.rawValue, nil)
        case .mlDSA: ("AKP", nil, nil)
        case nil: nil
        }
    }

    private static func bits(_ number: [UInt8]) -> Int {
        let digits = number.drop { $0 == 0 }
        return digits.count * 8 - (digits.first?.leadingZeroBitCount ?? 0)
    }

    /// What the key is for, where it says so; an RSA key in PEM may do both.
    private var use: String? {
        guard key.material != nil else { return nil }
        let description = key.description
        if description.algorithm == nil { return "enc" }
        return description.mayEncrypt || description.mayDecrypt ? nil : "sig"
    }
}

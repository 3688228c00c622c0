import Codecs

/// Decodes one part of something signed as a JSON object: strict base64url, strict JSON, an object.
enum StrictPart {
    /// Which of the three steps failed, and how.
    enum Defect: Error {
        case encoding(String)
        case json(String)
        case kind(String)
    }

    static func object(base64url text: [UInt8], depth: Int) throws(Defect) -> JSONObject {
        let bytes: [UInt8]
        do throws(Base64Error) {
            bytes = try Base64URL.decode(text)
        } catch {
            throw .encoding(error.description)
        }
        let json: JSON
        do throws(JSONError) {
            json = try JSONReader.read(bytes, depth: depth)
        } catch {
            throw .json(error.description)
        }
        guard let object = json.object else { throw .kind(json.kind) }
        return object
    }
}

extension StepReporter {
    /// A header that is no header.
    func refusedHeader(_ defect: StrictPart.Defect) -> TokenRejection {
        switch defect {
        case .encoding(let why):
            refused(.header, .headerEncoding, part: .header, "the header is not base64url: \(why)")
        case .json(let why): refused(.header, .headerJSON, part: .header, "the header is not JSON: \(why)")
        case .kind(let kind): refused(.header, .headerNotObject, part: .header, "the header is \(kind), not an object")
        }
    }

    /// A payload that holds no claims.
    func refusedClaims(_ defect: StrictPart.Defect) -> TokenRejection {
        switch defect {
        case .encoding(let why):
            refused(.claims, .claimsEncoding, part: .payload, "the payload is not base64url: \(why)")
        case .json(let why): refused(.claims, .claimsJSON, part: .payload, "the payload is not JSON: \(why)")
        case .kind(let kind):
            refused(.claims, .claimsNotObject, part: .payload, "the payload is \(kind), not an object of claims")
        }
    }
}

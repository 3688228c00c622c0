import Codecs

/// A token whose header has been read. What it says is known; whether it is true is not.
public struct DecodedToken: Sendable {
    /// The most arrays and objects inside one another in a header.
    public static let headerDepth = 32
    /// The most arrays and objects inside one another in claims.
    public static let claimsDepth = 64

    /// The token as it arrived.
    public let encoded: EncodedToken
    /// Its protected header.
    public let header: TokenHeader

    /// Decodes the header part: strict base64url, strict JSON, an object, typed parameters.
    public init(_ encoded: EncodedToken) throws(HeaderDefect) {
        self.encoded = encoded
        let text: [UInt8]
        do throws(Base64Error) {
            text = try encoded.decode(.header)
        } catch {
            throw HeaderDefect(code: .headerEncoding, detail: "the header is not base64url: \(error.description)")
        }
        let json: JSON
        do throws(JSONError) {
            json = try JSONReader.read(text, depth: Self.headerDepth)
        } catch {
            throw HeaderDefect(code: .headerJSON, detail: "the header is not JSON: \(error.description)")
        }
        guard let object = json.object else {
            throw HeaderDefect(code: .headerNotObject, detail: "the header is \(json.kind), not an object")
        }
        header = try TokenHeader(object)
    }

    /// Decodes the payload as claims. A verifier calls this only once the signature holds.
    public func claims() throws(ClaimDefect) -> Claims {
        let text: [UInt8]
        do throws(Base64Error) {
            text = try encoded.decode(.payload)
        } catch {
            throw ClaimDefect(code: .claimsEncoding, detail: "the payload is not base64url: \(error.description)")
        }
        let json: JSON
        do throws(JSONError) {
            json = try JSONReader.read(text, depth: Self.claimsDepth)
        } catch {
            throw ClaimDefect(code: .claimsJSON, detail: "the payload is not JSON: \(error.description)")
        }
        guard let object = json.object else {
            throw ClaimDefect(code: .claimsNotObject, detail: "the payload is \(json.kind), not an object of claims")
        }
        return try Claims(object)
    }
}

import Codecs
import Tokens

/// What an encrypted token held, for reading: nobody signed it, unless it is a signed token itself.
///
/// {kind: "token" | "claims" | "json" | "text" | "bytes", size, token?, members?, text?, note?}.
struct DecryptedText {
    /// The most bytes that are shown.
    private static let limit = 16_384

    let json: JSON

    init(_ bytes: [UInt8], header: EncryptionHeader) {
        var json: JSONObject = ["size": .number(JSONNumber(Int64(bytes.count)))]
        do throws(TokenRejection) {
            try NestedContent.check(bytes, header: header)
            json["kind"] = "token"
            json["token"] = .text(Readable.text(bytes))
            self.json = .object(json)
            return
        } catch {
            // Said only where the header promises a token.
            if header.announcesToken { json["note"] = .text(Readable.sentence(error.detail)) }
        }
        if let read = try? JSONReader.read(bytes, depth: DecodedToken.claimsDepth) {
            json["text"] = .string(VisibleJSON.text(read))
            json["kind"] = "json"
            if let object = read.object {
                json["kind"] = "claims"
                json["members"] = .array(object.members.map { InspectionAnswer.member($0, of: .payload) })
            }
        } else if UTF8Sequence.isValid(bytes) {
            json["kind"] = "text"
            json["text"] = .text(Readable.text(bytes))
        } else {
            json["kind"] = "bytes"
            json["text"] = .text(Hex.encode(Array(bytes.prefix(Self.limit))))
        }
        self.json = .object(json)
    }
}

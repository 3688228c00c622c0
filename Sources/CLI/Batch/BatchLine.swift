import Codecs

/// One line of a batch: an object with a token.
struct BatchLine {
    let object: JSONObject
    let token: [UInt8]

    /// Reads a line; nil stands for one that was too long.
    init(_ line: ArraySlice<UInt8>?) throws(BatchRefusal) {
        guard let line else {
            throw BatchRefusal(BatchRefusal.code, "the line has more than \(BatchLines.maximumLine) bytes")
        }
        let json: JSON
        do throws(JSONError) {
            json = try JSONReader.read(Array(line))
        } catch {
            throw BatchRefusal(BatchRefusal.code, "the line is not JSON: \(error.description)")
        }
        guard let object = json.object else {
            throw BatchRefusal(BatchRefusal.code, "a line is an object with \"token\"; this is \(json.kind)")
        }
        guard let token = object.value(named: "token")?.string else {
            throw BatchRefusal(BatchRefusal.code, "the line has no \"token\", or it is no string")
        }
        self.object = object
        self.token = token.bytes
    }

    /// The line's own key; nil where one for all lines was given. Never both, and never neither.
    func key(isShared: Bool) throws(BatchRefusal) -> JSON? {
        switch (object.value(named: "key"), isShared) {
        case (.some, true):
            // A key that comes along with a token vouches for nothing once somebody has said which key to trust.
            throw BatchRefusal(BatchRefusal.code, "the line brings a \"key\", but one was given for all lines")
        case (.none, false):
            throw BatchRefusal(BatchRefusal.code, "the line has no \"key\", and none was given for all lines")
        case (let key, _): return key
        }
    }
}

/// Why a line gets no better answer.
struct BatchRefusal: Error {
    /// Lines whose form is wrong, apart from tokens and keys that are; see Documentation/PROBLEMS.md.
    static let code = "input-invalid"

    let code: String
    let detail: String

    init(_ code: String, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    /// `{"ok":false,"code":"…","detail":"…"}`.
    var json: JSONObject {
        ["ok": false, "code": .string(ByteString(code)), "detail": .string(ByteString(detail))]
    }
}

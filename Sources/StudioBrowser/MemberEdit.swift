import Codecs
import Tokens

/// One member of a JSON object set or taken out, everything else left as it stands: numbers keep their digits, members
/// their order.
///
/// {json: text, name, value: JSON text} or {json: text, name} to take it out → {json: text} or {problem}.
struct MemberEdit {
    /// What came of it.
    let json: JSON

    init(_ question: JSONObject) throws(QuestionDefect) {
        guard let text = question["json"]?.string else { throw QuestionDefect(member: "json") }
        guard let name = question["name"]?.string else { throw QuestionDefect(member: "name") }
        do throws(JSONError) {
            let read = try JSONReader.read(text.bytes, depth: DecodedToken.claimsDepth)
            guard var object = read.object else {
                json = ["problem": .string(ByteString("This is \(read.kind), not an object."))]
                return
            }
            if let value = question["value"]?.string {
                object[name] = try JSONReader.read(value.bytes, depth: DecodedToken.claimsDepth)
            } else {
                object[name] = nil
            }
            json = ["json": .string(VisibleJSON.text(.object(object)))]
        } catch {
            json = ["problem": .string(ByteString("This is not JSON: \(error.description)."))]
        }
    }
}

public import Codecs

extension VerificationStep {
    /// The step as the terminal's `--json`, the Studio and `explain` write it: `check`, `outcome`, `code`, `detail`,
    /// `part`; absent members are left out.
    public var json: JSONObject {
        var object: JSONObject = [
            "check": .string(ByteString(check.rawValue)), "outcome": .string(ByteString(outcome.rawValue)),
        ]
        if let code { object["code"] = .string(ByteString(code.rawValue)) }
        object["detail"] = .string(ByteString(detail))
        if let part { object["part"] = .string(ByteString(part.rawValue)) }
        return object
    }
}

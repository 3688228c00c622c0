import HTTPWire

/// RFC 9457 problem bodies for what the edge refuses by itself.
enum ProblemAnswer {
    /// A problem answer; every text must be the program's own, nothing of the client's.
    static func make(status: Int, code: String, detail: String, trace: String) -> LocalAnswer {
        let title = StatusPhrase.of(status)
        let body =
            "{\"type\":\"about:blank\",\"title\":\"\(escaped("\(title)"))\",\"status\":\(status),"
            + "\"detail\":\"\(escaped(detail))\",\"code\":\"\(escaped(code))\",\"trace\":\"\(escaped(trace))\"}\n"
        return LocalAnswer(status: status, contentType: "application/problem+json", body: [UInt8](body.utf8))
    }

    /// 64 random bits in hexadecimal.
    static func randomTrace() -> String {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": out.unicodeScalars.append(contentsOf: ["\\", scalar])
            case _ where scalar.value < 0x20: out += " "
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}

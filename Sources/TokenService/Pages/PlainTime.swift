import Codecs

/// Times as people say them.
enum PlainTime {
    /// How long ago something was.
    /// - Parameter seconds: the time since then.
    static func ago(_ seconds: Int64) -> String {
        for (length, name) in [(Int64(86_400), "day"), (3_600, "hour"), (60, "minute")] where seconds >= length {
            let count = seconds / length
            return "\(count) \(name)\(count == 1 ? "" : "s") ago"
        }
        return "just now"
    }
}

/// A browser as people call it, from what it says of itself. Only for the eye: nothing depends on it.
enum BrowserName {
    static func of(_ agent: ByteString) -> String {
        let text = agent.text
        // The more particular name comes first: each also names those it descends from.
        let browsers = [
            ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
            ("curl/", "curl"),
        ]
        let systems = [
            ("Android", "Android"), ("iPhone", "an iPhone"), ("iPad", "an iPad"), ("Windows", "Windows"),
            ("Mac OS", "macOS"), ("Linux", "Linux"),
        ]
        let browser = browsers.first { text.contains($0.0) }?.1 ?? "A browser"
        guard let system = systems.first(where: { text.contains($0.0) })?.1 else { return browser }
        return "\(browser) on \(system)"
    }
}

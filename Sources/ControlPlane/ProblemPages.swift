import CWebAssets
import HTTPTypes
public import Hummingbird
import NIOCore

/// The pages at the addresses that `type` of a problem body names: what a code means and what to do, from
/// Documentation/PROBLEMS.md, which is in the program.
public struct ProblemPages: Sendable {
    /// Below this, each code has a page.
    public static let path = "/problems"

    private let entries: [(code: String, text: String)]
    private let texts: [String: String]

    /// The pages.
    public init() {
        let file = documentation_problems_md()
        let text = String(decoding: UnsafeBufferPointer(start: file.bytes, count: file.count), as: UTF8.self)
        entries = Self.entries(of: text)
        texts = Dictionary(entries.map { ($0.code, $0.text) }) { first, _ in first }
    }

    /// Every code that has a page, in the order of the document.
    public var codes: [String] { entries.map(\.code) }

    /// Adds the pages and their list.
    public func addRoutes(to router: some RouterMethods<some RequestContext>) {
        router.endpoint(RouterPath(Self.path), [.get: { [self] _, _ in Self.page("Problems", list) }])
        router.endpoint(
            RouterPath("\(Self.path)/{code}"),
            [
                .get: { [texts] _, context in
                    guard let code = context.parameters.get("code"), let text = texts[code] else {
                        throw ProblemBody.plain(.notFound)
                    }
                    return Self.page(code, "<h1><code>\(code)</code></h1>\(Self.html(of: text))")
                }
            ])
    }

    private var list: String {
        let items = entries.map { "<li><a href=\"\(Self.path)/\($0.code)\"><code>\($0.code)</code></a></li>" }
        return "<h1>Problems</h1><p>Every code that this server says, what it means and what to do.</p><ul>"
            + items.joined() + "</ul>"
    }

    /// Each heading of the third level is a code, and what follows up to the next heading its text.
    private static func entries(of text: String) -> [(code: String, text: String)] {
        var entries: [(code: String, text: String)] = []
        var isOpen = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("### `"), line.hasSuffix("`") {
                entries.append((String(line.dropFirst(5).dropLast()), ""))
                isOpen = true
            } else if line.hasPrefix("#") {
                isOpen = false
            } else if isOpen, let last = entries.indices.last {
                entries[last].text += line + "\n"
            }
        }
        return entries
    }

    /// Paragraphs, code in backquotes, and tables as they are written.
    private static func html(of text: String) -> String {
        var blocks: [[Substring]] = [[]]
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty { blocks.append([]) } else { blocks[blocks.count - 1].append(line) }
        }
        return blocks.filter { !$0.isEmpty }.map { lines in
            let isTable = lines[0].hasPrefix("|")
            let escaped = escape(lines.joined(separator: "\n"))
            return isTable ? "<pre>\(escaped)</pre>" : "<p>\(withCode(escaped))</p>"
        }.joined()
    }

    private static func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }

    private static func withCode(_ text: String) -> String {
        text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .map { $0.offset.isMultiple(of: 2) ? String($0.element) : "<code>\($0.element)</code>" }.joined()
    }

    private static func page(_ title: String, _ content: String) -> Response {
        let text = """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark"><title>\(title)</title>
            <link rel="stylesheet" href="/pages/pages.css"></head><body><main>\(content)</main></body></html>
            """
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/html; charset=utf-8", .cacheControl: "public, max-age=3600",
                .contentSecurityPolicy: "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
            ], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}

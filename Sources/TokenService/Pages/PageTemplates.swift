import CWebAssets
import Codecs
import HTTPTypes
import Hummingbird
import Logging
import Mustache
import NIOCore

/// The pages that people see, each from a template. The template engine escapes whatever it is given.
struct PageTemplates: Sendable {
    /// The template of a page.
    enum Page: String {
        case signIn = "sign-in"
        case consent
        case signOut = "sign-out"
        case message
        case formPost = "form-post"
    }

    private let library: MustacheLibrary
    private let issuer: String
    let logger: Logger

    /// - Throws: when a template is malformed: a mistake of the build, found at the start.
    init(issuer: ByteString, logger: Logger) throws {
        var library = MustacheLibrary()
        for (name, file) in [
            ("top", web_pages_top_mustache()), ("bottom", web_pages_bottom_mustache()),
            (Page.signIn.rawValue, web_pages_sign_in_mustache()), (Page.consent.rawValue, web_pages_consent_mustache()),
            (Page.signOut.rawValue, web_pages_sign_out_mustache()),
            (Page.message.rawValue, web_pages_message_mustache()),
            (Page.formPost.rawValue, web_pages_form_post_mustache()),
        ] { try library.register(Self.text(file), named: name) }
        self.library = library
        self.issuer = issuer.text
        self.logger = logger
    }

    /// A page as an answer that nobody may keep, frame, or load anything else into.
    /// - Parameters:
    ///   - values: what the template names; a missing one is nothing.
    ///   - formTargets: where the page's forms may lead, redirects included, beside this server: Chromium applies
    ///     `form-action` to the redirects after a form, too.
    func answer(
        _ page: Page, _ values: [String: any Sendable], status: HTTPResponse.Status = .ok, formTargets: [String] = [],
        cookies: [String] = []
    ) -> Response {
        var values = values
        values["issuer"] = issuer
        if page == .formPost { values["script"] = true }
        let html = library.render(values, withTemplate: page.rawValue) ?? ""
        let script = page == .formPost ? "script-src 'self'; " : ""
        let targets = (["'self'"] + formTargets).joined(separator: " ")
        var headers: HTTPFields = [
            .contentType: "text/html; charset=utf-8",
            .cacheControl: "no-store",
            .contentSecurityPolicy: "default-src 'none'; style-src 'self'; img-src 'self'; \(script)"
                + "form-action \(targets); base-uri 'none'; frame-ancestors 'none'",
        ]
        // A page's own forms must be able to say where they come from.
        if let name = HTTPField.Name("Referrer-Policy") { headers[name] = "same-origin" }
        for cookie in cookies { headers.append(HTTPField(name: .setCookie, value: cookie)) }
        return Response(
            status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }

    /// Serves what the pages load.
    static func addFiles<Context: RequestContext>(to router: some RouterMethods<Context>) {
        for (path, type, file) in [
            ("/pages/pages.css", "text/css; charset=utf-8", web_pages_pages_css()),
            ("/pages/form-post.js", "text/javascript; charset=utf-8", web_pages_form_post_js()),
        ] {
            let text = text(file)
            router.get(RouterPath(path)) { _, _ in
                Response(
                    status: .ok, headers: [.contentType: type, .cacheControl: "no-cache"],
                    body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
            }
        }
    }

    private static func text(_ file: embedded_file) -> String {
        String(decoding: UnsafeBufferPointer(start: file.bytes, count: file.count), as: UTF8.self)
    }
}

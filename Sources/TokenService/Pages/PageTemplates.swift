import CWebAssets
import Codecs
import HTTPTypes
import Hummingbird
import Logging
import Mustache
import NIOCore

/// The pages that people see, each from a template. The template engine escapes whatever it is given.
struct PageTemplates: Sendable {
    /// A page, by the name of its template.
    enum Page: String, CaseIterable {
        case signIn = "sign-in"
        case code
        case consent
        case signOut = "sign-out"
        case account
        case authenticator
        case recoveryCodes = "recovery-codes"
        case passkey
        case device
        case deviceConsent = "device-consent"
        case forgot
        case reset
        case message
        case leave
        case formPost = "form-post"

        fileprivate var file: embedded_file {
            switch self {
            case .signIn: web_pages_sign_in_mustache()
            case .code: web_pages_code_mustache()
            case .consent: web_pages_consent_mustache()
            case .signOut: web_pages_sign_out_mustache()
            case .account: web_pages_account_mustache()
            case .authenticator: web_pages_authenticator_mustache()
            case .recoveryCodes: web_pages_recovery_codes_mustache()
            case .passkey: web_pages_passkey_mustache()
            case .device: web_pages_device_mustache()
            case .deviceConsent: web_pages_device_consent_mustache()
            case .forgot: web_pages_forgot_mustache()
            case .reset: web_pages_reset_mustache()
            case .message: web_pages_message_mustache()
            case .leave: web_pages_leave_mustache()
            case .formPost: web_pages_form_post_mustache()
            }
        }

        /// What a page needs a script for: what only the browser itself can do.
        fileprivate var script: String? {
            switch self {
            case .formPost: "form-post.js"
            case .signIn, .passkey: "passkeys.js"
            default: nil
            }
        }
    }

    private let library: MustacheLibrary
    private let issuer: String
    let logger: Logger

    /// - Throws: when a template is malformed: a mistake of the build, found at the start.
    init(issuer: ByteString, logger: Logger) throws {
        var library = MustacheLibrary()
        try library.register(Self.text(web_pages_top_mustache()), named: "top")
        try library.register(Self.text(web_pages_bottom_mustache()), named: "bottom")
        for page in Page.allCases { try library.register(Self.text(page.file), named: page.rawValue) }
        self.library = library
        self.issuer = issuer.text
        self.logger = logger
    }

    /// A page as an answer that nobody may keep, frame, or load anything else into.
    /// - Parameters:
    ///   - values: what the template names; a missing one is nothing.
    ///   - formAction: where the page's forms may lead, redirects included.
    func answer(
        _ page: Page, _ values: [String: any Sendable], status: HTTPResponse.Status = .ok,
        formAction: FormAction = .here, cookies: [String] = []
    ) -> Response {
        var values = values
        values["issuer"] = issuer
        if let script = page.script { values["script"] = script }
        let html = library.render(values, withTemplate: page.rawValue) ?? ""
        let script = page.script == nil ? "" : "script-src 'self'; "
        var headers: HTTPFields = [
            .contentType: "text/html; charset=utf-8",
            .cacheControl: "no-store",
            .contentSecurityPolicy: "default-src 'none'; style-src 'self'; img-src 'self'; \(script)"
                + "\(formAction.directive)base-uri 'none'; frame-ancestors 'none'",
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
            ("/pages/passkeys.js", "text/javascript; charset=utf-8", web_pages_passkeys_js()),
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

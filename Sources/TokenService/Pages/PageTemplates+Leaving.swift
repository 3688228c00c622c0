import Codecs
import HTTPTypes
import Hummingbird
import OAuth

// How a browser leaves for an application's address. Chromium applies `form-action` to every redirect after a form of
// the page (Content Security Policy Level 3 §6.4.1), also to those that the application goes on with: to its single-page
// app, to its name with www. Nobody here can know these. So what follows a form never redirects to an application, and the
// pages' forms need to lead nowhere but to this server.
extension PageTemplates {
    /// Where the forms of a page may lead.
    enum FormAction {
        /// To this server.
        case here
        /// To this server, and by a redirect to an app.
        case app(scheme: ByteString)
        /// Where the application wants to go on to after the page's own form.
        case anywhere

        /// For a page that is on the way to an application's address: an app is reached by a redirect.
        static func onTheWay(to address: ByteString) -> FormAction {
            appScheme(of: address).map { .app(scheme: $0) } ?? .here
        }

        fileprivate static func appScheme(of address: ByteString) -> ByteString? {
            let origin = RedirectURI.origin(of: address)
            let scheme = ByteString(utf8: Array(origin.bytes.prefix { $0 != UInt8(ascii: ":") }))
            return scheme == "https" || scheme == "http" ? nil : scheme
        }

        var directive: String {
            switch self {
            case .here: "form-action 'self'; "
            case .app(let scheme): "form-action 'self' \(scheme.text):; "
            case .anywhere: ""
            }
        }
    }

    /// Leads to an application's address.
    ///
    /// After a form of ours a page leads on, by `Refresh` (HTML, "shared declarative refresh steps") and without scripts;
    /// the browser keeps it neither in its cache nor in its history. An app of a scheme of its own gets a redirect all the
    /// same: it sends the browser nowhere else, and systems open an app only for something that a person did.
    func leave(for address: String, isAfterForm: Bool, cookie: String? = nil) -> Response {
        let target = ByteString(address)
        guard isAfterForm, FormAction.appScheme(of: target) == nil else { return .seeOther(address, cookie: cookie) }
        var response = answer(
            .leave, ["title": "Almost there", "destination": RedirectURI.origin(of: target).text, "address": address],
            cookies: cookie.map { [$0] } ?? [])
        if let name = HTTPField.Name("Refresh") { response.headers[name] = "0; url=\(address)" }
        return response
    }
}

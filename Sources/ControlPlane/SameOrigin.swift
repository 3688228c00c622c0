import HTTPTypes
public import Hummingbird

/// Refuses what another site's page sent (OWASP ASVS 3.5.1). It stands beside what binds each form to its browser.
public struct SameOrigin: Sendable {
    private static let fetchSite = HTTPField.Name("Sec-Fetch-Site")

    private let origin: String

    /// - Parameter origin: scheme, host and port of our own pages, as browsers write them (RFC 6454 §6.2).
    public init(origin: String) {
        self.origin = origin
    }

    /// Throws 403 unless the browser says that one of our own pages sent the request: by `Sec-Fetch-Site`, which scripts
    /// cannot set, or where a browser has not got that, by `Origin`.
    public func require(_ request: Request) throws(ProblemBody) {
        if let name = Self.fetchSite, let site = request.headers[name] {
            guard site == "same-origin" else { throw Self.foreignForm }
        } else {
            guard request.headers[.origin] == origin else { throw Self.foreignForm }
        }
    }

    /// A page's form came from somewhere else.
    private static let foreignForm = ProblemBody(
        .forbidden, code: "form-foreign", title: "This form came from elsewhere",
        detail: "Another site's page sent this form, or the browser did not say which page did. Begin again at the "
            + "application.")
}

import Codecs
import ControlPlane
import HTTPTypes
import Hummingbird
import OAuth

/// Refuses forms that another site's page sent (OWASP ASVS 3.5.1). It stands beside what binds each form to its browser.
struct SameOrigin: Sendable {
    private static let fetchSite = HTTPField.Name("Sec-Fetch-Site")

    private let origin: String

    init(issuer: ByteString) {
        origin = RedirectURI.origin(of: issuer).text
    }

    /// Throws 403 unless the browser says that one of our own pages sent the request: by `Sec-Fetch-Site`, which scripts
    /// cannot set, or where a browser has not got that, by `Origin`.
    func require(_ request: Request) throws(ProblemBody) {
        if let name = Self.fetchSite, let site = request.headers[name] {
            guard site == "same-origin" else { throw ProblemOf.foreignForm }
        } else {
            guard request.headers[.origin] == origin else { throw ProblemOf.foreignForm }
        }
    }
}

import Codecs
import ControlPlane
import HTTPTypes
import Hummingbird

/// Refuses forms that another site's page sent (OWASP ASVS 3.5.1). It stands beside what binds each form to its browser.
struct SameOrigin: Sendable {
    private static let fetchSite = HTTPField.Name("Sec-Fetch-Site")

    private let origin: String

    init(issuer: ByteString) {
        origin = Self.origin(of: issuer)
    }

    /// Scheme, host and port of an address.
    static func origin(of address: ByteString) -> String {
        let text = address.text
        guard let slashes = text.firstRange(of: "://") else { return text }
        let end = text[slashes.upperBound...].firstIndex { $0 == "/" || $0 == "?" } ?? text.endIndex
        return String(text[..<end])
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

import Codecs
import HTTPTypes
import Hummingbird

/// The cookies of a login. All are secrets of this origin alone: no script reads them, no other host sets them, no
/// other site's form sends them (RFC 6265bis §4.1.3).
enum BrowserCookies {
    /// Which browser it is, from its first authorization on.
    static let browser = "__Host-signet-browser"
    /// Who is logged in there.
    static let session = "__Host-signet-session"

    /// The value of one cookie; nil when there is none, several, or one that is none of ours.
    static func read(_ name: String, _ kind: OpaqueToken.Kind, from request: Request) -> OpaqueToken? {
        let wanted = Array(name.utf8) + [UInt8(ascii: "=")]
        let values = request.headers[values: .cookie].flatMap { field in
            field.utf8.split(separator: UInt8(ascii: ";")).map { pair in
                Array(pair.drop { $0 == UInt8(ascii: " ") })
            }
        }.filter { $0.starts(with: wanted) }
        guard values.count == 1, let value = values.first else { return nil }
        return OpaqueToken(kind, text: ByteString(utf8: Array(value.dropFirst(wanted.count))))
    }

    /// The field that sets a cookie.
    /// - Parameters:
    ///   - lifetime: in seconds; 0 makes the browser forget it.
    ///   - isStrict: whether it stays behind when a link of another site is followed.
    static func set(_ name: String, _ value: String, lifetime: Int64, isStrict: Bool = false) -> String {
        let sameSite = isStrict ? "Strict" : "Lax"
        return "\(name)=\(value); Path=/; Secure; HttpOnly; SameSite=\(sameSite); Max-Age=\(lifetime)"
    }
}

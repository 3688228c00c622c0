import Codecs
import HTTPTypes
import Hummingbird
import Storage

/// Begins logins and finds them again: each belongs to the one browser that has the cookie it was begun with.
struct LoginTransactions: Sendable {
    let store: Store
    let clock: @Sendable () -> Int64

    /// A login under way.
    struct Found: Sendable {
        let name: OpaqueToken
        let record: LoginTransactionRecord
    }

    /// Keeps where somebody wants to go, and leads to the page that is due.
    func begin(
        _ goal: LoginTransactionRecord.Goal, earlierSession: String?, page: String, _ request: Request
    ) async throws -> Response {
        let name = OpaqueToken(.transaction)
        let browser = BrowserCookies.read(BrowserCookies.browser, .browser, from: request) ?? OpaqueToken(.browser)
        let record = LoginTransactionRecord(goal, earlierSession: earlierSession)
        let now = clock()
        try await store.write { try record.insert(name, browser: browser, now: now, in: $0) }
        return .seeOther(
            Self.path(page, name),
            cookie: BrowserCookies.set(
                BrowserCookies.browser, browser.text, lifetime: BrowserSessionRecord.lifetime))
    }

    /// The login that a browser goes on with; throws a problem when it is none of this browser's.
    func find(_ text: ByteString?, _ request: Request) async throws -> Found {
        guard let name = text.flatMap({ OpaqueToken(.transaction, text: $0) }),
            let browser = BrowserCookies.read(BrowserCookies.browser, .browser, from: request)
        else { throw ProblemOf.transactionUnknown }
        let now = clock()
        let record = try await store.read {
            try LoginTransactionRecord.find(name, browser: browser, now: now, in: $0)
        }
        guard let record else { throw ProblemOf.transactionUnknown }
        return Found(name: name, record: record)
    }

    static func path(_ page: String, _ name: OpaqueToken) -> String { "\(page)?transaction=\(name.text)" }
}

extension Response {
    /// 303, so that no form is sent a second time (RFC 9700 §4.12).
    static func seeOther(_ address: String, cookie: String? = nil) -> Response {
        var headers: HTTPFields = [.location: address, .cacheControl: "no-store"]
        if let cookie { headers[.setCookie] = cookie }
        return Response(status: .seeOther, headers: headers)
    }
}

import Traffic

/// Which versions of an API are served still, and what callers of an older one are told.
struct VersionPolicy: Sendable {
    /// Since when it should no longer be used, in seconds since 1970 (RFC 9745).
    let deprecated: Int64?
    /// From when on it is not served any more (RFC 8594).
    let sunset: Int64?
    /// `@seconds`, and the date as a field has it; made once.
    private let fields: [(name: String, value: [UInt8])]

    init(deprecated: Int64?, sunset: Int64?) {
        self.deprecated = deprecated
        self.sunset = sunset
        var fields: [(name: String, value: [UInt8])] = []
        if let deprecated { fields.append(("Deprecation", Array("@\(deprecated)".utf8))) }
        if let sunset { fields.append(("Sunset", CalendarDate.fieldValue(of: sunset))) }
        self.fields = fields
    }

    func judge(_ exchange: GatewayExchange) -> Judgement {
        exchange.answerFields += fields
        if let sunset, exchange.now >= sunset { return .refuse(.versionGone()) }
        return .proceed
    }
}

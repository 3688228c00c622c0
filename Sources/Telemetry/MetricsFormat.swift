/// The form in which a scrape is answered.
public enum MetricsFormat: Hashable, Sendable {
    /// The Prometheus text format 0.0.4.
    case prometheus
    /// OpenMetrics 1.0.0.
    case openMetrics

    /// OpenMetrics for whoever lists it in `Accept` (RFC 9110 §12.5.1), in version 1.0.0 or without one and not with
    /// `q=0`; how much the client likes it is not weighed. The text format for everybody else.
    public init(accept: [UInt8]) {
        let offers = accept.split(separator: UInt8(ascii: ","))
        let isOffered = offers.contains { offer in
            var parts = offer.split(separator: UInt8(ascii: ";")).map(Self.trimmed)[...]
            guard parts.popFirst() == "application/openmetrics-text" else { return false }
            return parts.allSatisfy { part in
                part.hasPrefix("version=") ? part == "version=1.0.0" : !Self.refuses(part)
            }
        }
        self = isOffered ? .openMetrics : .prometheus
    }

    /// The value of `Content-Type`.
    public var contentType: String {
        switch self {
        case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    private static func refuses(_ parameter: String) -> Bool {
        parameter.hasPrefix("q=0") && parameter.utf8.dropFirst(3).allSatisfy { $0 == 0x30 || $0 == 0x2E }
    }

    private static func trimmed(_ part: ArraySlice<UInt8>) -> String {
        String(decoding: part.filter { $0 != 0x20 && $0 != 0x09 }, as: UTF8.self).lowercased()
    }
}

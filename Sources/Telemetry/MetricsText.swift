/// Writes metrics as text: Prometheus 0.0.4, or OpenMetrics 1.0.0, which wants the name of a counter without `_total`
/// in its description and a last line.
struct MetricsText {
    /// The types that both formats know.
    private enum Kind {
        case counter, gauge, histogram

        var name: StaticString {
            switch self {
            case .counter: "counter"
            case .gauge: "gauge"
            case .histogram: "histogram"
            }
        }
    }

    private let format: MetricsFormat
    private var output: [UInt8] = []

    init(format: MetricsFormat) {
        self.format = format
        output.reserveCapacity(16_384)
    }

    consuming func finished() -> [UInt8] {
        if format == .openMetrics { output.append("# EOF\n") }
        return output
    }

    mutating func append(_ snapshot: MetricsSnapshot) {
        describe("signet_requests", .counter, "Requests that have ended.")
        for series in snapshot.requests {
            let status = series.status.map(String.init) ?? SeriesNames.other
            line(
                "signet_requests_total",
                [("api", series.api), ("route", series.route), ("method", series.method), ("status", status)],
                series.count)
        }
        describe("signet_request_duration_seconds", .histogram, "From a request's head to its end.")
        for series in snapshot.routes {
            histogram(
                "signet_request_duration_seconds", [("api", series.api), ("route", series.route)], series.duration)
        }
        describe("signet_upstream_duration_seconds", .histogram, "From asking an upstream to its first byte.")
        for series in snapshot.upstreams {
            histogram("signet_upstream_duration_seconds", [("upstream", series.name)], series.firstByte)
        }
        describe("signet_refusals", .counter, "Requests that were refused or failed, by reason.")
        for series in snapshot.refusals {
            line(
                "signet_refusals_total",
                [("api", series.api), ("route", series.route), ("code", series.code), ("phase", series.phase)],
                series.count)
        }
        describe("signet_request_bytes", .counter, "Bytes of request bodies.")
        for series in snapshot.routes {
            line(
                "signet_request_bytes_total", [("api", series.api), ("route", series.route)], series.requestBytes)
        }
        describe("signet_response_bytes", .counter, "Bytes of response bodies.")
        for series in snapshot.routes {
            line(
                "signet_response_bytes_total", [("api", series.api), ("route", series.route)], series.responseBytes)
        }
        describe("signet_requests_in_flight", .gauge, "Requests that have begun and not ended.")
        line("signet_requests_in_flight", [], UInt64(clamping: snapshot.inFlight))
    }

    mutating func append(_ readings: MetricsReadings, version: String) {
        describe("signet_connections_open", .gauge, "Connections of clients that are open.")
        // The same line twice would make the whole scrape invalid.
        let listeners = Dictionary(readings.listeners.map { ($0.name, $0.connections) }) { $0 &+ $1 }
        for (name, connections) in listeners.sorted(by: { $0.key < $1.key }) {
            line("signet_connections_open", [("listener", name)], UInt64(clamping: connections))
        }
        if !readings.models.isEmpty { append(readings.models) }
        describe("signet_access_log_dropped", .counter, "Lines of the access log that were dropped.")
        line("signet_access_log_dropped_total", [], readings.droppedLines)
        describe("signet_build_info", .gauge, "The program's version; always 1.")
        line("signet_build_info", [("version", version)], 1)
        if let bytes = readings.process.residentBytes {
            describe("process_resident_memory_bytes", .gauge, "Memory in use.")
            line("process_resident_memory_bytes", [], bytes)
        }
        if let descriptors = readings.process.openDescriptors {
            describe("process_open_fds", .gauge, "Descriptors that are open.")
            line("process_open_fds", [], descriptors)
        }
        if let time = readings.process.processorTime {
            describe("process_cpu_seconds", .counter, "Processor time that was used.")
            name("process_cpu_seconds_total", [])
            output.append(billionths: time)
            output.append(0x0A)
        }
        if let start = readings.process.start {
            describe("process_start_time_seconds", .gauge, "When the process was started, since 1970.")
            name("process_start_time_seconds", [])
            output.append(decimal: start / 1_000)
            output.append(UInt8(ascii: "."))
            output.append(digits: 3, of: start % 1_000)
            output.append(0x0A)
        }
    }

    private mutating func append(_ models: [MetricsReadings.Model]) {
        describe("signet_model_requests", .counter, "Requests for a language model that have ended.")
        for model in models {
            for (outcome, count) in model.requests.sorted(by: { $0.key < $1.key }) {
                line("signet_model_requests_total", [("model", model.name), ("outcome", outcome)], count)
            }
        }
        describe("signet_model_tokens", .counter, "Tokens of requests and answers, as providers count them.")
        for model in models {
            line("signet_model_tokens_total", [("model", model.name), ("direction", "input")], model.inputTokens)
            line("signet_model_tokens_total", [("model", model.name), ("direction", "output")], model.outputTokens)
        }
        describe("signet_model_cost", .counter, "What requests for language models have cost.")
        for model in models {
            for (currency, nanos) in model.nanos.sorted(by: { $0.key < $1.key }) {
                name("signet_model_cost_total", [("model", model.name), ("currency", currency)])
                output.append(billionths: nanos)
                output.append(0x0A)
            }
        }
    }

    /// HELP and TYPE; the help is the program's own text and needs no escape.
    private mutating func describe(_ family: StaticString, _ kind: Kind, _ help: StaticString) {
        func name(_ output: inout [UInt8]) {
            output.append(family)
            if kind == .counter && format == .prometheus { output.append("_total") }
        }
        output.append("# HELP ")
        name(&output)
        output.append(0x20)
        output.append(help)
        output.append("\n# TYPE ")
        name(&output)
        output.append(0x20)
        output.append(kind.name)
        output.append(0x0A)
    }

    /// The counts are written cumulatively: each bucket holds those of all before it.
    private mutating func histogram(
        _ family: StaticString, _ labels: [(StaticString, String)], _ histogram: DurationHistogram
    ) {
        var count: UInt64 = 0
        for (index, bucket) in histogram.counts.enumerated() {
            count &+= bucket
            let isLast = index >= DurationHistograms.limits.count
            let limit = isLast ? "+Inf" : DurationHistograms.limits[index].label.description
            line(family, labels + [("le", limit)], count, suffix: "_bucket")
        }
        name(family, labels, suffix: "_sum")
        output.append(billionths: histogram.nanoseconds)
        output.append(0x0A)
        line(family, labels, count, suffix: "_count")
    }

    private mutating func line(
        _ family: StaticString, _ labels: [(StaticString, String)], _ value: UInt64, suffix: StaticString = ""
    ) {
        name(family, labels, suffix: suffix)
        output.append(decimal: value)
        output.append(0x0A)
    }

    private mutating func name(
        _ family: StaticString, _ labels: [(StaticString, String)], suffix: StaticString = ""
    ) {
        output.append(family)
        output.append(suffix)
        for (index, label) in labels.enumerated() {
            output.append(index == 0 ? UInt8(ascii: "{") : UInt8(ascii: ","))
            output.append(label.0)
            output.append("=\"")
            escape(label.1)
            output.append(UInt8(ascii: "\""))
        }
        output.append(labels.isEmpty ? " " : "} ")
    }

    /// A label's value: backslash, quote and line feed are escaped, everything else stands as it is.
    private mutating func escape(_ text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): output.append("\\\\")
            case UInt8(ascii: "\""): output.append("\\\"")
            case 0x0A: output.append("\\n")
            default: output.append(byte)
            }
        }
    }
}

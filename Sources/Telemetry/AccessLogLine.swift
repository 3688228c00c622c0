/// One finished request as one line of JSON. Each line has the same members in the same order; what is not known is
/// null. Texts from outside are cut to 256 bytes and escaped, so that a line is at most some 20 KB and always one line.
///
/// `time` is RFC 3339 in UTC, when the request's head was complete; `duration_ms` and `upstream_ms` (to the first byte
/// of the upstream's answer) are milliseconds; `bytes_in` and `bytes_out` count the bodies.
public enum AccessLogLine {
    /// Appends the line with its line feed.
    public static func append(_ record: borrowing ExchangeRecord, to output: inout [UInt8]) {
        output.append("{\"time\":\"")
        output.append(moment: record.start)
        output.append("\",\"trace\":\"")
        record.hop.outgoing.trace.append(to: &output)
        output.append("\",\"method\":")
        JSONText.append(record.method.name, to: &output)
        output.append(",\"path\":")
        record.withPath { JSONText.append($0, to: &output) }
        output.append(",\"status\":")
        output.append(decimal: Int64(record.status))
        output.append(",\"duration_ms\":")
        output.append(milliseconds: record.duration)
        output.append(",\"upstream_ms\":")
        if let firstByte = record.firstByte { output.append(milliseconds: firstByte) } else { output.append("null") }
        output.append(",\"api\":")
        JSONText.append(record.route?.api, to: &output)
        output.append(",\"route\":")
        JSONText.append(record.route?.route, to: &output)
        appendCaller(record.caller, to: &output)
        output.append(",\"address\":")
        record.address.withUnsafeBufferPointer { JSONText.append($0, to: &output) }
        output.append(",\"bytes_in\":")
        output.append(decimal: record.requestBytes)
        output.append(",\"bytes_out\":")
        output.append(decimal: record.responseBytes)
        output.append(",\"upstream\":")
        JSONText.append(record.upstream, to: &output)
        output.append(",\"attempts\":")
        output.append(decimal: Int64(record.attempts))
        output.append(",\"ended\":")
        JSONText.append(record.end.rawValue, to: &output)
        output.append(",\"code\":")
        JSONText.append(record.code, to: &output)
        output.append(",\"phase\":")
        JSONText.append(record.phase, to: &output)
        appendModel(record.model, to: &output)
        output.append("}\n")
    }

    private static func appendModel(_ model: ModelFacts?, to output: inout [UInt8]) {
        guard let model else {
            output.append(",\"model\":null")
            return
        }
        output.append(",\"model\":{\"name\":")
        JSONText.append(model.name, to: &output)
        output.append(",\"provider_model\":")
        JSONText.append(model.providerModel, to: &output)
        output.append(",\"input_tokens\":")
        if let count = model.inputTokens { output.append(decimal: count) } else { output.append("null") }
        output.append(",\"output_tokens\":")
        if let count = model.outputTokens { output.append(decimal: count) } else { output.append("null") }
        output.append(",\"cost\":")
        JSONText.append(model.cost, to: &output)
        output.append("}")
    }

    private static func appendCaller(_ caller: CallerIdentity?, to output: inout [UInt8]) {
        guard let caller else {
            output.append(",\"consumer\":null,\"subject\":null,\"client\":null,\"credential\":null")
            return
        }
        output.append(",\"consumer\":")
        JSONText.append(caller.consumer, to: &output)
        output.append(",\"subject\":")
        JSONText.append(caller.subject, to: &output)
        output.append(",\"client\":")
        JSONText.append(caller.client, to: &output)
        output.append(",\"credential\":")
        JSONText.append(caller.credential, to: &output)
    }
}

import Telemetry
import Testing

@Suite struct TraceContextTests {
    private static let trace = "0af7651916cd43dd8448eb211c80319c"
    private static let span = "b7ad6b7169203331"

    @Test(arguments: [
        ("00-\(trace)-\(span)-00", false),
        ("00-\(trace)-\(span)-01", true),
        // Flags that nobody knows yet say nothing about the one that is known.
        ("00-\(trace)-\(span)-fe", false),
        ("00-\(trace)-\(span)-ff", true),
        // Higher versions may be longer, behind a dash.
        ("01-\(trace)-\(span)-01", true),
        ("cc-\(trace)-\(span)-01-", true),
        ("fe-\(trace)-\(span)-00-what the future holds", false),
    ])
    func `a valid field is read`(text: String, isSampled: Bool) throws {
        let context = try #require(TraceContext(traceparent: Array(text.utf8)))
        #expect(context.trace.description == Self.trace)
        #expect(context.span.description == Self.span)
        #expect(context.isSampled == isSampled)
    }

    @Test(arguments: [
        "", "00", "-", "00-\(trace)-\(span)", "00-\(trace)-\(span)-", "00-\(trace)-\(span)-0",
        "00-\(trace)-\(span)-001", "00-\(trace)-\(span)-01-", "00-\(trace)-\(span)-01-x", "00-\(trace)-\(span)-01 ",
        " 00-\(trace)-\(span)-01", "ff-\(trace)-\(span)-01", "FF-\(trace)-\(span)-01", "0-\(trace)-\(span)-01",
        "000-\(trace)-\(span)-01", "0g-\(trace)-\(span)-01", "0A-\(trace)-\(span)-01",
        "00-00000000000000000000000000000000-\(span)-01", "00-\(trace)-0000000000000000-01",
        "00-\(trace.uppercased())-\(span)-01", "00-\(trace)-\(span.uppercased())-01", "00-\(trace)-\(span)-0A",
        "00-\(trace)-\(span)-0g", "00_\(trace)-\(span)-01", "00-\(trace)_\(span)-01", "00-\(trace)-\(span)_01",
        "00-\(trace.dropLast())-\(span)-011", "00-\(trace)a-\(span.dropLast())-01",
        "00-+\(trace.dropFirst())-\(span)-01",
        "00-\(trace)-\(span.dropLast()).-01", "00-\(trace)-\(span)-01,00-\(trace)-\(span)-01",
        "01-\(trace)-\(span)-010", "01-\(trace)-\(span)-01.x", "01-\(trace)-\(span)-1-x", "01-\(trace)-\(span)",
        "00-\u{FF10}\(trace.dropFirst(3))-\(span)-01",
    ])
    func `anything else starts a trace afresh`(text: String) {
        #expect(TraceContext(traceparent: Array(text.utf8)) == nil)
    }

    @Test func `every cut and every changed byte of a field is refused or read as what it says`() {
        let text = Array("00-\(Self.trace)-\(Self.span)-01".utf8)
        for length in 0..<text.count { #expect(TraceContext(traceparent: Array(text[..<length])) == nil) }
        for index in text.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = text
                changed[index] = byte
                guard let context = TraceContext(traceparent: changed) else { continue }
                var written: [UInt8] = []
                context.append(to: &written)
                #expect(written.dropFirst(3).prefix(50) == changed.dropFirst(3).prefix(50))
                #expect(context.isSampled == [0x31, 0x33, 0x35, 0x37, 0x39, 0x62, 0x64, 0x66].contains(changed[54]))
            }
        }
    }

    @Test func `what is written is of version 00 and has no unknown flag`() throws {
        let context = try #require(TraceContext(traceparent: Array("cc-\(Self.trace)-\(Self.span)-ff-rest".utf8)))
        var written: [UInt8] = []
        context.append(to: &written)
        #expect(String(decoding: written, as: UTF8.self) == "00-\(Self.trace)-\(Self.span)-01")
        #expect(written.count == TraceContext.length)
        #expect(TraceContext(traceparent: written) == context)
    }

    @Test func `a client's trace goes on with a step of the gateway's own`() throws {
        let received = try #require(TraceContext(traceparent: Array("00-\(Self.trace)-\(Self.span)-00".utf8)))
        let hop = TraceHop(continuing: received)
        #expect(hop.outgoing.trace == received.trace)
        #expect(hop.outgoing.span != received.span)
        #expect(!hop.outgoing.isSampled)
        #expect(hop.parent == received.span)
        #expect(hop.passesTraceState)
    }

    @Test func `without a valid field nothing of the client's goes on`() {
        let hop = TraceHop(continuing: nil)
        #expect(hop.parent == nil)
        #expect(!hop.passesTraceState)
        #expect(hop.outgoing.isSampled)
        #expect(!TraceHop(continuing: nil, samplesFresh: false).outgoing.isSampled)
        #expect(TraceHop(continuing: nil).outgoing.trace != hop.outgoing.trace)
    }

    @Test func `no identifier is all zero, not even with random numbers that are`() {
        var zeros = Zeros()
        #expect(TraceID(using: &zeros).description == String(repeating: "0", count: 31) + "1")
        #expect(SpanID(using: &zeros).description == String(repeating: "0", count: 15) + "1")
    }

    private struct Zeros: RandomNumberGenerator {
        mutating func next() -> UInt64 { 0 }
    }
}
